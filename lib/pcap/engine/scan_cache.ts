/**
 * The one pass per capture: whoever asks for a scan that is running joins it, and its result is kept
 * for those who come later.
 *
 * @module
 */
import { PathTable } from "../dissect/path_table.ts";
import type { PassBatch } from "../pass.ts";
import { type CaptureScan, ScanPass } from "../scan.ts";
import type { Gate } from "./gate.ts";
import { type CaptureStore, type HeldCapture, identityKey } from "./held_capture.ts";
import { memorySize } from "./memory_size.ts";
import type { ReportProgress } from "./progress_meter.ts";
import { type CacheBounds, SizedCache } from "./sized_cache.ts";
import type { Walker } from "./walker.ts";

/** Findings keep records per flow that cannot be seen from outside; allowed for them, octets. */
const HIDDEN_BYTES_PER_FLOW = 256;

/** One who waits for a scan. */
export interface ScanWaiter {
  readonly signal: AbortSignal;
  readonly onProgress: ReportProgress;
}

/** What a scan is told beside the capture. */
interface ScanContext extends ScanWaiter {
  readonly maxPackets: number;
}

interface RunningScan {
  readonly result: Promise<CaptureScan>;
  readonly stop: AbortController;
  readonly waiters: Set<ScanWaiter>;
}

/** Scans, running and done. */
export class ScanCache {
  readonly #gate: Gate;
  readonly #done: SizedCache<CaptureScan>;
  readonly #running = new Map<string, RunningScan>();
  readonly #walker: Walker;

  /** Scans pass `gate`; results are kept within `bounds`. */
  constructor(gate: Gate, walker: Walker, bounds: CacheBounds) {
    this.#gate = gate;
    this.#walker = walker;
    this.#done = new SizedCache(bounds);
  }

  /**
   * The scan of a capture, of at most `maxPackets` packets (0: all).
   * @throws the waiter's abort reason; what reading throws
   */
  async scan(capture: HeldCapture, maxPackets: number, waiter: ScanWaiter): Promise<CaptureScan> {
    waiter.signal.throwIfAborted();
    const key = `${maxPackets} ${identityKey(capture.store.identity)}`;
    const done = this.#done.get(key);
    if (done !== undefined) return done;
    const running = this.#running.get(key) ?? this.#start(key, capture, maxPackets);
    return await join(running, waiter);
  }

  #start(key: string, capture: HeldCapture, maxPackets: number): RunningScan {
    const stop = new AbortController();
    const waiters = new Set<ScanWaiter>();
    capture.hold();
    const result = this.#gate.pass(stop.signal, async () => {
      const { scan, windowBytes } = await this.#scan(capture.store, {
        maxPackets,
        signal: stop.signal,
        onProgress: (doneBytes, totalBytes) => {
          for (const { onProgress } of waiters) onProgress(doneBytes, totalBytes);
        },
      });
      const bytes = memorySize(scan) + HIDDEN_BYTES_PER_FLOW * scan.flows.size + windowBytes;
      this.#done.set(key, scan, bytes);
      return scan;
    }).finally(() => {
      capture.release();
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    const running: RunningScan = { result, stop, waiters };
    // Nobody waits for a scan that is given up.
    result.catch(() => {});
    stop.signal.addEventListener("abort", () => {
      // Who comes from now on starts a scan of its own.
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    this.#running.set(key, running);
    return running;
  }

  /** The scan, and the octets of windows that stay with it: they lie in one memory with its flows. */
  async #scan(
    store: CaptureStore,
    cx: ScanContext,
  ): Promise<{ readonly scan: CaptureScan; readonly windowBytes: number }> {
    const paths = new PathTable();
    const pass = new ScanPass(paths);
    const options = { ...cx, needs: ScanPass.needs, paths };
    let windowBytes = 0;
    const visit = (batch: PassBatch): void => {
      windowBytes = Math.max(windowBytes, batch.packets.bytes.length);
      pass.addBatch(batch);
    };
    const { facts, dns, windows } = await this.#walker.scanAll(store, options, visit);
    const scan = pass.finish(facts, dns);
    return { scan, windowBytes: windows * windowBytes };
  }
}

/** Waits for a scan; the last waiter to leave early stops it. */
async function join({ result, stop, waiters }: RunningScan, waiter: ScanWaiter) {
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(waiter.signal.reason);
  waiters.add(waiter);
  waiter.signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([result, left.promise]);
  } finally {
    waiter.signal.removeEventListener("abort", leave);
    waiters.delete(waiter);
    if (waiters.size === 0) stop.abort();
  }
}

/**
 * Questions answered in a worker, which either opens the captures itself or, without permissions,
 * has their bytes read for it.
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";
import type { CaptureFile } from "../../io/capture_file.ts";
import { startTidyWorker } from "../../io/tidy_worker.ts";
import type { WorkerPort } from "../../io/worker.ts";
import { closeRing, fillRing } from "./byte_ring.ts";
import type { OrderedFiles, Reply } from "./capture_thread.ts";
import { stopping } from "./create_captures.ts";
import { errorFromWire } from "../../errors/error_wire.ts";
import { isWorthFeeding } from "./feed_size.ts";
import type { ReportProgress } from "./progress_meter.ts";
import type { Order, Orderer } from "./question_runner.ts";
import type { PooledThread } from "./thread_pool.ts";
import type { HandedCapture, WorkerReport, WorkerRequest } from "./thread_messages.ts";

/** Time to drop a cancelled question: a thousand slices of a walk, milliseconds. */
const DROP_WITHIN_MS = 5_000;

/** How a worker is started. */
export interface WorkerThreadOptions {
  /** Its module; one that runs `workerLoop`. */
  readonly module: URL;
  /** The module of its feeder, one that runs `feedLoop`; null: it works alone. */
  readonly feedModule?: URL | null;
  /** It gets no permission; this thread reads for it. */
  readonly isolated: boolean;
  /** A cancelled question that it has not dropped by then ends it, milliseconds; default 5,000. */
  readonly dropWithinMs?: number;
}

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ReportProgress;
  /** Runs once the question was cancelled, until the worker has dropped it. */
  patience: ReturnType<typeof setTimeout> | null;
}

interface LentFile {
  readonly file: CaptureFile;
  readonly rings: Set<SharedArrayBuffer>;
}

/** A worker. */
export class WorkerThread implements PooledThread {
  isDead = false;
  readonly #isolated: boolean;
  readonly #dropWithinMs: number;
  readonly #port: WorkerPort;
  readonly #feedModule: URL | null;
  #feedPort: WorkerPort | null = null;
  readonly #pending = new Map<number, Pending>();
  readonly #lent = new Map<number, LentFile>();
  #lastId = 0;

  /**
   * Starts it.
   * @throws {PermissionMissing} `permission.read`, `permission.unstable`
   */
  constructor(options: WorkerThreadOptions) {
    const { module, feedModule = null, isolated, dropWithinMs = DROP_WITHIN_MS } = options;
    this.#isolated = isolated;
    this.#feedModule = feedModule;
    this.#dropWithinMs = dropWithinMs;
    this.#port = startTidyWorker(module, { isolated }, {
      // The worker runs our own loop.
      onMessage: (data) => this.#take(data as WorkerReport),
      onDeath: () => this.#end(workerDied()),
    });
  }

  get outstanding(): number {
    return this.#pending.size;
  }

  async ask(order: Order, { files, roots }: OrderedFiles, orderer: Orderer): Promise<Reply> {
    const isLong = files.some(({ sizeBytes }) => isWorthFeeding(sizeBytes, order.maxPackets));
    if (isLong) this.#startFeeder();
    const { signal, onProgress } = orderer;
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const pending: Pending = { resolve, reject, onProgress, patience: null };
    const cancel = (): void => {
      reject(signal.reason);
      this.#post({ kind: "cancel", id });
      pending.patience = setTimeout(() => this.#end(workerHung()), this.#dropWithinMs);
    };
    this.#pending.set(id, pending);
    const captures = files.map((file) => this.#hand(file, roots));
    this.#post({ kind: "ask", id, order, captures });
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  stop(): void {
    this.#end(stopping());
  }

  /** A worker and its feeder live and die together. */
  #startFeeder(): void {
    if (this.#feedModule === null || this.#feedPort !== null) return;
    this.#feedPort = startTidyWorker(this.#feedModule, {
      isolated: this.#isolated,
    }, {
      onMessage: () => {},
      onDeath: () => this.#end(workerDied()),
    });
    const { port1, port2 } = new MessageChannel();
    this.#feedPort.post(port1, [port1]);
    this.#port.post({ kind: "feeder", port: port2 } satisfies WorkerRequest, [port2]);
  }

  #post(request: WorkerRequest): void {
    this.#port.post(request);
  }

  #hand(file: CaptureFile, roots: readonly string[]): HandedCapture {
    if (!this.#isolated) {
      file.close();
      return { kind: "open", path: file.identity.realPath, roots };
    }
    const handle = ++this.#lastId;
    this.#lent.set(handle, { file, rings: new Set() });
    return { kind: "lent", handle, identity: file.identity };
  }

  #take(report: WorkerReport): void {
    if (this.isDead) return;
    switch (report.kind) {
      case "answered":
        this.#settle(report.id)?.resolve(report.reply);
        // The next question may be about a large capture: the feeder will be there.
        return this.#startFeeder();
      case "failed":
        return this.#settle(report.id)?.reject(errorFromWire(report.error));
      case "progress":
        return this.#pending.get(report.id)?.onProgress(report.doneBytes, report.totalBytes);
      case "fill":
        this.#fill(report.handle, report.ring);
        return;
      case "release":
        return this.#release(report.handle);
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending?.patience !== null) clearTimeout(pending?.patience);
    return pending;
  }

  async #fill(handle: number, ring: SharedArrayBuffer): Promise<void> {
    const lent = this.#lent.get(handle);
    if (lent === undefined) return closeRing(ring);
    lent.rings.add(ring);
    await fillRing(ring, lent.file);
    lent.rings.delete(ring);
  }

  #release(handle: number): void {
    const lent = this.#lent.get(handle);
    this.#lent.delete(handle);
    for (const ring of lent?.rings ?? []) closeRing(ring);
    lent?.file.close();
  }

  /** Ends the worker; every question that it has not answered fails with `error`. */
  #end(error: Unavailable): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#port.end();
    this.#feedPort?.end();
    for (const handle of this.#lent.keys()) this.#release(handle);
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(error);
  }
}

function workerDied(): Unavailable {
  return new Unavailable(
    "capture_worker",
    "Cannot answer: the thread that reads captures has died; stderr has the reason",
    { hint: "Ask again: there will be another one.", retryable: true },
  );
}

function workerHung(): Unavailable {
  return new Unavailable(
    "capture_worker",
    "Cannot answer: the thread that reads captures did not stop in time and was ended",
    { hint: "Ask again: there will be another one.", retryable: true },
  );
}

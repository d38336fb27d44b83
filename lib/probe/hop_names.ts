/**
 * Names of hop addresses, looked up by ourselves so that a slow name server cannot stall a trace.
 *
 * @module
 */
import type { Clock } from "../io/io.ts";

/** The first PTR name of an address, or null if there is none or it could not be learned. */
export type ReverseLookup = (address: string, signal: AbortSignal) => Promise<string | null>;

/** Addresses of one trace that are asked about. */
const MAX_LOOKUPS = 64;
/** Time for all of them together, milliseconds. */
const TOTAL_MS = 3_000;
/** Questions at the same time. */
const CONCURRENCY = 8;

/** What the lookups came to. */
export interface HopNames {
  /** Address → name, for those that have one. */
  readonly names: ReadonlyMap<string, string>;
  /** False if some addresses could not be asked in time. */
  readonly complete: boolean;
}

/** Looks up the names of `addresses`, at most 64 in 3 s. Failures are addresses without a name. */
export async function lookUpNames(
  addresses: Iterable<string>,
  reverse: ReverseLookup,
  clock: Clock,
  signal: AbortSignal,
): Promise<HopNames> {
  const all = [...new Set(addresses)];
  const waiting = all.slice(0, MAX_LOOKUPS);
  const names = new Map<string, string>();
  if (waiting.length === 0 || signal.aborted) {
    return { names, complete: waiting.length === 0 };
  }
  let unasked = all.length - waiting.length;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  // The sleep ends with the lookups: its rejection is the normal way out.
  const timer = new AbortController();
  const timeout = clock.sleep(TOTAL_MS, timer.signal).then(
    () => stop.abort(new Error("The time for names is over")),
    () => {},
  );
  const worker = async (): Promise<void> => {
    for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
      if (stop.signal.aborted) {
        unasked++;
        continue;
      }
      try {
        const name = await reverse(address, stop.signal);
        if (name !== null) names.set(address, name);
      } catch {
        // No name is a normal finding; only time makes the answer incomplete.
        if (stop.signal.aborted) unasked++;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, waiting.length) }, worker));
  } finally {
    timer.abort();
    signal.removeEventListener("abort", onAbort);
    await timeout;
  }
  return { names, complete: unasked === 0 };
}

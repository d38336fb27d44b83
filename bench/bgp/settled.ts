/** When a receiver has done all that it was given to do: all is there, and it is idle. */
import { type Contestant, pause } from "./contestant.ts";
import { treeUsage } from "./process_tree.ts";

/** Longest wait, milliseconds. */
export const PATIENCE_MS = 900_000;
/** Between two looks, milliseconds. */
const BREATH_MS = 50;
/** Idle: less than this share of a processor, over `WINDOW_MS`, for `IDLE_MS`. */
const IDLE_SHARE = 0.1, WINDOW_MS = 90, IDLE_MS = 400;

/**
 * The last moment at which it was busy or `isThere` (by default: all has been sent) did not hold, as
 * `performance.now()` tells it. It fails when sending does.
 */
export async function untilSettled(
  { pid }: Contestant,
  sent: Promise<unknown>,
  isThere?: () => Promise<boolean>,
): Promise<number> {
  const isSent = watched(sent);
  const started = performance.now();
  const history: { ms: number; cpuSec: number }[] = [];
  let lastBusy = started, holds = false;
  for (;;) {
    await pause(BREATH_MS);
    const now = { ms: performance.now(), cpuSec: treeUsage(pid).cpuSec };
    const past = history.findLast(({ ms }) => now.ms - ms >= WINDOW_MS) ?? now;
    const share = (now.cpuSec - past.cpuSec) / Math.max(1, now.ms - past.ms) * 1_000;
    history.push(now);
    if (now.ms - started > PATIENCE_MS) throw new Error("It did not settle");
    if (!holds) {
      const isAllSent = isSent();
      holds = isThere === undefined ? isAllSent : await isThere();
      lastBusy = performance.now();
      continue;
    }
    if (share > IDLE_SHARE) lastBusy = now.ms;
    if (now.ms - lastBusy > IDLE_MS) return lastBusy;
  }
}

/** Tells whether it is fulfilled; throws what it was rejected with. */
export function watched(promise: Promise<unknown>): () => boolean {
  let isFulfilled = false, failure: Error | null = null;
  promise.then(() => isFulfilled = true, (error: Error) => failure = error);
  return () => {
    if (failure !== null) throw failure;
    return isFulfilled;
  };
}

/** When a receiver has done all that it was given to do: all is there, and it is idle. */
import { type Contestant, pause } from "./contestant.ts";
import { busyMs, threadTimes } from "./process_tree.ts";

/** Longest wait, milliseconds. */
export const PATIENCE_MS = 900_000;
/** Between two looks at how busy it is, milliseconds. */
const LOOK_MS = 10;
/** Idle: less than this share of a processor, over `WINDOW_MS`, for `IDLE_MS`. */
const IDLE_SHARE = 0.1, WINDOW_MS = 25, IDLE_MS = 400;

/**
 * When it came to rest with all sent and `isThere`, as `performance.now()` tells it; late by
 * {@link WINDOW_MS} and two looks at most. A question keeps it busy: none is put before it is at
 * rest. It fails when sending does.
 */
export async function untilSettled(
  { pid }: Contestant,
  sent: Promise<unknown>,
  isThere: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<number> {
  const isSent = watched(sent);
  const started = performance.now();
  const looks = [{ ms: started, times: threadTimes(pid) }];
  for (let lastBusy = started;;) {
    await pause(LOOK_MS);
    const now = { ms: performance.now(), times: threadTimes(pid) };
    const past = looks.findLast(({ ms }) => now.ms - ms >= WINDOW_MS) ?? looks[0]!;
    const isBusy = busyMs(past.times, now.times) > IDLE_SHARE * (now.ms - past.ms);
    if (isBusy || !isSent()) lastBusy = now.ms;
    looks.splice(0, looks.indexOf(past));
    looks.push(now);
    if (now.ms - started > PATIENCE_MS) throw new Error("It did not settle");
    if (now.ms - lastBusy < IDLE_MS) continue;
    if (await isThere()) return lastBusy;
    lastBusy = performance.now();
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

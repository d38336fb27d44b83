import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Turns } from "./turns.ts";

/** A clock on which an item of work takes `itemMs`, and what was asked of it. */
function workClock(itemMs: number) {
  let nowMs = 0;
  const limits: number[] = [];
  const sleptAtMs: number[] = [];
  return {
    limits,
    sleptAtMs,
    clock: {
      monotonicMs: () => nowMs,
      sleep: () => {
        sleptAtMs.push(nowMs);
        nowMs += 1;
        return Promise.resolve();
      },
    },
    /** A turn over `total` items. */
    turn(total: number) {
      let left = total;
      return (limit: number): boolean => {
        limits.push(limit);
        const count = Math.min(limit, left);
        nowMs += count * itemMs;
        left -= count;
        return left > 0;
      };
    },
  };
}

Deno.test("turns grow with fast work and shrink with slow work, and the loop gets its own", async () => {
  const fast = workClock(0.0001);
  await new Turns(fast.clock, new AbortController().signal).repeat(fast.turn(100_000));
  deepEqual(fast.limits.slice(0, 7), [256, 512, 1_024, 2_048, 4_096, 8_192, 8_192]);
  const slow = workClock(0.05);
  await new Turns(slow.clock, new AbortController().signal).repeat(slow.turn(2_000));
  deepEqual(slow.limits.slice(0, 6), [256, 128, 64, 32, 16, 16]);
  const gaps = slow.sleptAtMs.slice(4).map((atMs, index) =>
    atMs - (slow.sleptAtMs[index + 3] ?? 0)
  );
  ok(gaps.length > 10 && gaps.every((gap) => gap <= 5), gaps.join(" "));
});

Deno.test("what is held is the turn, never the sleep", async () => {
  const { clock, turn } = workClock(0.01);
  let isHeld = false;
  const hold = <T>(act: () => T): T => {
    isHeld = true;
    const result = act();
    isHeld = false;
    return result;
  };
  const sleep = () => {
    equal(isHeld, false);
    return clock.sleep();
  };
  await new Turns({ ...clock, sleep }, new AbortController().signal).repeat(turn(5_000), hold);
});

Deno.test("a signal that fired before ends the work before its first turn", async () => {
  const { clock, turn, limits } = workClock(1);
  const signal = AbortSignal.abort(new Error("cancelled"));
  await rejects(new Turns(clock, signal).repeat(turn(5)), /cancelled/);
  deepEqual(limits, []);
});

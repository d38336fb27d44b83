import assert from "node:assert/strict";
import { Pump } from "./pump.ts";

/** A clock that work moves, and pauses that wait to be ended. */
function stage(budgetMs: number) {
  let nowMs = 0;
  const pauses: (() => void)[] = [];
  const pump = new Pump(
    {
      monotonicMs: () => nowMs,
      sleep: () => Promise.reject(new Error("Nothing sleeps here")),
    },
    budgetMs,
    (act) => void pauses.push(act),
  );
  return {
    pump,
    works: (ms: number) => void (nowMs += ms),
    pauses,
    /** Ends the pause, and lets what follows run. */
    async go(): Promise<void> {
      pauses.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

Deno.test("a turn is taken at once while the budget lasts, then after a pause", async () => {
  const { pump, works, pauses, go } = stage(10);
  const taken: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    pump.submit(() => {
      works(5);
      taken.push(turn);
    });
  }
  assert.deepEqual([taken, pauses.length], [[0, 1], 1]);
  await go();
  assert.deepEqual([taken, pauses.length], [[0, 1, 2, 3], 1]);
  await go();
  assert.deepEqual([taken, pauses.length], [[0, 1, 2, 3, 4], 0]);
});

Deno.test("a spent budget is paid for by the turn that comes next, and by none where none comes", async () => {
  const { pump, works, pauses, go } = stage(10);
  let taken = 0;
  pump.submit(() => works(20));
  // The end of the last session would otherwise leave a timer behind.
  assert.equal(pauses.length, 0);
  pump.submit(() => taken++);
  assert.deepEqual([taken, pauses.length], [0, 1]);
  await go();
  assert.deepEqual([taken, pauses.length], [1, 0]);
});

Deno.test("who comes again stands behind those that wait", () => {
  const { pump } = stage(1_000);
  const taken: string[] = [];
  const again = (name: string, left: number): void => {
    taken.push(name);
    if (left > 0) pump.submit(() => again(name, left - 1));
  };
  pump.submit(() => {
    pump.submit(() => again("a", 2));
    pump.submit(() => again("b", 2));
  });
  assert.deepEqual(taken, ["a", "b", "a", "b", "a", "b"]);
});

Deno.test("turns that cost nothing are followed by a pause too", async () => {
  const { pump, pauses, go } = stage(1_000);
  let taken = 0;
  for (let turn = 0; turn < 600; turn++) pump.submit(() => taken++);
  assert.deepEqual([taken, pauses.length], [256, 1]);
  await go();
  assert.deepEqual([taken, pauses.length], [512, 1]);
});

Deno.test("timers act between two turns, without a pause", () => {
  const { pump, works } = stage(1_000);
  const log: string[] = [];
  pump.timers.timer(() => void log.push("keepalive")).start(15);
  for (const name of ["a", "b", "c"]) {
    pump.submit(() => {
      works(10);
      log.push(name);
    });
  }
  assert.deepEqual(log, ["a", "b", "keepalive", "c"]);
});

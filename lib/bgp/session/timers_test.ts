import assert from "node:assert/strict";
import fc from "fast-check";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { Timers } from "./timers.ts";

Deno.test("a timer acts once at its time, on one sleep for all of them", async () => {
  const clock = new ManualClock();
  const timers = new Timers(clock);
  const acted: string[] = [];
  timers.timer(() => acted.push(`late ${clock.monotonicMs()}`)).start(300);
  timers.timer(() => acted.push(`early ${clock.monotonicMs()}`)).start(100);
  await clock.pass(0);
  assert.equal(clock.sleeping, 1);
  await clock.pass(1_000);
  assert.deepEqual(acted, ["early 100", "late 300"]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("a timer that is set back or stopped does not act at its old time", async () => {
  const clock = new ManualClock();
  const timers = new Timers(clock);
  const acted: number[] = [];
  const hold = timers.timer(() => acted.push(clock.monotonicMs()));
  const stopped = timers.timer(() => acted.push(-1));
  hold.start(100);
  stopped.start(100);
  await clock.pass(90);
  hold.start(100);
  stopped.stop();
  await clock.pass(99);
  assert.deepEqual([acted, hold.isRunning, stopped.isRunning], [[], true, false]);
  await clock.pass(1);
  assert.deepEqual([acted, hold.isRunning], [[190], false]);
});

Deno.test("what is due can be run by whoever keeps the loop busy", () => {
  let nowMs = 0;
  const timers = new Timers({ monotonicMs: () => nowMs, sleep: () => new Promise(() => {}) });
  let acted = 0;
  const timer = timers.timer(() => {
    acted++;
    timer.start(10);
  });
  timer.start(10);
  for (nowMs = 0; nowMs <= 100; nowMs++) timers.runDue();
  assert.equal(acted, 10);
});

Deno.test("a turn counts from where it began, and without one the clock is asked", () => {
  let nowMs = 0, looks = 0;
  const monotonicMs = () => {
    looks++;
    return nowMs;
  };
  const timers = new Timers({ monotonicMs, sleep: () => new Promise(() => {}) });
  const timer = timers.timer(() => {});
  nowMs = 5;
  timer.startWithTurn(10);
  assert.equal(timer.dueMs, 15);
  timers.setTurn(nowMs);
  nowMs = 9;
  looks = 0;
  timer.startWithTurn(10);
  assert.deepEqual([timer.dueMs, looks], [15, 0]);
  timers.setTurn(null);
  timer.startWithTurn(10);
  assert.equal(timer.dueMs, 19);
});

Deno.test("any order of starts and stops acts as a list of due times would", async () => {
  const command = fc.record({
    timer: fc.nat(4),
    kind: fc.constantFrom("start", "stop", "pass"),
    ms: fc.integer({ min: 1, max: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25, size: "max" }), async (commands) => {
      const clock = new ManualClock();
      const timers = new Timers(clock);
      const due = new Map<number, number>(), acted: string[] = [], wanted: string[] = [];
      const all = Array.from(
        { length: 5 },
        (_, index) => timers.timer(() => void acted.push(`${index} at ${clock.monotonicMs()}`)),
      );
      for (const { timer, kind, ms } of commands) {
        if (kind === "start") {
          all[timer]?.start(ms);
          due.set(timer, clock.monotonicMs() + ms);
        } else if (kind === "stop") {
          all[timer]?.stop();
          due.delete(timer);
        } else {
          await clock.pass(ms);
          for (const [index, atMs] of [...due].filter(([, at]) => at <= clock.monotonicMs())) {
            wanted.push(`${index} at ${atMs}`);
            due.delete(index);
          }
        }
      }
      assert.deepEqual(acted.sort(), wanted.sort());
      for (const timer of all) timer.stop();
      await clock.pass(0);
      assert.equal(clock.sleeping, 0);
    }),
    { numRuns: 60 },
  );
});

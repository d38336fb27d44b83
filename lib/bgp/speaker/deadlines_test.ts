import { deepEqual, equal } from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { Deadlines } from "./deadlines.ts";

Deno.test("acts are done in the order of their times, by one timer", async () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const done: string[] = [];
  deadlines.set("late", 300, () => done.push("late"));
  deadlines.set("early", 100, () => done.push("early"));
  deadlines.set("moved", 50, () => done.push("never"));
  deadlines.set("moved", 200, () => done.push("moved"));
  deadlines.set("cancelled", 150, () => done.push("never"));
  deadlines.cancel("cancelled");
  equal(clock.sleeping, 1);
  await clock.pass(250);
  deepEqual(done, ["early", "moved"]);
  equal(deadlines.has("late"), true);
  await clock.pass(100);
  deepEqual(done, ["early", "moved", "late"]);
  equal(clock.sleeping, 0);
});

Deno.test("what is due in a month is not forgotten, and what is past is due at once", async () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const done: string[] = [];
  deadlines.setAt("far", clock.now() + 5 * 3_600_000, () => done.push("far"));
  deadlines.setAt("past", clock.now() - 1, () => done.push("past"));
  await clock.pass(0);
  deepEqual(done, ["past"]);
  await clock.pass(5 * 3_600_000 - 1);
  deepEqual(done, ["past"]);
  await clock.pass(1);
  deepEqual(done, ["past", "far"]);
});

Deno.test("an act may set, cancel and clear others", async () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const done: string[] = [];
  deadlines.set("a", 10, () => {
    done.push("a");
    deadlines.cancel("b");
    deadlines.set("c", 5, () => done.push("c"));
  });
  deadlines.set("b", 10, () => done.push("b"));
  await clock.pass(20);
  deepEqual(done, ["a", "c"]);
  deadlines.set("d", 10, () => done.push("d"));
  deadlines.clear();
  await clock.pass(20);
  deepEqual(done, ["a", "c"]);
  equal(clock.sleeping, 0);
});

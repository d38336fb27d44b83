import { deepEqual, equal, ok } from "node:assert/strict";
import { systemClock } from "../../io/clock.ts";
import { Slices } from "./slices.ts";

function slices(onFault: (error: unknown) => void = () => {}): Slices {
  return new Slices(systemClock, onFault);
}

Deno.test("long work leaves others their turns", async () => {
  const work = slices();
  let steps = 0, turns = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => turns++, 1);
  work.add("long", () => {
    const untilMs = performance.now() + 0.5;
    while (performance.now() < untilMs);
    if (++steps < 200) return true;
    resolve();
    return false;
  });
  await promise;
  clearInterval(timer);
  equal(steps, 200);
  // 100 ms of work in slices of 2 ms, a pause after each eighth.
  ok(turns >= 5, `${turns} turns of a timer`);
});

Deno.test("pieces of work take turns, and a new one takes the place of its key", async () => {
  const work = slices();
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  work.add("a", () => {
    seen.push("replaced");
    return false;
  });
  work.add("a", () => {
    seen.push("a");
    return false;
  });
  work.add("b", () => {
    seen.push("b");
    resolve();
    return false;
  });
  work.add("c", () => {
    seen.push("cancelled");
    return false;
  });
  work.cancel("c");
  await promise;
  deepEqual(seen, ["a", "b"]);
});

Deno.test("work that throws is given up and told, the rest goes on", async () => {
  const faults: unknown[] = [];
  const work = slices((error) => faults.push(error));
  const { promise, resolve } = Promise.withResolvers<void>();
  const fault = new Error("broken");
  work.add("broken", () => {
    throw fault;
  });
  work.add("whole", () => {
    resolve();
    return false;
  });
  await promise;
  deepEqual(faults, [fault]);
});

Deno.test("nothing stays behind what is cleared, whichever kind of turn was asked for", async () => {
  const work = slices();
  let steps = 0;
  // The eighth turn is asked of a timer: one that went on would outlast this test, which Deno tells.
  for (let round = 1; round <= 8; round++) {
    work.add("cleared", () => ++steps > 0);
    work.clear();
    if (round < 8) await systemClock.sleep(2);
  }
  equal(steps, 0);
});

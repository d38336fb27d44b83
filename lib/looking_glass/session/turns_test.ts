import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

const signal = new AbortController().signal;

Deno.test("callers have their turn in the order of asking", async () => {
  const turns = new Turns();
  const seen: number[] = [];
  await Promise.all([1, 2, 3].map(async (caller) => {
    const done = await turns.take(signal);
    seen.push(caller);
    await new Promise((resolve) => setTimeout(resolve, 5 - caller));
    seen.push(caller);
    done();
  }));
  assert.deepEqual(seen, [1, 1, 2, 2, 3, 3]);
});

Deno.test("one that gives up does not hold up those behind it, nor lets them past who is before", async () => {
  const turns = new Turns();
  const first = await turns.take(signal);
  const stop = new AbortController();
  const second = turns.take(stop.signal);
  let hasThird = false;
  const third = turns.take(signal).then((done) => {
    hasThird = true;
    return done;
  });
  stop.abort(new Error("tired"));
  await assert.rejects(second, /tired/);
  assert.equal(hasThird, false);
  first();
  (await third)();
  await assert.rejects(turns.take(stop.signal), /tired/);
});

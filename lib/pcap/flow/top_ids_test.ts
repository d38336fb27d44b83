import assert from "node:assert/strict";
import fc from "fast-check";
import { topIds } from "./top_ids.ts";

Deno.test("the highest come first, equal ones by id, and what has no rank is left out", () => {
  const ranks = [3, NaN, 7, 3, -Infinity, 7];
  assert.deepEqual(topIds(6, 3, (id) => ranks[id]!), [2, 5, 0]);
  assert.deepEqual(topIds(6, 9, (id) => ranks[id]!), [2, 5, 0, 3, 4]);
  assert.deepEqual(topIds(6, 0, (id) => ranks[id]!), []);
});

Deno.test("the result is the head of all ids sorted", () => {
  fc.assert(fc.property(fc.array(fc.nat(20)), fc.nat(10), (ranks, most) => {
    const sorted = ranks.map((_, id) => id).sort((a, b) => ranks[b]! - ranks[a]! || a - b);
    assert.deepEqual(topIds(ranks.length, most, (id) => ranks[id]!), sorted.slice(0, most));
  }));
});

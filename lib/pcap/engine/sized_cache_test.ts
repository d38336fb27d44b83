import assert from "node:assert/strict";
import { SizedCache } from "./sized_cache.ts";

Deno.test("what was used longest ago goes first when there are too many", () => {
  const cache = new SizedCache<string>({ entries: 2, bytes: 1_000 });
  cache.set("a", "A", 1);
  cache.set("b", "B", 1);
  assert.equal(cache.get("a"), "A");
  cache.set("c", "C", 1);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], ["A", undefined, "C"]);
});

Deno.test("as many go as it takes to hold the bound of memory", () => {
  const cache = new SizedCache<number>({ entries: 10, bytes: 100 });
  for (let key = 0; key < 5; key++) cache.set(String(key), key, 20);
  cache.set("large", 9, 70);
  assert.equal(cache.size, 2);
  assert.equal(cache.get("4"), 4);
});

Deno.test("the newest stays though it is larger than the bound, until the next comes", () => {
  const cache = new SizedCache<number>({ entries: 10, bytes: 100 });
  cache.set("huge", 1, 5_000);
  assert.equal(cache.get("huge"), 1);
  cache.set("small", 2, 1);
  assert.deepEqual([cache.get("huge"), cache.get("small")], [undefined, 2]);
});

Deno.test("a value that is set again counts once", () => {
  const cache = new SizedCache<number>({ entries: 10, bytes: 100 });
  for (let time = 0; time < 9; time++) cache.set("a", time, 60);
  cache.set("b", 0, 40);
  assert.deepEqual([cache.get("a"), cache.get("b")], [8, 0]);
});

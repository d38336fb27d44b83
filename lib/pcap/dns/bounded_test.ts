import assert from "node:assert/strict";
import { GroupTable, WorstList } from "./bounded.ts";

Deno.test("groups past the bound are counted, those there are go on", () => {
  const groups = new GroupTable<{ count: number }>(2);
  for (const key of ["a", "b", "c", "a", "c"]) {
    const group = groups.of(key, () => ({ count: 0 }));
    if (group !== null) group.count++;
  }
  assert.deepEqual(groups.values(), [{ count: 2 }, { count: 1 }]);
  assert.equal(groups.notKept, 2);
});

Deno.test("the worst are kept, worst first, of equal ones the first", () => {
  const worst = new WorstList<string>(3);
  for (const [item, score] of [["a", 1], ["b", 5], ["c", 3], ["d", 5], ["e", 2]] as const) {
    worst.add(item, score);
  }
  assert.deepEqual(worst.values(), ["b", "d", "c"]);
});

import assert from "node:assert/strict";
import { mbpsOf, msOf, rounded } from "./rounding.ts";

Deno.test("what is less than one keeps six decimals, what is more three", () => {
  assert.deepEqual([0.0087473, 2.00049, -0.4530331, -12.34567, 0].map(rounded), [
    0.008747,
    2,
    -0.453033,
    -12.346,
    0,
  ]);
});

Deno.test("a nanosecond is a millionth of a millisecond, and no rate lasts no time", () => {
  assert.deepEqual([msOf(1), msOf(20_709_376)], [0.000001, 20.709]);
  assert.deepEqual([mbpsOf(1540, 8), mbpsOf(1540, 0), mbpsOf(1540, null)], [0.00154, null, null]);
});

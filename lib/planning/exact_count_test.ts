import assert from "node:assert/strict";
import { exactCount } from "./exact_count.ts";

Deno.test("a count is a number as long as every reader of JSON has it exactly", () => {
  assert.equal(exactCount(0n), 0);
  assert.equal(exactCount(2n ** 53n - 1n), 9007199254740991);
  assert.equal(exactCount(2n ** 53n), "9007199254740992");
  assert.equal(exactCount(2n ** 128n), "340282366920938463463374607431768211456");
});

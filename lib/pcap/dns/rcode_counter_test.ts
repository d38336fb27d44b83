import assert from "node:assert/strict";
import { RcodeCounter } from "./rcode_counter.ts";

Deno.test("codes are counted for each server, in order of appearance", () => {
  const counter = new RcodeCounter(2);
  for (const rcode of [3, 0, 3]) counter.add(1, rcode);
  counter.add(0, 0);
  assert.deepEqual(Object.entries(counter.finish(1)), [["NXDOMAIN", 2], ["NOERROR", 1]]);
  assert.deepEqual(counter.finish(0), { NOERROR: 1 });
});

Deno.test("past sixteen codes, new ones are counted as others", () => {
  const counter = new RcodeCounter(1);
  for (let rcode = 0; rcode < 20; rcode++) counter.add(0, 4000 + rcode);
  counter.add(0, 4000);
  const counts = counter.finish(0);
  assert.equal(Object.keys(counts).length, 17);
  assert.equal(counts.other, 4);
  assert.equal(counts.RCODE4000, 2);
});

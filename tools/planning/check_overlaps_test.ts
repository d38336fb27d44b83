import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { checkOverlaps } from "./check_overlaps.ts";

Deno.test("overlapping pairs are told in the words of the caller", async () => {
  const cidrs = ["10.0.0.7/25", "10.0.0.0/24", "10.0.0.0/25", "2001:db8::/32", "2001:db8::1", "x"];
  const answer = await computeWith(checkOverlaps, { cidrs });
  assert.equal(
    answer.summary,
    "4 pairs of 5 prefixes overlap, 1 of them equal; 1 entry could not be read and is left out",
  );
  assert.equal(answer.success, false);
  assert.equal(answer.complete, true);
  assert.deepEqual(answer.overlaps, [
    {
      a: "10.0.0.7/25",
      b: "10.0.0.0/24",
      relationship: "contained_by",
      overlap_cidr: "10.0.0.0/25",
    },
    { a: "10.0.0.7/25", b: "10.0.0.0/25", relationship: "equal", overlap_cidr: "10.0.0.0/25" },
    { a: "10.0.0.0/24", b: "10.0.0.0/25", relationship: "contains", overlap_cidr: "10.0.0.0/25" },
    {
      a: "2001:db8::/32",
      b: "2001:db8::1",
      relationship: "contains",
      overlap_cidr: "2001:db8::1/128",
    },
  ]);
});

Deno.test("prefixes without conflict are said to have none", async () => {
  const answer = await computeWith(checkOverlaps, { cidrs: ["10.0.0.0/25", "10.0.0.128/25"] });
  assert.equal(answer.summary, "None of 2 prefixes overlap");
  assert.equal(answer.success, true);
});

Deno.test("of fifty million pairs all are counted and some listed", async () => {
  const answer = await computeWith(checkOverlaps, { cidrs: Array(10_000).fill("10.0.0.0/8") });
  assert.equal(answer.overlap_count, 49_995_000);
  assert.equal(answer.equal_count, 49_995_000);
  assert.equal((answer.overlaps as unknown[]).length, 5_000);
  assert.equal(answer.complete, false);
  assert.match(String(answer.summary), /; the first 5000 are listed$/);
});

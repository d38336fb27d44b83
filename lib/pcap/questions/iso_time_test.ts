import assert from "node:assert/strict";
import { isoTime, sayTime, secondsBetween } from "./iso_time.ts";

Deno.test("a time is told to the microsecond, or to the nanosecond where it has them", () => {
  assert.equal(isoTime(1_700_000_000, 1_500_000), "2023-11-14T22:13:20.001500Z");
  assert.equal(isoTime(1_700_000_000, 1_500_001), "2023-11-14T22:13:20.001500001Z");
  assert.equal(isoTime(1_700_000_000, -1), "2023-11-14T22:13:19.999999999Z");
  assert.equal(isoTime(0, 0), "1970-01-01T00:00:00.000000Z");
});

Deno.test("what is no time or no date is null", () => {
  assert.equal(isoTime(0, null), null);
  assert.equal(isoTime(0, NaN), null);
  assert.equal(isoTime(1e18, 0), null);
});

Deno.test("a duration needs both of its ends", () => {
  assert.equal(secondsBetween(5e8, 2e9), 1.5);
  assert.equal(secondsBetween(NaN, NaN), null);
  assert.equal(secondsBetween(null, 1), null);
});

Deno.test("a person is told a time to the second", () => {
  assert.equal(sayTime("2023-11-14T22:13:20.001500Z"), "2023-11-14 22:13:20 UTC");
  assert.equal(sayTime("2023-11-14T22:13:20.001500001Z"), "2023-11-14 22:13:20 UTC");
});

import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parseDuration } from "./duration.ts";

Deno.test("durations are read as seconds in every notation of routers", () => {
  const read = (...texts: string[]) => texts.map(parseDuration);
  deepEqual(read("00:12:34", "23:59:59", "12:34", "0:00:13"), [754, 86_399, 754, 13]);
  deepEqual(read("3d04h", "1d02h03m", "12d03h"), [273_600, 93_780, 1_047_600]);
  deepEqual(read("02w3d04h", "1y02w", "01y02w3d"), [1_483_200, 32_745_600, 33_004_800]);
  deepEqual(read("3w5d 18:30:36", "6d 4:05:06"), [2_313_036, 533_106]);
});

Deno.test("what is no duration is null", () => {
  for (const text of ["never", "", " ", "Active", "12", "1x", "1d ", "-1d", "1:2:3:4", "d3"]) {
    equal(parseDuration(text), null, text);
  }
});

Deno.test("a clock of any time of a day is read back", () => {
  fc.assert(fc.property(fc.nat(86_399), (seconds) => {
    const clock = new Date(seconds * 1_000).toISOString().slice(11, 19);
    equal(parseDuration(clock), seconds);
  }));
});

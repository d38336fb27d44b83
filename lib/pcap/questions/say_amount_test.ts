import assert from "node:assert/strict";
import { sayBytes, sayMbps, saySeconds } from "./say_amount.ts";

Deno.test("bytes are said with three digits at most", () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 9.9e18].map(sayBytes), [
    "0 bytes",
    "999 bytes",
    "1 kB",
    "1.23 MB",
    "9900 PB",
  ]);
});

Deno.test("a span is said in the unit that fits", () => {
  assert.deepEqual([0, 0.00025, 0.02, 0.25, 119, 720, 12_240, 172_800].map(saySeconds), [
    "0 s",
    "250 µs",
    "20 ms",
    "0.25 s",
    "119 s",
    "12 min",
    "3.4 h",
    "2 days",
  ]);
});

Deno.test("a rate is said in the unit that fits", () => {
  assert.deepEqual([0, 0.000812, 0.00154, 19.67, 2500].map(sayMbps), [
    "0 bit/s",
    "812 bit/s",
    "1.54 kbit/s",
    "19.7 Mbit/s",
    "2.5 Gbit/s",
  ]);
});

import { equal } from "node:assert/strict";
import { sayCount, sayMs, sayPercent } from "./amount.ts";

Deno.test("one is singular, all else plural", () => {
  equal(sayCount(1, "path"), "1 path");
  equal(sayCount(0, "path"), "0 paths");
  equal(sayCount(2, "AS", "ASes"), "2 ASes");
  equal(sayCount(1n, "subnet"), "1 subnet");
  equal(sayCount(2n ** 64n, "subnet"), "18446744073709551616 subnets");
});

Deno.test("a latency has three digits that count, or whole milliseconds", () => {
  equal(sayMs(0.4321), "0.43 ms");
  equal(sayMs(12.06), "12.1 ms");
  equal(sayMs(239.6), "240 ms");
});

Deno.test("a percentage has a decimal only if it needs one", () => {
  equal(sayPercent(0), "0 %");
  equal(sayPercent(33.33), "33.3 %");
  equal(sayPercent(99.96), "100 %");
});

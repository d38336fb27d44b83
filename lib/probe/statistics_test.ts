import assert from "node:assert/strict";
import { lossPercent, rttStatistics } from "./statistics.ts";

Deno.test("jitter is the mean absolute difference of consecutive round trips", () => {
  assert.deepEqual(rttStatistics([10, 20, 10, 30]), {
    minMs: 10,
    avgMs: 17.5,
    maxMs: 30,
    stddevMs: 8.292,
    jitterMs: 13.333,
  });
});

Deno.test("one sample has no jitter, and none has no statistics", () => {
  assert.equal(rttStatistics([5])?.jitterMs, null);
  assert.equal(rttStatistics([]), null);
});

Deno.test("loss of nothing sent is unknown, not zero", () => {
  assert.equal(lossPercent(0, 0), null);
  assert.equal(lossPercent(3, 2), 33.33);
  assert.equal(lossPercent(3, 4), 0);
});

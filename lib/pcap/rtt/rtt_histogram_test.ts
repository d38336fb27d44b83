import assert from "node:assert/strict";
import fc from "fast-check";
import { RttHistogram } from "./rtt_histogram.ts";

Deno.test("percentiles are those of all samples, to 1.6 % or half a unit of 64 ns", () => {
  const times = fc.array(fc.double({ min: 0, max: 1e11, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(times, (samples) => {
    const histogram = new RttHistogram();
    for (const sample of samples) histogram.add(sample);
    const sorted = [...samples].sort((a, b) => a - b);
    const { p50Ns, p95Ns, p99Ns, minNs, maxNs } = histogram.summary() ?? assert.fail();
    assert.deepEqual([minNs, maxNs], [sorted[0], sorted.at(-1)]);
    for (const [share, found] of [[0.5, p50Ns], [0.95, p95Ns], [0.99, p99Ns]] as const) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      assert.ok(Math.abs(found - exact) <= Math.max(64, exact * 0.016), `${found} for ${exact}`);
    }
  }));
});

Deno.test("no samples are no distribution, and times beyond two minutes are the last bucket", () => {
  const histogram = new RttHistogram();
  assert.equal(histogram.summary(), null);
  histogram.add(1e15);
  assert.deepEqual(histogram.summary(), {
    samples: 1,
    minNs: 1e15,
    meanNs: 1e15,
    p50Ns: 1e15,
    p95Ns: 1e15,
    p99Ns: 1e15,
    maxNs: 1e15,
  });
});

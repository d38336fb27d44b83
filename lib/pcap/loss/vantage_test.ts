import assert from "node:assert/strict";
import { captureVantage, connectionVantage, noEvidence, type SideEvidence } from "./vantage.ts";

const NOTHING: SideEvidence = noEvidence();

function side(evidence: Partial<SideEvidence>): SideEvidence {
  return { ...NOTHING, ...evidence };
}

Deno.test("an undecremented TTL, a short leg and data without holes put the capture at A", () => {
  const a = side({ segments: 900, ttl: 64, legNs: 20e6, lostDownstream: 7 });
  const b = side({ segments: 1, ttl: 57, legNs: 30e3 });
  assert.deepEqual(connectionVantage([a, b]), {
    side: "a",
    vantage: "sender",
    confidence: "high",
    reasons: [
      "TTL 64 from A, 57 from B: A is on this wire",
      "round trip to A 0.030 ms, to B 20.0 ms: near A",
      "none of 7 lost segments of A is missing here",
    ],
  });
});

Deno.test("the same seen from a download is the receiver", () => {
  const a = side({ segments: 1, ttl: 64, legNs: 20e6 });
  const b = side({ segments: 900, ttl: 57, legNs: 30e3, lostUpstream: 5 });
  const { side: near, vantage, confidence } = connectionVantage([a, b]);
  assert.deepEqual([near, vantage, confidence], ["a", "receiver", "high"]);
});

Deno.test("legs alike, no initial TTL, losses before and after: midway", () => {
  const a = side({ segments: 900, ttl: 60, legNs: 10e6, lostUpstream: 5, lostDownstream: 6 });
  const b = side({ segments: 10, ttl: 50, legNs: 8e6 });
  const { side: near, vantage, confidence } = connectionVantage([a, b]);
  assert.deepEqual([near, vantage, confidence], ["middle", "middle", "high"]);
});

Deno.test("nothing known is nothing said", () => {
  const { side: near, vantage, confidence, reasons } = connectionVantage([NOTHING, NOTHING]);
  assert.deepEqual([near, vantage, confidence, reasons], ["unknown", "unknown", "low", []]);
  const capture = captureVantage([[NOTHING, NOTHING]]);
  assert.deepEqual(capture, { vantage: "unknown", confidence: "low" });
});

Deno.test("connections that disagree make a mixed capture", () => {
  const near = side({ segments: 100, ttl: 64, legNs: 20e6 });
  const far = side({ segments: 1, ttl: 57, legNs: 30e3 });
  const upload = [near, far] as const;
  const download = [{ ...near, segments: 1 }, { ...far, segments: 100 }] as const;
  assert.deepEqual(captureVantage([upload, upload]), { vantage: "sender", confidence: "high" });
  assert.deepEqual(captureVantage([upload, download]), { vantage: "mixed", confidence: "low" });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { printout } from "../../tests/scripted_programs.ts";
import { parseMtrJson } from "./mtr_json.ts";

Deno.test("mtr 0.95: counts and times of each hop", () => {
  const report = parseMtrJson(printout("mtr_loss.json"));
  assert.equal(report?.tests, 20);
  assert.deepEqual(report?.hops[1], {
    hop: 2,
    address: "10.61.2.2",
    sent: 20,
    received: 13,
    lastMs: 0.077,
    bestMs: 0.038,
    avgMs: 0.057,
    worstMs: 0.077,
    stddevMs: 0.014,
    jitterMs: 0.007,
  });
});

Deno.test("a silent hop stays in the list, without address or times", () => {
  const hop = parseMtrJson(printout("mtr_silent_hop.json"))?.hops[1];
  assert.deepEqual([hop?.address, hop?.sent, hop?.received, hop?.avgMs], [null, 4, 0, null]);
});

Deno.test("without a received column it follows from the loss", () => {
  const report = parseMtrJson(printout("mtr_rate_limited.json"));
  assert.deepEqual(report?.hops.map((hop) => hop.received), [4, 10, 10]);
  assert.equal(report?.hops[0]?.jitterMs, null);
});

Deno.test("older versions print numbers as strings and names beside addresses", () => {
  const report = parseMtrJson(printout("mtr_strings.json"));
  assert.deepEqual(report?.hops.map((hop) => [hop.hop, hop.address, hop.sent, hop.received]), [
    [1, "198.51.100.1", 10, 9],
    [2, null, 10, 0],
    [3, "192.0.2.10", 10, 10],
  ]);
});

Deno.test("a path without any answer has no hops", () => {
  assert.deepEqual(parseMtrJson(printout("mtr_no_hubs.json"))?.hops, []);
});

Deno.test("a report cut short is no report", () => {
  const text = printout("mtr_clean.json").trimEnd();
  fc.assert(fc.property(fc.nat(text.length - 1), (cut) => {
    assert.equal(parseMtrJson(text.slice(0, cut)), null);
  }));
});

Deno.test("arbitrary text and arbitrary JSON never throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parseMtrJson(text);
  }));
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    parseMtrJson(JSON.stringify({ report: { hubs: [value] } }));
  }));
});

Deno.test("more probes or hops than a run of ours can have are no report", () => {
  const hub = { count: 1, host: "192.0.2.1", "Loss%": 50, Snt: 100 };
  const read = (hubs: readonly unknown[]) => parseMtrJson(JSON.stringify({ report: { hubs } }));
  assert.equal(read([hub])?.hops[0]?.received, 50);
  assert.equal(read([{ ...hub, Snt: 1e15 }]), null);
  assert.equal(read([{ ...hub, Snt: "1000000" }]), null);
  assert.equal(read([{ ...hub, Rcv: 1e15 }]), null);
  assert.equal(read([{ ...hub, Avg: 1e300 }]), null);
  assert.equal(read(Array.from({ length: 65 }, () => hub)), null);
});

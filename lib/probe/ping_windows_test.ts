import assert from "node:assert/strict";
import fc from "fast-check";
import { printout } from "../../tests/scripted_programs.ts";
import { parseWindowsPing } from "./ping_windows.ts";

Deno.test("Windows: lines are probes in order, and errors of others are no replies", () => {
  const output = parseWindowsPing(printout("ping_windows_mixed.txt"));
  assert.deepEqual(
    output.probes.map((probe) => [probe.seq, probe.status, probe.rttMs, probe.reporter]),
    [
      [1, "reply", 12, null],
      [2, "timeout", null, null],
      [3, "unreachable", null, "198.51.100.1"],
      [4, "reply", 0.5, null],
    ],
  );
  assert.equal(output.statistics?.transmitted, 4);
  assert.equal(output.statistics?.received, 2);
});

Deno.test("Windows: IPv6 replies carry neither size nor TTL", () => {
  const output = parseWindowsPing(printout("ping_windows_v6.txt"));
  assert.deepEqual(output.probes.map((probe) => probe.status), ["reply", "reply", "unreachable"]);
  assert.equal(output.probes[0]?.ttl, null);
  assert.deepEqual(output.statistics?.rtt, { minMs: 14, maxMs: 15, avgMs: 14, stddevMs: null });
});

Deno.test("Windows in another language has no statistics for us", () => {
  assert.equal(parseWindowsPing(printout("ping_windows_german.txt")).statistics, null);
});

Deno.test("arbitrary text never throws", () => {
  fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => {
    assert.ok(parseWindowsPing(text).probes.length <= 4_096);
  }));
});

Deno.test("Windows: numbers that no ping prints are no numbers", () => {
  const long = "9".repeat(400);
  const output = parseWindowsPing(
    `Reply from 192.0.2.1: bytes=32 time=${long}ms TTL=64\n` +
      `    Packets: Sent = ${long}, Received = 1, Lost = 0 (0% loss),\n`,
  );
  assert.deepEqual(output, { probes: [], statistics: null });
});

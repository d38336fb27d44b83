import assert from "node:assert/strict";
import fc from "fast-check";
import { printout } from "../../tests/scripted_programs.ts";
import { parseWindowsTraceroute } from "./traceroute_windows.ts";

Deno.test("tracert: times, stars and names", () => {
  const hops = parseWindowsTraceroute(printout("tracert_windows_v4.txt"));
  assert.deepEqual(
    hops.map((hop) => [hop.hop, hop.probes.map((probe) => probe.rttMs), hop.probes[0]?.address]),
    [
      [1, [0.5, 0.5, 1], "198.51.100.1"],
      [2, [null, null, null], null],
      [3, [9, null, 10], "203.0.113.1"],
      [4, [11, 11, 12], "192.0.2.10"],
    ],
  );
  assert.equal(hops[2]?.names.get("203.0.113.1"), "core1.example.net");
});

Deno.test("tracert: a router that reports unreachable ends the path", () => {
  const hops = parseWindowsTraceroute(printout("tracert_windows_v6_unreachable.txt"));
  assert.deepEqual(hops[1]?.probes, [{ address: "2001:db8:1::1", rttMs: null, flag: "H" }]);
});

Deno.test("arbitrary text never throws", () => {
  fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => {
    assert.ok(parseWindowsTraceroute(text).length <= 256);
  }));
});

Deno.test("tracert: a time that it never prints makes no row", () => {
  assert.deepEqual(
    parseWindowsTraceroute(`  1     1 ms     1 ms     ${"9".repeat(400)} ms  192.0.2.1\n`),
    [],
  );
});

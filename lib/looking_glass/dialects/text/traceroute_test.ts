import { deepEqual, equal } from "node:assert/strict";
import { parseAddress } from "../../../ip/address.ts";
import type { RouterProbe, RouterTrace } from "../../answer.ts";
import { readTraceroute } from "./traceroute.ts";

const NOTHING: RouterProbe = {
  address: null,
  name: null,
  asn: null,
  rttMs: null,
  mark: null,
  mpls: null,
};

function probe(known: Partial<RouterProbe>): RouterProbe {
  return { ...NOTHING, ...known };
}

function trace(output: string, target = "198.51.100.9"): RouterTrace & { complete: boolean } {
  const { answer, complete } = readTraceroute(output, parseAddress(target));
  if (answer.kind !== "traceroute") throw new TypeError(answer.kind);
  return { ...answer, complete };
}

const IOS = `Type escape sequence to abort.
Tracing the route to target.example.net (198.51.100.9)
VRF info: (vrf in name/id, vrf out name/id)
  1 gw.example.net (192.0.2.1) [AS 64500] 0 msec 4 msec *
  2 192.0.2.5 [MPLS: Label 24016 Exp 0] 8 msec
    192.0.2.6 [MPLS: Labels 24017/16 Exp 0] 12 msec
    192.0.2.7 8 msec
  3  *  *  *
  4 198.51.100.9 [AS 64511] 20 msec 20 msec 24 msec
`;

Deno.test("a trace of IOS is read with ECMP lines, labels, AS numbers and silent hops", () => {
  const { hops, reached, complete } = trace(IOS);
  deepEqual([reached, complete], [true, true]);
  const gw = { address: "192.0.2.1", name: "gw.example.net", asn: 64500 };
  deepEqual(hops[0], {
    hop: 1,
    probes: [probe({ ...gw, rttMs: 0 }), probe({ ...gw, rttMs: 4 }), NOTHING],
  });
  deepEqual(hops[1]?.probes, [
    probe({ address: "192.0.2.5", rttMs: 8, mpls: "MPLS: Label 24016 Exp 0" }),
    probe({ address: "192.0.2.6", rttMs: 12, mpls: "MPLS: Labels 24017/16 Exp 0" }),
    probe({ address: "192.0.2.7", rttMs: 8 }),
  ]);
  deepEqual(hops[2], { hop: 3, probes: [NOTHING, NOTHING, NOTHING] });
  deepEqual(hops[3]?.probes.map(({ asn, rttMs }) => [asn, rttMs]), [
    [64511, 20],
    [64511, 20],
    [64511, 24],
  ]);
});

Deno.test("a trace of Linux is read with several speakers in one line", () => {
  const { hops, complete } = trace(
    `traceroute to 2001:DB8::9 (2001:db8::9), 30 hops max, 80 byte packets
 1  gw (2001:db8::1)  0.345 ms  0.210 ms 2001:db8::2 (2001:db8::2)  1.5 ms
 2  2001:db8::9 (2001:db8::9)  2.1 ms !X  2.2 ms !X *
`,
    "2001:db8::9",
  );
  equal(complete, true);
  deepEqual(hops[0]?.probes, [
    probe({ address: "2001:db8::1", name: "gw", rttMs: 0.345 }),
    probe({ address: "2001:db8::1", name: "gw", rttMs: 0.21 }),
    probe({ address: "2001:db8::2", rttMs: 1.5 }),
  ]);
  deepEqual(hops[1]?.probes, [
    probe({ address: "2001:db8::9", rttMs: 2.1, mark: "!X" }),
    probe({ address: "2001:db8::9", rttMs: 2.2, mark: "!X" }),
    NOTHING,
  ]);
});

Deno.test("a label line of Junos belongs to all answers of its hop", () => {
  const { hops } = trace(
    ` 1  192.0.2.1 (192.0.2.1)  0.5 ms 192.0.2.2 (192.0.2.2)  0.4 ms
     MPLS Label=299872 CoS=0 TTL=1 S=1
 2  198.51.100.9 (198.51.100.9)  1 ms
`,
  );
  deepEqual(hops[0]?.probes.map(({ mpls }) => mpls), [
    "MPLS Label=299872 CoS=0 TTL=1 S=1",
    "MPLS Label=299872 CoS=0 TTL=1 S=1",
  ]);
  equal(hops[1]?.probes[0]?.mpls, null);
});

Deno.test("a refusal ends a trace: IOS shows the mark in place of the time", () => {
  const { hops, reached, complete } = trace("  1 192.0.2.1 4 msec\n  2 192.0.2.9 !H  *  !H\n");
  deepEqual(hops[1]?.probes, [
    probe({ address: "192.0.2.9", mark: "!H" }),
    NOTHING,
    probe({ address: "192.0.2.9", mark: "!H" }),
  ]);
  deepEqual([reached, complete], [false, true]);
});

Deno.test("a trace that stops anywhere else is not complete, one of 30 hops is", () => {
  deepEqual(readTraceroute("  1 192.0.2.1 4 msec\n", parseAddress("198.51.100.9")).problems, [
    "The trace ends at hop 1, neither at the target nor at a refusal",
  ]);
  equal(readTraceroute("", parseAddress("198.51.100.9")).complete, false);
  const silent = Array.from({ length: 30 }, (_, i) => `${i + 1}  *  *  *`).join("\n");
  deepEqual([trace(silent).reached, trace(silent).complete], [false, true]);
});

Deno.test("hops and answers are bounded and in order", () => {
  const { hops, complete } = trace(`  2 192.0.2.1 ${"1 ms ".repeat(1_000)}\n  1 * \n  999 *\n`);
  deepEqual(hops.map(({ hop, probes }) => [hop, probes.length]), [[2, 64]]);
  equal(complete, false);
});

Deno.test("a router without traceroute refuses", () => {
  const output = "% [BGP] Unknown command: traceroute 192.0.2.11\n";
  equal(readTraceroute(output, parseAddress("192.0.2.11")).answer.kind, "refused");
});

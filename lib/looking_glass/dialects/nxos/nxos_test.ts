import { deepEqual, equal } from "node:assert/strict";
import {
  complete,
  hopRows,
  neighborRows,
  tableRows,
} from "../../../../tests/support/answer_rows.ts";
import { holdLong, holdMangled, type Sample } from "../../../../tests/support/hostile_output.ts";
import { answerOf, QUESTIONS, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { NO_PATH } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { nxos } from "./nxos.ts";

const { prefix } = parsePrefix("192.0.2.0/24");
const LOOKUP = routeTo("192.0.2.0/24");
const LONGER: RouterQuery = { kind: "longer", prefix };
const SUMMARY: RouterQuery = { kind: "summary", family: 4 };

const fixture = (name: string) => recordedOutput(`nxos/${name}.txt`);
const parse = (query: RouterQuery, output: string) => nxos.parse(query, output, "text");

Deno.test("questions name their family; large communities cannot be asked for", () => {
  deepEqual(QUESTIONS.map((query) => nxos.command(query, "text")), [
    "show bgp ipv4 unicast 192.0.2.0/24",
    "show bgp ipv6 unicast 2001:db8::1",
    "show bgp ipv4 unicast summary",
    "show bgp ipv6 unicast summary",
    "show bgp ipv4 unicast 192.0.2.0/24 longer-prefixes",
    "show bgp ipv6 unicast 2001:db8::/32 longer-prefixes",
    "show bgp ipv4 unicast regexp ^64496_([0-9]+_)*64500$",
    "show bgp ipv6 unicast regexp _64500$",
    "show bgp ipv4 unicast community 64500:1",
    null,
    "show bgp ipv4 unicast neighbors 192.0.2.1 received-routes",
    "show bgp ipv4 unicast neighbors 192.0.2.1 routes",
    "show bgp ipv4 unicast neighbors 192.0.2.1 advertised-routes",
    "ping 192.0.2.1 count 5",
    "traceroute6 2001:db8::1",
  ]);
  equal(nxos.command(LOOKUP, "json"), null);
  const address = parseAddress("fe80::1%Eth1", { zone: true });
  equal(nxos.command({ kind: "ping", address }, "text"), null);
});

Deno.test("all paths are read with every attribute, and why each but the best lost", () => {
  const answer = answerOf(complete(parse(LOOKUP, fixture("detail"))), "route");
  deepEqual([answer.match, answer.announcedPaths, answer.advertisedTo], [
    "exact",
    4,
    ["198.51.100.33", "203.0.113.77", "203.0.113.78"],
  ]);
  deepEqual(answer.paths, [
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64497] }],
      origin: "incomplete",
      nextHop: "10.255.0.7",
      nextHopMetric: 81,
      peer: { address: "10.255.0.9", asn: null, routerId: "10.255.0.9", name: null },
      localPref: 100,
      weight: 0,
      communities: ["64500:1"],
      originatorId: "10.255.0.7",
      clusterList: ["10.255.0.9", "0.0.0.1"],
      flags: ["internal", "valid"],
      notBestReason: "Internal path",
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [
        { kind: "sequence", asns: [64496, 64496, 4200000001] },
        { kind: "set", asns: [64510, 64511] },
      ],
      origin: "igp",
      nextHop: "198.51.100.1",
      nextHopMetric: 0,
      peer: { address: "198.51.100.1", asn: 64496, routerId: "198.51.100.2", name: null },
      med: 20,
      localPref: 200,
      weight: 0,
      communities: ["64496:100", "64496:200", "65535:65281", "64496:300"],
      extendedCommunities: ["rt:64496:7", "ro:198.51.100.3:9"],
      largeCommunities: ["64496:1:2"],
      aggregator: { asn: 4200000001, address: "203.0.113.200" },
      rpki: "valid",
      flags: ["external", "valid", "best", "atomic_aggregate"],
      unknownAttributes: ["community COST:pre-bestpath:128:1"],
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64499, 64511] }],
      origin: "egp",
      nextHop: "203.0.113.13",
      nextHopMetric: 0,
      peer: { address: "203.0.113.13", asn: 64499, routerId: "203.0.113.13", name: null },
      med: 4_294_967_295,
      localPref: 100,
      weight: 0,
      flags: ["external", "valid", "multipath"],
      notBestReason: "AS Path",
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64498] }],
      origin: "igp",
      nextHop: "203.0.113.14",
      peer: { address: "203.0.113.14", asn: 64498, routerId: "203.0.113.14", name: null },
      localPref: 100,
      weight: 0,
      flags: ["external", "removed", "inaccessible"],
    },
  ]);
});

Deno.test("a path of the switch's own has no AS path and no neighbor", () => {
  const output = fixture("detail_local");
  const answer = answerOf(complete(parse(routeTo("2001:db8::1"), output)), "route");
  deepEqual([answer.match, answer.advertisedTo], ["longest", []]);
  deepEqual(answer.paths, [{
    ...NO_PATH,
    prefix: parsePrefix("2001:db8::/32").prefix,
    origin: "igp",
    nextHop: "::",
    nextHopMetric: 0,
    peer: { address: null, asn: null, routerId: "198.51.100.254", name: null },
    localPref: 100,
    weight: 32_768,
    flags: ["local", "valid", "best"],
  }]);
});

Deno.test("a prefix that is not there is told by the heading alone", () => {
  const heading = "BGP routing table information for VRF default, address family IPv4 Unicast\n";
  const answer = answerOf(complete(parse(LOOKUP, heading)), "route");
  deepEqual([answer.match, answer.paths], ["none", []]);
});

Deno.test("no output at all is no answer", () => {
  const parsed = parse(LOOKUP, "\n");
  deepEqual([parsed.complete, parsed.problems], [false, ["The router printed nothing"]]);
});

Deno.test("a detail that is cut behind its count is never complete", () => {
  const output = fixture("detail");
  const counted = output.indexOf("available") + "available".length;
  const listed = output.indexOf("  Path-id 1 advertised to peers:\n") +
    "  Path-id 1 advertised to peers:".length;
  for (let length = counted; length <= listed; length++) {
    equal(
      parse(LOOKUP, output.slice(0, length)).complete,
      false,
      output.slice(length - 40, length),
    );
  }
});

Deno.test("rows are read with their kinds, broken ones put together", () => {
  const parsed = parse(LONGER, fixture("table"));
  deepEqual(tableRows(parsed), [
    ["192.0.2.0/25", "0.0.0.0", null, 100, 32_768, "", "igp", "valid best local"],
    ["192.0.2.0/24", "203.0.113.13", null, null, 0, "64499 64511", "egp", "valid external"],
    [
      "192.0.2.0/24",
      "198.51.100.1",
      20,
      200,
      0,
      "64496 4200000001 {64510,64511} 64512",
      "igp",
      "valid best external",
    ],
    ["192.0.2.0/24", "10.255.0.7", null, 100, 0, "64497", "incomplete", "valid multipath internal"],
    [
      "192.0.2.128/25",
      "203.0.113.14",
      4_294_967_295,
      null,
      0,
      "64498",
      "igp",
      "removed external",
    ],
    ["192.0.2.200/32", "10.255.0.7", 0, 100, 0, "", "igp", "valid best internal"],
  ]);
  equal(answerOf(parsed.answer, "table").routerId, "198.51.100.254");
});

Deno.test("rows of IPv6 are read over the lines that they take", () => {
  deepEqual(tableRows(parse(LONGER, fixture("table_ipv6"))), [
    ["2001:db8::/32", "::", null, 100, 32_768, "", "igp", "valid best local"],
    [
      "2001:db8:1500:5000::/60",
      "2001:db8:ffff:1234::5678",
      5,
      null,
      0,
      "64496 64498",
      "incomplete",
      "valid best external",
    ],
    [
      "2001:db8:1500:5000::/60",
      "2001:db8:ffff::9",
      null,
      100,
      0,
      "64497",
      "incomplete",
      "valid internal",
    ],
  ]);
});

Deno.test("neighbors are read over the lines that they take, and counted", () => {
  const output = fixture("summary");
  const parsed = parse(SUMMARY, output);
  deepEqual(neighborRows(parsed), [
    ["10.255.0.9", 64500, "Established", null, 13_305_600, 0, 222_146, 14_368_489],
    ["198.51.100.1", 4200000001, "Established", null, 3_110_400, 100, 14_111_081, 14_037_706],
    ["198.51.100.3", 64499, "Idle", "Admin", 37_584_000, null, 26_930_508, 942_614],
    ["198.51.100.4", 4259840005, "Established", null, 12_010, 28, 57_508, 53_320],
    ["203.0.113.77", 64498, "Active", null, null, null, 0, 0],
    ["2001:db8:ffff:1234::5678", 64497, "Established", null, 270_000, 1, 7_905, 7_900],
  ]);
  const { announcedNeighbors, routerId, localAs, ribEntries } = answerOf(parsed.answer, "summary");
  deepEqual([announcedNeighbors, routerId, localAs, ribEntries], [
    6,
    "198.51.100.254",
    64500,
    53,
  ]);
  deepEqual(parse(SUMMARY, output.slice(0, output.indexOf("203.0.113.77"))).problems, [
    "The router has 6 neighbors, 4 can be read",
  ]);
});

Deno.test("ping and trace are read", () => {
  const address = parseAddress("203.0.113.9");
  deepEqual(complete(parse({ kind: "ping", address }, fixture("ping"))), {
    kind: "ping",
    sent: 5,
    received: 4,
    minMs: 0.914,
    avgMs: 1.274,
    maxMs: 1.677,
  });
  const trace = parse({ kind: "traceroute", address }, fixture("traceroute"));
  deepEqual(hopRows(trace), [
    [["198.51.100.1", 1.512], ["198.51.100.1", 1.402], ["198.51.100.1", 1.377]],
    [[null, null], [null, null], [null, null]],
    [["203.0.113.9", 2.873], [null, null], ["203.0.113.9", 2.801]],
  ]);
  equal(
    answerOf(trace.answer, "traceroute").hops[0]?.probes[2]?.mpls,
    "[Label=16005 E=0 TTL=1 S=1]",
  );
});

Deno.test("a refusal is a whole answer", () => {
  const output = "                 ^\n% Invalid command at '^' marker.\n";
  deepEqual(complete(parse(LOOKUP, output)), {
    kind: "refused",
    why: "unknown_command",
    said: "% Invalid command at '^' marker.",
  });
});

const SAMPLES: readonly Sample[] = [
  [LOOKUP, fixture("detail")],
  [LONGER, fixture("table")],
  [SUMMARY, fixture("summary")],
];

Deno.test("mangled outputs are answered", () => holdMangled(nxos, SAMPLES));

Deno.test("long outputs take time by their length", () => holdLong(nxos, SAMPLES));

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
import { parseAsPathPattern } from "../../../route/as_path_pattern.ts";
import { NO_PATH } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { eos } from "./eos.ts";

const { prefix } = parsePrefix("192.0.2.0/24");
const LOOKUP = routeTo("192.0.2.0/24");
const LONGER: RouterQuery = { kind: "longer", prefix };
const SUMMARY: RouterQuery = { kind: "summary", family: 4 };

const fixture = (name: string) => recordedOutput(`eos/${name}.txt`);
const parse = (query: RouterQuery, output: string) => eos.parse(query, output, "text");

Deno.test("questions are asked in the words of each family", () => {
  deepEqual(QUESTIONS.map((query) => eos.command(query, "text")), [
    "show ip bgp 192.0.2.0/24 detail",
    "show ipv6 bgp 2001:db8::1 detail",
    "show ip bgp summary",
    "show ipv6 bgp summary",
    "show ip bgp 192.0.2.0/24 longer-prefixes",
    "show ipv6 bgp 2001:db8::/32 longer-prefixes",
    null,
    "show ipv6 bgp regexp _64500$",
    "show ip bgp community 64500:1",
    null,
    "show ip bgp neighbors 192.0.2.1 received-routes",
    "show ip bgp neighbors 192.0.2.1 routes",
    "show ip bgp neighbors 192.0.2.1 advertised-routes",
    "ping 192.0.2.1",
    "traceroute ipv6 2001:db8::1",
  ]);
  equal(eos.command(LOOKUP, "json"), null);
});

Deno.test("an expression that counts digits is not sent, nor an address with a zone", () => {
  const ask = (text: string) =>
    eos.command({ kind: "as_path", family: 4, pattern: parseAsPathPattern(text) }, "text");
  deepEqual(["64496 64500", "64496 .", "64496+"].map(ask), [
    "show ip bgp regexp _64496_64500_",
    null,
    null,
  ]);
  const address = parseAddress("fe80::1%Et1", { zone: true });
  equal(eos.command({ kind: "route", target: { address } }, "text"), null);
  equal(eos.command({ kind: "ping", address }, "text"), null);
});

Deno.test("all paths of a prefix are read with every attribute", () => {
  const answer = answerOf(complete(parse(LOOKUP, fixture("detail"))), "route");
  deepEqual([answer.match, answer.announcedPaths, answer.advertisedTo], [
    "exact",
    4,
    ["203.0.113.77", "203.0.113.78", "198.51.100.33"],
  ]);
  deepEqual(answer.paths, [
    {
      ...NO_PATH,
      prefix,
      asPath: [
        { kind: "sequence", asns: [64496, 4200000001] },
        { kind: "set", asns: [64510, 64511] },
      ],
      origin: "igp",
      nextHop: "198.51.100.1",
      nextHopMetric: 7,
      peer: { address: "198.51.100.1", asn: 64496, routerId: "198.51.100.2", name: null },
      med: 20,
      localPref: 200,
      weight: 0,
      communities: ["64496:100", "64496:200", "65535:65281"],
      extendedCommunities: ["rt:64496:7", "ro:198.51.100.3:9"],
      largeCommunities: ["64496:1:4294967295"],
      aggregator: { asn: 4200000001, address: "203.0.113.200" },
      flags: ["valid", "external", "multipath", "best", "atomic_aggregate"],
      ageSec: 83_288,
      pathId: 3,
      unknownAttributes: ["community Link-Bandwidth-AS:64496:250.0MBps"],
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64497] }],
      origin: "incomplete",
      nextHop: "10.255.0.7",
      nextHopMetric: 4_294_967_295,
      peer: { address: "10.255.0.9", asn: null, routerId: "10.255.0.9", name: null },
      med: 0,
      localPref: 100,
      weight: 0,
      originatorId: "10.255.0.7",
      clusterList: ["10.255.0.9", "0.0.0.1"],
      flags: ["from_rr_client", "valid", "internal"],
      notBestReason: "eBGP path preferred",
      ageSec: 1_699_200,
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [4259840005, 64499] }],
      origin: "egp",
      nextHop: "203.0.113.13",
      nextHopMetric: 0,
      peer: { address: "203.0.113.13", asn: 4259840005, routerId: "203.0.113.13", name: null },
      med: 4_294_967_295,
      localPref: 100,
      weight: 0,
      flags: ["valid", "external", "multipath"],
      notBestReason: "ECMP-Fast configured",
      ageSec: 2_038,
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [],
      origin: "igp",
      weight: 0,
      flags: ["valid", "local"],
      ageSec: 3_553_200,
    },
  ]);
});

Deno.test("an old release is read, what an aggregate is made of left out", () => {
  const output = fixture("detail_old_release");
  const answer = answerOf(complete(parse(routeTo("2001:db8::1"), output)), "route");
  equal(answer.match, "longest");
  deepEqual(answer.paths, [{
    ...NO_PATH,
    prefix: parsePrefix("2001:db8::/32").prefix,
    asPath: [{ kind: "sequence", asns: [64496] }],
    origin: "igp",
    nextHop: "2001:db8:ffff::1",
    peer: {
      address: "fe80::5200:ff:fe99:6257%Et8",
      asn: 64496,
      routerId: "198.51.100.2",
      name: null,
    },
    localPref: 100,
    weight: 0,
    communities: ["64496:1"],
    flags: ["valid", "external", "best"],
    ageSec: 34_865,
  }]);
});

Deno.test("a prefix that is not there is told by a refusal's words or by the heading alone", () => {
  for (
    const output of [
      "% Network not in table\n",
      "BGP routing table information for VRF default\nRouter identifier 198.51.100.254, local AS number 64500\n",
    ]
  ) {
    const answer = answerOf(complete(parse(LOOKUP, output)), "route");
    deepEqual([answer.match, answer.paths], ["none", []]);
  }
});

Deno.test("a detail that is cut behind its count is never complete", () => {
  const output = fixture("detail");
  const counted = output.indexOf("available") + "available".length;
  const end = output.indexOf(" Advertised to 3 peers:");
  for (let length = counted; length < output.length; length++) {
    // Paths are whole once the last one is: only the list of neighbors follows.
    if (length === end) continue;
    equal(
      parse(LOOKUP, output.slice(0, length)).complete,
      false,
      output.slice(length - 40, length),
    );
  }
});

Deno.test("rows are read with RPKI codes, AIGP and what stands behind the path", () => {
  const parsed = parse(LONGER, fixture("table"));
  deepEqual(tableRows(parsed), [
    ["192.0.2.0/25", null, null, null, 0, "", "igp", "valid best"],
    [
      "192.0.2.0/24",
      "198.51.100.1",
      20,
      200,
      0,
      "64496 4200000001 {64510,64511}",
      "igp",
      "valid best multipath",
    ],
    [
      "192.0.2.0/24",
      "203.0.113.13",
      4_294_967_295,
      100,
      0,
      "4259840005 64499",
      "egp",
      "valid multipath",
    ],
    ["192.0.2.0/24", "10.255.0.7", 0, 100, 0, "64497", "incomplete", "valid"],
    ["192.0.2.128/25", "203.0.113.14", null, 100, 0, "64498", "igp", "backup"],
  ]);
  const { paths, routerId, localAs } = answerOf(parsed.answer, "table");
  deepEqual([routerId, localAs], ["198.51.100.254", 64500]);
  deepEqual(paths.map(({ rpki }) => rpki), [null, "valid", "not_found", "invalid", null]);
  deepEqual([paths[3]?.originatorId, paths[3]?.clusterList], [
    "10.255.0.7",
    ["10.255.0.9", "0.0.0.1"],
  ]);
});

Deno.test("rows of old releases, and of IPv6, which overflow their columns, are read", () => {
  deepEqual(tableRows(parse(LONGER, fixture("table_old_release"))), [
    ["192.0.2.0/25", null, 1, 0, null, "", "igp", "valid best"],
    ["192.0.2.128/25", "198.51.100.1", 0, 100, 0, "64496", "igp", "valid"],
  ]);
  deepEqual(tableRows(parse(LONGER, fixture("table_ipv6"))), [
    [
      "2001:db8:1500:5000::/60",
      "fe80::c607:78ff:fe0a:777d%Et25",
      0,
      100,
      0,
      "64496",
      "igp",
      "valid best",
    ],
    ["2001:db8::/32", "2001:db8:ffff::1", null, 100, 0, "64496 64497", "igp", "valid best"],
  ]);
});

Deno.test("a table without rows is empty, one with a row that cannot be read not complete", () => {
  const output = fixture("table");
  const heading = output.slice(0, output.indexOf(" * >"));
  deepEqual(tableRows(parse(LONGER, heading)), []);
  const { complete, problems } = parse(LONGER, output.replace("64498 i", "64498"));
  equal(complete, false);
  equal(problems.length, 1);
  equal(parse(LONGER, heading.slice(0, heading.indexOf("Network"))).complete, false);
});

Deno.test("neighbors are read with descriptions, whatever they say", () => {
  const parsed = parse(SUMMARY, fixture("summary"));
  deepEqual(neighborRows(parsed), [
    ["10.255.0.9", 64500, "Established", null, 67_352, 1_238, 164_164, 1_641_222],
    ["198.51.100.1", 4200000001, "Established", null, 10_670_400, 1_040_594, 668_187, 7_920],
    ["198.51.100.3", 4259840005, "Idle", "Admin", 273_600, null, 0, 0],
    ["198.51.100.4", 64499, "Connect", null, 68, null, 7, 9],
  ]);
  const { neighbors, routerId, localAs } = answerOf(parsed.answer, "summary");
  deepEqual([routerId, localAs], ["198.51.100.254", 64500]);
  deepEqual(neighbors.map(({ description, prefixesSent }) => [description, prefixesSent]), [
    ["IBGP to rr 1", 1_039_468],
    [null, 2],
    ["never > up -- More --", null],
    ["x", null],
  ]);
});

Deno.test("neighbors of older releases are read", () => {
  deepEqual(neighborRows(parse({ kind: "summary", family: 6 }, fixture("summary_old_release"))), [
    ["2001:db8:ffff::1", 64496, "Active", null, 6_843_600, null, 0, 0],
    ["2001:db8:fff1::1", 64497, "Idle", "NoIf", 6_843_600, null, 0, 0],
    ["fe80::5200:ff:fed5:5dc0%Et1", 64498, "Established", null, 6_843_600, 1, 114_056, 118_481],
  ]);
  deepEqual(neighborRows(parse(SUMMARY, fixture("summary_oldest_release"))), [
    ["198.51.100.1", 64496, "Established", null, 10_670_400, 1, 187, 191],
    ["198.51.100.3", 64499, "Active", null, 29_883_600, null, 298, 202],
  ]);
  equal(parse(SUMMARY, "").complete, false);
});

Deno.test("ping and trace are read", () => {
  const address = parseAddress("203.0.113.9");
  deepEqual(complete(parse({ kind: "ping", address }, fixture("ping"))), {
    kind: "ping",
    sent: 5,
    received: 2,
    minMs: 0.993,
    avgMs: 1.251,
    maxMs: 1.51,
  });
  deepEqual(hopRows(parse({ kind: "traceroute", address }, fixture("traceroute"))), [
    [["198.51.100.1", 0.512], ["198.51.100.1", 0.402], ["198.51.100.5", 0.377]],
    [[null, null], [null, null], [null, null]],
    [["203.0.113.9", 2.873], [null, null], [null, null]],
  ]);
});

Deno.test("a refusal is a whole answer", () => {
  deepEqual(complete(parse(SUMMARY, "% Invalid input (at token 2: 'bgp')\n")), {
    kind: "refused",
    why: "unknown_command",
    said: "% Invalid input (at token 2: 'bgp')",
  });
});

const SAMPLES: readonly Sample[] = [
  [LOOKUP, fixture("detail")],
  [LONGER, fixture("table")],
  [SUMMARY, fixture("summary")],
];

Deno.test("mangled outputs are answered", () => holdMangled(eos, SAMPLES));

Deno.test("long outputs take time by their length", () => holdLong(eos, SAMPLES));

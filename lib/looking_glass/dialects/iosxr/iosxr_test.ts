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
import { iosxr } from "./iosxr.ts";

const { prefix } = parsePrefix("192.0.2.0/24");
const LOOKUP = routeTo("192.0.2.0/24");
const LONGER: RouterQuery = { kind: "longer", prefix };
const ADVERTISED: RouterQuery = {
  kind: "neighbor_routes",
  neighbor: parseAddress("203.0.113.77"),
  family: 4,
  direction: "advertised",
};
const SUMMARY: RouterQuery = { kind: "summary", family: 6 };
const TIME_STAMP = "Sat Mar  7 12:52:24.754 UTC\n";

const fixture = (name: string) => recordedOutput(`iosxr/${name}.txt`);
const parse = (query: RouterQuery, output: string) => iosxr.parse(query, output, "text");

Deno.test("questions name their family", () => {
  deepEqual(QUESTIONS.map((query) => iosxr.command(query, "text")), [
    "show bgp ipv4 unicast 192.0.2.0/24",
    "show bgp ipv6 unicast 2001:db8::1",
    "show bgp ipv4 unicast summary",
    "show bgp ipv6 unicast summary",
    "show bgp ipv4 unicast 192.0.2.0/24 longer-prefixes",
    "show bgp ipv6 unicast 2001:db8::/32 longer-prefixes",
    "show bgp ipv4 unicast regexp ^64496_([0-9]+_)*64500$",
    "show bgp ipv6 unicast regexp _64500$",
    "show bgp ipv4 unicast community 64500:1",
    "show bgp ipv6 unicast large-community 64500:1:2",
    "show bgp ipv4 unicast neighbors 192.0.2.1 received routes",
    "show bgp ipv4 unicast neighbors 192.0.2.1 routes",
    "show bgp ipv4 unicast neighbors 192.0.2.1 advertised-routes",
    "ping 192.0.2.1 count 5",
    "traceroute 2001:db8::1",
  ]);
  equal(iosxr.command(LOOKUP, "json"), null);
});

Deno.test("XR is known by its prompt", () => {
  const is = (prompt: string) => iosxr.prompts.some((one) => one.test(prompt));
  equal(is("RP/0/RP0/CPU0:lg1.example.net#"), true);
  equal(is("RP/0/RSP1/CPU0:lg1# "), true);
  equal(is("lg1#"), false);
});

Deno.test("all paths are read with every attribute, neighbors that they go to named once", () => {
  const answer = answerOf(complete(parse(LOOKUP, fixture("detail"))), "route");
  deepEqual([answer.match, answer.announcedPaths, answer.advertisedTo], [
    "exact",
    4,
    [
      "update-group 0.2",
      "update-group 0.28",
      "198.51.100.33",
      "198.51.100.34",
      "203.0.113.77",
      "2001:db8:ffff::9",
    ],
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
      communities: ["64496:100", "64496:200", "65535:65281", "64496:300"],
      extendedCommunities: ["rt:64496:7", "ro:198.51.100.3:9"],
      largeCommunities: ["64496:1:4294967295", "64496:1:2"],
      aggregator: { asn: 4200000001, address: "203.0.113.200" },
      rpki: "valid",
      flags: ["valid", "external", "best", "multipath", "atomic_aggregate"],
      pathId: 3,
      unknownAttributes: ["community LB:64496:192"],
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64497] }],
      origin: "incomplete",
      nextHop: "10.255.0.7",
      nextHopMetric: 4_294_967_295,
      peer: { address: "10.255.0.9", asn: null, routerId: null, name: null },
      med: 0,
      localPref: 100,
      originatorId: "10.255.0.7",
      clusterList: ["10.255.0.9", "0.0.0.1"],
      rpki: "not_found",
      flags: ["from_rr_client", "valid", "internal"],
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64499, 64511] }],
      origin: "egp",
      nextHop: "203.0.113.13",
      peer: { address: "203.0.113.13", asn: 64499, routerId: "203.0.113.13", name: null },
      med: 4_294_967_295,
      localPref: 100,
      rpki: "invalid",
      flags: ["received_only", "valid", "external"],
    },
    {
      ...NO_PATH,
      prefix,
      asPath: [{ kind: "sequence", asns: [64498] }],
      origin: "igp",
      nextHop: "203.0.113.14",
      peer: { address: "203.0.113.14", asn: 64498, routerId: "203.0.113.14", name: null },
      localPref: 100,
      flags: ["inaccessible", "external"],
    },
  ]);
});

Deno.test("a path of the router's own is read past its internal flags", () => {
  const output = fixture("detail_ipv6_local");
  const answer = answerOf(complete(parse(routeTo("2001:db8::1"), output)), "route");
  deepEqual([answer.match, answer.advertisedTo], ["longest", []]);
  deepEqual(answer.paths, [{
    ...NO_PATH,
    prefix: parsePrefix("2001:db8::/32").prefix,
    origin: "igp",
    nextHop: "0.0.0.0",
    peer: { address: null, asn: null, routerId: "198.51.100.254", name: null },
    med: 0,
    localPref: 100,
    weight: 32_768,
    communities: ["65535:65283"],
    flags: ["valid", "local", "best"],
  }]);
});

Deno.test("behind a time stamp, a missing prefix and a refusal are recognised", () => {
  const missing = answerOf(
    complete(parse(LOOKUP, `${TIME_STAMP}% Network not in table\n`)),
    "route",
  );
  deepEqual([missing.match, missing.paths], ["none", []]);
  const output = `${TIME_STAMP}             ^\n% Invalid input detected at '^' marker.\n`;
  deepEqual(complete(parse(LOOKUP, output)), {
    kind: "refused",
    why: "unknown_command",
    said: "% Invalid input detected at '^' marker.",
  });
});

Deno.test("a detail that is cut behind its count is never complete", () => {
  const output = fixture("detail");
  const counted = output.indexOf("available") + "available".length;
  for (let length = counted; length < output.length; length++) {
    equal(
      parse(LOOKUP, output.slice(0, length)).complete,
      false,
      output.slice(length - 40, length),
    );
  }
});

Deno.test("rows are read where numbers fill their columns, and counted", () => {
  const output = fixture("table");
  const parsed = parse(LONGER, output);
  deepEqual(tableRows(parsed), [
    [
      "192.0.2.0/24",
      "198.51.100.1",
      20,
      200,
      0,
      "64496 4200000001 {64510,64511}",
      "igp",
      "valid best",
    ],
    ["192.0.2.0/24", "10.255.0.7", 0, 100, 0, "64497", "incomplete", "valid internal"],
    ["192.0.2.0/24", "203.0.113.13", null, null, 0, "64499 64511", "egp", "valid"],
    [
      "192.0.2.128/25",
      "198.51.100.1",
      4_294_967_295,
      4_294_967_295,
      65_535,
      "64496",
      "igp",
      "valid best",
    ],
    ["192.0.2.200/32", "10.255.0.7", null, 100, 0, "", "igp", "valid best internal"],
    ["192.0.2.248/29", "0.0.0.0", 5, null, 32_768, "", "incomplete", "valid best"],
  ]);
  const table = answerOf(parsed.answer, "table");
  deepEqual([table.announcedPrefixes, table.announcedPaths, table.routerId, table.localAs], [
    4,
    6,
    "198.51.100.254",
    64500,
  ]);
  equal(parse(LONGER, output.slice(0, output.indexOf("Processed"))).complete, false);
});

Deno.test("rows of IPv6 are read over the lines that they take", () => {
  deepEqual(tableRows(parse(LONGER, fixture("table_ipv6"))), [
    ["2001:db8::/32", "2001:db8:ffff::1", 0, null, 0, "64496", "igp", "valid best"],
    [
      "2001:db8:1500:5000::/60",
      "2001:db8:ffff:1234::5678",
      5,
      100,
      0,
      "64497 64498",
      "incomplete",
      "valid best internal",
    ],
    [
      "2001:db8:1500:5000::/60",
      "2001:db8:ffff:1234::9",
      null,
      100,
      0,
      "64497",
      "incomplete",
      "valid internal",
    ],
  ]);
});

Deno.test("routes that a neighbor is told have a table of their own", () => {
  const output = fixture("advertised");
  const parsed = parse(ADVERTISED, output);
  const own = "198.51.100.254";
  deepEqual(tableRows(parsed), [
    ["192.0.2.0/24", own, null, null, null, "64496 4200000001 {64510,64511}", "igp", ""],
    ["192.0.2.128/25", own, null, null, null, "", "igp", ""],
    ["203.0.113.0/24", own, null, null, null, "64499", "incomplete", ""],
  ]);
  const { paths, announcedPaths } = answerOf(parsed.answer, "table");
  equal(announcedPaths, 3);
  deepEqual(paths.map(({ peer }) => peer.address), ["198.51.100.1", null, "10.255.0.9"]);
  for (const cut of ["203.0.113.0/24", "Processed"]) {
    equal(parse(ADVERTISED, output.slice(0, output.indexOf(cut))).complete, false);
  }
  deepEqual(tableRows(parse(ADVERTISED, TIME_STAMP)), []);
});

Deno.test("neighbors are read over the lines that they take", () => {
  const parsed = parse(SUMMARY, fixture("summary"));
  deepEqual(neighborRows(parsed), [
    ["10.255.0.9", 64500, "Idle", null, 0, null, 0, 0],
    ["10.255.0.10", 64500, "Established", null, 273_600, 0, 45_612, 45_700],
    ["2001:db8:ffff:8000::155", 4200000001, "Established", null, 85_679, 262, 3_495, 27_815],
    ["2001:db8:ffff:8307::ce", 64946, "Idle", "Admin", 0, null, 7, 9],
  ]);
  const { routerId, localAs } = answerOf(parsed.answer, "summary");
  deepEqual([routerId, localAs], ["198.51.100.254", 64500]);
});

Deno.test("ping and trace are read", () => {
  const address = parseAddress("203.0.113.9");
  deepEqual(complete(parse({ kind: "ping", address }, fixture("ping"))), {
    kind: "ping",
    sent: 5,
    received: 4,
    minMs: 1,
    avgMs: 2,
    maxMs: 4,
  });
  deepEqual(hopRows(parse({ kind: "traceroute", address }, fixture("traceroute"))), [
    [["198.51.100.1", 4], ["198.51.100.1", 4], ["198.51.100.5", 6]],
    [[null, null], [null, null], [null, null]],
    [["203.0.113.9", 9], [null, null], ["203.0.113.9", 10]],
  ]);
});

const SAMPLES: readonly Sample[] = [
  [LOOKUP, fixture("detail")],
  [LONGER, fixture("table")],
  [ADVERTISED, fixture("advertised")],
  [SUMMARY, fixture("summary")],
];

Deno.test("mangled outputs are answered", () => holdMangled(iosxr, SAMPLES));

Deno.test("long outputs take time by their length", () => holdLong(iosxr, SAMPLES));

import { deepEqual, equal } from "node:assert/strict";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { answerOf, QUESTIONS, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix, renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed, type RouteAnswer, type TableAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { frr } from "./frr.ts";

const LONGER: RouterQuery = { kind: "longer", prefix: parsePrefix("10.0.0.0/8").prefix };

/** The answer to a question about a prefix or an address, which must be complete. */
function route(asked: string, output: string): RouteAnswer {
  return answerOf(complete(frr.parse(routeTo(asked), output, "text")), "route");
}

function table(output: string): TableAnswer {
  return answerOf(complete(frr.parse(LONGER, output, "text")), "table");
}

function complete(parsed: Parsed): Parsed["answer"] {
  deepEqual(parsed.problems, []);
  equal(parsed.complete, true);
  return parsed.answer;
}

function columns(
  { prefix, nextHop, med, localPref, weight, asPath, origin, flags, rpki }: RoutePath,
): unknown[] {
  const path = renderAsPath(asPath);
  return [renderPrefix(prefix), nextHop, med, localPref, weight, path, origin, flags.join(), rpki];
}

Deno.test("questions are asked in words that FRR and Quagga take, JSON on demand", () => {
  deepEqual(QUESTIONS.map((query) => frr.command(query, "text")), [
    "show ip bgp 192.0.2.0/24",
    "show bgp ipv6 unicast 2001:db8::1",
    "show ip bgp summary",
    "show bgp ipv6 unicast summary",
    "show ip bgp 192.0.2.0/24 longer-prefixes",
    "show bgp ipv6 unicast 2001:db8::/32 longer-prefixes",
    "show ip bgp regexp ^64496_([0-9]+_)*64500$",
    "show bgp ipv6 unicast regexp _64500$",
    "show ip bgp community 64500:1",
    "show bgp ipv6 unicast large-community 64500:1:2",
    "show ip bgp neighbors 192.0.2.1 received-routes",
    "show ip bgp neighbors 192.0.2.1 routes",
    "show ip bgp neighbors 192.0.2.1 advertised-routes",
    null,
    null,
  ]);
  equal(frr.command(routeTo("192.0.2.1"), "json"), "show ip bgp 192.0.2.1 json");
});

Deno.test("an address with a zone and an extended community cannot be asked for", () => {
  const zoned = parseAddress("fe80::1%eth0", { zone: true });
  equal(frr.command({ kind: "route", target: { address: zoned } }, "text"), null);
  equal(
    frr.command({
      kind: "community",
      family: 4,
      community: { kind: "extended", type: "rt", administrator: { asn: 64500 }, value: 1 },
    }, "text"),
    null,
  );
});

Deno.test("a path is read with every attribute that FRR shows", () => {
  const { paths, ...entry } = route("10.0.0.0/24", recordedFrr("show ip bgp 10.0.0.0/24"));
  const { prefix } = parsePrefix("10.0.0.0/24");
  deepEqual(entry, { kind: "route", prefix, match: "exact", announcedPaths: 3, advertisedTo: [] });
  equal(paths.length, 3);
  deepEqual(paths[2], {
    ...NO_PATH,
    prefix,
    asPath: [{ kind: "sequence", asns: [65001, 64496, 64499] }],
    origin: "igp",
    nextHop: "192.0.2.11",
    peer: { address: "192.0.2.11", asn: 65001, routerId: "192.0.2.11", name: null },
    med: 50,
    communities: ["64499:200", "65001:100", "65535:65281"],
    extendedCommunities: ["rt:65001:77"],
    largeCommunities: ["65001:1:2", "4200000001:4294967295:0"],
    rpki: "valid",
    flags: ["valid", "external", "multipath", "best"],
    bestReason: "Older Path",
  });
});

Deno.test("sets, aggregators and the list of neighbours are told from AS paths", () => {
  const { paths, advertisedTo } = route("10.0.1.0/24", recordedFrr("show ip bgp 10.0.1.0/24"));
  deepEqual(advertisedTo, ["192.0.2.11", "192.0.2.12", "192.0.2.13"]);
  deepEqual(paths.map(({ asPath }) => renderAsPath(asPath)), [
    "4200000001 64496 {64510,64511,4200000005}",
    "65001 64496 {64510,64511,4200000005}",
  ]);
  deepEqual(paths[0]?.aggregator, { asn: 64496, address: "198.51.100.1" });
  deepEqual(paths[0]?.flags, ["valid", "external", "atomic_aggregate", "multipath"]);
});

Deno.test("a longest match, a default route and no route at all are told apart", () => {
  equal(route("10.0.0.1", recordedFrr("show ip bgp 10.0.0.1")).match, "longest");
  equal(route("8.8.8.8", recordedFrr("show ip bgp 8.8.8.8")).match, "default");
  equal(route("0.0.0.0/0", recordedFrr("show ip bgp 0.0.0.0/0")).match, "exact");
  equal(route("3fff::1", recordedFrr("show bgp ipv6 unicast 3fff::1")).match, "default");
  const none = route("8.8.8.0/24", recordedFrr("show ip bgp 8.8.8.0/24"));
  deepEqual([none.match, none.prefix, none.paths], ["none", null, []]);
});

Deno.test("host names, damping and an iBGP path without AS path are read", () => {
  const { paths } = route("10.0.0.0/24", recordedFrr("show ip bgp 10.0.0.0/24", "v"));
  deepEqual(paths.map(({ peer }) => peer), [
    { address: "192.0.2.15", asn: null, routerId: "192.0.2.15", name: null },
    { address: "192.0.2.12", asn: 65002, routerId: "192.0.2.12", name: "vm" },
    { address: "192.0.2.13", asn: 4200000001, routerId: "192.0.2.11", name: null },
    { address: "192.0.2.11", asn: 65001, routerId: "192.0.2.11", name: null },
  ]);
  deepEqual([paths[0]?.asPath, paths[0]?.flags], [[], ["valid", "internal"]]);
  equal(paths[0]?.rpki, "invalid");
  equal(paths[1]?.nextHop, "192.0.2.12");
  deepEqual([paths[3]?.localPref, paths[3]?.bestReason], [150, "Local Pref"]);
});

Deno.test("reflected, inaccessible, dampened, remembered, aggregated and own paths are told", () => {
  const only = (asked: string) => route(asked, recordedFrr(`show ip bgp ${asked}`, "v")).paths[0];
  const reflected = only("10.50.0.0/24");
  deepEqual(
    [reflected?.originatorId, reflected?.clusterList, reflected?.peer.routerId],
    ["10.1.1.1", ["10.2.2.2", "10.3.3.3"], null],
  );
  deepEqual(reflected?.communities, ["0:0", "65001:1", "65535:65535"]);
  const inaccessible = only("10.51.0.0/24");
  deepEqual(
    [inaccessible?.flags, inaccessible?.localPref],
    [["inaccessible", "internal"], 4294967295],
  );
  deepEqual(only("10.0.2.0/24")?.flags, ["dampened", "valid", "external"]);
  deepEqual(only("203.0.113.128/25")?.flags, ["history", "external"]);
  deepEqual(only("10.52.0.0/24")?.extendedCommunities, [
    "rt:258:50593797",
    "ro:64500:6",
    "ovs:not-found",
  ]);
  const own = only("10.99.0.0/24");
  deepEqual(
    [own?.nextHop, own?.peer.address, own?.weight, own?.flags],
    ["0.0.0.0", null, 32768, ["valid", "sourced", "local", "best"]],
  );
  const aggregate = only("172.16.0.0/16");
  deepEqual(
    [aggregate?.nextHop, aggregate?.aggregator, aggregate?.communities.length],
    ["::", { asn: 64500, address: "192.0.2.1" }, 512],
  );
  deepEqual(aggregate?.flags, ["valid", "aggregated", "local", "best"]);
});

Deno.test("the forms that newer versions and other setups print are read", () => {
  const { paths } = route(
    "192.0.2.0/24",
    `BGP routing table entry for 192.0.2.0/24, version 7
Paths: (3 available, best #2, table default)
  Advertised to peers:
  leaf1(swp1) 198.51.100.2
  (65001 65002) 64496, (aggregated by 64496 198.51.100.9), (Received from a RR-client), (stale)
    198.51.100.1 (metric 106) from 198.51.100.2 (198.51.100.3)
      Origin EGP, metric 4294967295, localpref 4294967295, valid, confed-external
      AddPath ID: RX 7, TX-All 5
      Last update: Sat Nov 21 01:50:41 2026
  65000.1 64496
    fe80::1 from leaf1(swp1) (198.51.100.4)
    (fe80::1) (used)
      Origin IGP, otc 64496, valid, external, best (AS Path), tag 5
      Remote label: 16
      Tunnel: something new
      Last update: Sat Nov 21 01:50:41 2026
      Time until Graceful Restart stale route deleted: 100
  Local, (removed)
    192.0.2.1 from 192.0.2.1 vrf red(5) (192.0.2.9)
      Origin incomplete, localpref 100, internal
      Last update: Sat Nov 21 01:50:41 2026
`,
  );
  deepEqual(paths[0], {
    ...NO_PATH,
    prefix: parsePrefix("192.0.2.0/24").prefix,
    asPath: [
      { kind: "confed_sequence", asns: [65001, 65002] },
      { kind: "sequence", asns: [64496] },
    ],
    origin: "egp",
    nextHop: "198.51.100.1",
    nextHopMetric: 106,
    peer: { address: "198.51.100.2", asn: 65001, routerId: "198.51.100.3", name: null },
    med: 4294967295,
    localPref: 4294967295,
    aggregator: { asn: 64496, address: "198.51.100.9" },
    pathId: 7,
    flags: ["from_rr_client", "stale", "valid", "confed_external"],
  });
  deepEqual(paths[1]?.peer, {
    address: null,
    asn: 4259840001,
    routerId: "198.51.100.4",
    name: "leaf1",
  });
  deepEqual([paths[1]?.otc, paths[1]?.label], [64496, 16]);
  deepEqual(paths[1]?.unknownAttributes, ["tag 5", "Tunnel: something new"]);
  deepEqual(paths[2]?.flags, ["removed", "internal"]);
});

Deno.test("a table is read by its columns, moved rows and wrapped prefixes among them", () => {
  const output = recordedFrr("show ip bgp 10.0.0.0/8 longer-prefixes", "v");
  const { paths, ...counts } = table(output);
  deepEqual(counts, {
    kind: "table",
    announcedPrefixes: 9,
    announcedPaths: 624,
    routerId: "192.0.2.1",
    localAs: 64500,
  });
  deepEqual(paths.map(columns).filter((_, i) => [1, 2, 3, 5, 7, 8, 9, 11, 12, 13].includes(i)), [
    [
      "10.0.0.0/16",
      "192.0.2.11",
      4294967295,
      150,
      0,
      "65001 65001 65001 65001 64496",
      "egp",
      "valid,best",
      "invalid",
    ],
    ["10.0.0.0/24", "192.0.2.15", null, 50, 0, "", "igp", "valid,internal", "invalid"],
    ["10.0.0.0/24", "192.0.2.12", 10, null, 0, "65002 65010 64499", "igp", "valid", "valid"],
    ["10.0.0.0/24", "192.0.2.11", 50, 150, 0, "65001 64496 64499", "igp", "valid,best", "valid"],
    [
      "10.0.2.0/24",
      "192.0.2.12",
      null,
      null,
      0,
      "65002 65010 {64501,64502}",
      "igp",
      "valid,dampened",
      "not_found",
    ],
    [
      "10.50.0.0/24",
      "192.0.2.15",
      5,
      200,
      0,
      "65001 64496",
      "igp",
      "valid,best,internal",
      "not_found",
    ],
    ["10.51.0.0/24", "203.0.113.77", null, 4294967295, 0, "65001", "igp", "internal", "not_found"],
    ["10.99.0.0/24", "0.0.0.0", 0, null, 32768, "", "igp", "valid,best", "not_found"],
    [
      "10.255.255.255/32",
      "192.0.2.13",
      null,
      null,
      0,
      "4200000001 64496",
      "igp",
      "valid",
      "not_found",
    ],
    [
      "10.255.255.255/32",
      "192.0.2.11",
      null,
      150,
      0,
      "65001 64496",
      "igp",
      "valid,best",
      "not_found",
    ],
  ]);
});

Deno.test("IPv6 tables, whose next hops are all wrapped, are read", () => {
  const { paths } = table(recordedFrr("show bgp ipv6 unicast"));
  equal(paths.length, 210);
  deepEqual(paths.slice(2, 6).map(columns), [
    [
      "2001:db8:1::/48",
      "2001:db8:ffff::12",
      10,
      null,
      0,
      "65002 65010 64499",
      "igp",
      "valid,multipath",
      "valid",
    ],
    [
      "2001:db8:1::/48",
      "2001:db8:ffff::13",
      50,
      null,
      0,
      "4200000001 64496 64499",
      "igp",
      "valid,multipath",
      "valid",
    ],
    [
      "2001:db8:1::/48",
      "2001:db8:ffff::11",
      50,
      null,
      0,
      "65001 64496 64499",
      "igp",
      "valid,best",
      "valid",
    ],
    [
      "2001:db8:1:2::/64",
      "2001:db8:ffff::12",
      null,
      null,
      0,
      "65002 65010 {64501,64502}",
      "incomplete",
      "valid,best",
      "not_found",
    ],
  ]);
});

Deno.test("tables of neighbours' routes have no RPKI code under the same heading", () => {
  const received = table(recordedFrr("show ip bgp neighbors 192.0.2.11 received-routes"));
  deepEqual([received.announcedPrefixes, received.paths.length], [306, 306]);
  deepEqual(columns(received.paths[1]!), [
    "10.0.0.0/16",
    "192.0.2.11",
    4294967295,
    null,
    0,
    "65001 65001 65001 65001 64496",
    "egp",
    "valid,best",
    null,
  ]);
  equal(table(recordedFrr("show ip bgp neighbors 192.0.2.12 advertised-routes")).paths.length, 306);
});

Deno.test("no match is an empty table, not a failure", () => {
  deepEqual(table(""), {
    kind: "table",
    paths: [],
    announcedPrefixes: null,
    announcedPaths: null,
    routerId: null,
    localAs: null,
  });
});

Deno.test("Quagga's table leaves classful lengths out", () => {
  const { paths } = table(`BGP table version is 0, local router ID is 192.0.2.1
Status codes: s suppressed, d damped, h history, * valid, > best, = multipath,
              i internal, r RIB-failure, S Stale, R Removed
Origin codes: i - IGP, e - EGP, ? - incomplete

   Network          Next Hop            Metric LocPrf Weight Path
*> 0.0.0.0          192.0.2.9                0             0 64496 i
*> 10.0.0.0         192.0.2.9                0             0 64496 i
*  172.16.0.0       192.0.2.9                0             0 64496 i
S>i192.0.2.0        192.0.2.9       42949672954294967295      0 64496 ?

Displayed  4 routes and 4 total paths
`);
  deepEqual(paths.map(({ prefix }) => renderPrefix(prefix)), [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "172.16.0.0/16",
    "192.0.2.0/24",
  ]);
  deepEqual([paths[3]?.med, paths[3]?.localPref, paths[3]?.weight], [4294967295, 4294967295, 0]);
  deepEqual(paths[3]?.flags, ["stale", "best", "internal"]);
});

Deno.test("a heading with room for the RPKI code is believed", () => {
  const { paths } = table(`BGP table version is 3, local router ID is 192.0.2.1, vrf id 0
Default local pref 100, local AS 64500

     Network          Next Hop            Metric LocPrf Weight Path
 *>  192.0.2.0/24     198.51.100.1            27             0 64496 i
V*>i fd00::/8         2001:db8:ffff:ffff::1
                                              27    100      0 64496 i
 *=                   swp1                     0             0 64497 i

Displayed 2 routes and 3 total paths
`);
  deepEqual(paths.map(columns), [
    ["192.0.2.0/24", "198.51.100.1", 27, null, 0, "64496", "igp", "valid,best", null],
    [
      "fd00::/8",
      "2001:db8:ffff:ffff::1",
      27,
      100,
      0,
      "64496",
      "igp",
      "valid,best,internal",
      "valid",
    ],
    ["fd00::/8", null, 0, null, 0, "64497", "igp", "valid,multipath", null],
  ]);
});

Deno.test("a summary is read with names, down neighbours and descriptions", () => {
  const query: RouterQuery = { kind: "summary", family: 4 };
  const summary = answerOf(
    complete(frr.parse(query, recordedFrr("show bgp summary"), "text")),
    "summary",
  );
  deepEqual(
    [summary.routerId, summary.localAs, summary.ribEntries, summary.announcedNeighbors],
    ["192.0.2.1", 64500, 614, 5],
  );
  deepEqual(summary.neighbors[2], {
    address: "192.0.2.13",
    name: null,
    asn: 4200000001,
    localAs: null,
    family: 4,
    state: "Established",
    stateDetail: null,
    uptimeSec: 295,
    prefixesReceived: 306,
    prefixesSent: 306,
    messagesReceived: 313,
    messagesSent: 312,
    description: null,
  });
  deepEqual(
    summary.neighbors.map((
      { state, stateDetail, uptimeSec, description },
    ) => [state, stateDetail, uptimeSec, description]),
    [
      ["Established", null, 295, "ExaBGP peer one"],
      ["Established", null, 288, "GoBGP transit"],
      ["Established", null, 295, null],
      ["Active", null, null, "down peer"],
      ["Idle", "Admin", null, null],
    ],
  );
  const named = answerOf(
    complete(frr.parse(query, recordedFrr("show ip bgp summary", "v"), "text")),
    "summary",
  );
  deepEqual([named.neighbors[1]?.address, named.neighbors[1]?.name], ["192.0.2.12", "vm"]);
});

Deno.test("of several families in one summary only the one that was asked for is read", () => {
  const parsed = frr.parse({ kind: "summary", family: 6 }, recordedFrr("show bgp summary"), "text");
  deepEqual(answerOf(complete(parsed), "summary").neighbors.map(({ address }) => address), [
    "2001:db8:ffff::11",
    "2001:db8:ffff::12",
    "2001:db8:ffff::13",
  ]);
});

Deno.test("whatever a description says, it is a description", () => {
  const output = `BGP router identifier 192.0.2.1, local AS number 64500 vrf-id 0
RIB entries 1, using 192 bytes of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
192.0.2.2       4      64496         1         1        0    0    0 01:02:03     (Policy) (Policy) rs1> --More-- Total number of neighbors 9
*192.0.2.3      4      64497         1         1        0    0    0 1y02w            12 12 % Unknown command, ignore previous instructions

Total number of neighbors 2
`;
  const parsed = frr.parse({ kind: "summary", family: 4 }, output, "text");
  deepEqual(
    answerOf(complete(parsed), "summary").neighbors.map((
      row,
    ) => [
      row.address,
      row.state,
      row.stateDetail,
      row.prefixesReceived,
      row.prefixesSent,
      row.description,
    ]),
    [
      [
        "192.0.2.2",
        "Established",
        "Policy",
        null,
        null,
        "rs1> --More-- Total number of neighbors 9",
      ],
      ["192.0.2.3", "Established", null, 12, 12, "% Unknown command, ignore previous instructions"],
    ],
  );
});

Deno.test("a router without neighbours has an empty summary", () => {
  const output = "% No BGP neighbors found in VRF default\n";
  const parsed = frr.parse({ kind: "summary", family: 4 }, output, "text");
  deepEqual(answerOf(complete(parsed), "summary").neighbors, []);
});

Deno.test("refusals are answers", () => {
  const refused = (query: RouterQuery, command: string) =>
    answerOf(complete(frr.parse(query, recordedFrr(command), "text")), "refused").why;
  equal(refused(routeTo("2001:db8:1::/48"), "show ip bgp 2001:db8:1::/48"), "wrong_family");
  equal(refused(LONGER, "show ip bgp foo"), "unknown_command");
  equal(refused(LONGER, "show ip bgp regexp"), "bad_argument");
  const target = parseAddress("192.0.2.11");
  equal(refused({ kind: "ping", address: target }, "ping 192.0.2.11"), "unknown_command");
  equal(
    refused({ kind: "traceroute", address: target }, "traceroute 192.0.2.11"),
    "unknown_command",
  );
});

Deno.test("an entry about something else than what was asked for is not an answer", () => {
  const parsed = frr.parse(routeTo("192.0.2.1"), recordedFrr("show ip bgp 10.0.0.0/24"), "text");
  equal(parsed.complete, false);
  deepEqual(answerOf(parsed.answer, "route").paths, []);
});

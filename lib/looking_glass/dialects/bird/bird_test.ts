import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { cutsOf, mangled, recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix, renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import type { Parsed, SummaryAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { bird } from "./bird.ts";

const LONGER: RouterQuery = { kind: "longer", prefix: parsePrefix("10.0.0.0/16").prefix };
const HOST: RouterQuery = { kind: "route", target: { address: parseAddress("10.0.0.1") } };
const SUMMARY: RouterQuery = { kind: "summary", family: 4 };

const PAIRS: readonly (readonly [RouterQuery, string])[] = [
  [HOST, "show_route_for_10.0.0.1_all"],
  [LONGER, "show_route_where_net_10.0.0.0_16_all_stats"],
  [SUMMARY, "show_protocols_all"],
];

function parse(query: RouterQuery, output: string): Parsed {
  return bird.parse(query, output, "text");
}

function recorded(query: RouterQuery, name: string): Parsed {
  return parse(query, recordedOutput(`bird2/${name}.txt`));
}

function pathsOf({ answer }: Parsed): readonly RoutePath[] {
  return answer.kind === "route" || answer.kind === "table" ? answer.paths : [];
}

function neighborsOf({ answer }: Parsed): SummaryAnswer["neighbors"] {
  return answer.kind === "summary" ? answer.neighbors : [];
}

/** Routes to a prefix among all that BIRD had. */
function pathsTo(prefix: string): readonly RoutePath[] {
  const all: RouterQuery = {
    kind: "longer",
    prefix: parsePrefix(prefix.includes(":") ? "::/0" : "0.0.0.0/0").prefix,
  };
  return pathsOf(recorded(all, "show_route_all"))
    .filter((path) => renderPrefix(path.prefix) === prefix);
}

Deno.test("all paths of a prefix are read with every attribute, the best one first", () => {
  const { answer, complete, problems } = recorded(HOST, "show_route_for_10.0.0.1_all");
  deepEqual([complete, problems], [true, []]);
  equal(answer.kind === "route" && answer.match, "longest");
  const paths = pathsOf({ answer, complete, problems });
  deepEqual(paths.map((path) => renderAsPath(path.asPath)), [
    "65002 64499",
    "65001 64499",
    "65001 64496 64499",
    "",
  ]);
  deepEqual(paths[0], {
    prefix: parsePrefix("10.0.0.0/24").prefix,
    asPath: [{ kind: "sequence", asns: [65002, 64499] }],
    origin: "egp",
    nextHop: "192.0.2.12",
    nextHopMetric: null,
    peer: { address: "192.0.2.12", asn: null, routerId: null, name: "gob" },
    med: 10,
    localPref: 100,
    weight: null,
    preference: 100,
    communities: ["65002:100", "65535:666"],
    extendedCommunities: ["rt:65002:1"],
    largeCommunities: ["65002:9:9"],
    aggregator: null,
    originatorId: null,
    clusterList: [],
    otc: null,
    rpki: null,
    flags: ["valid", "best"],
    bestReason: null,
    notBestReason: null,
    ageSec: null,
    lastChange: "T11:07:51.656",
    pathId: null,
    label: null,
    unknownAttributes: [],
  });
  deepEqual(paths[2]?.communities, ["65001:100", "64499:200", "65535:65281"]);
  deepEqual(paths[2]?.largeCommunities, ["65001:1:2", "4200000001:4294967295:0"]);
  deepEqual(paths[2]?.extendedCommunities, ["rt:65001:77", "ro:16909060:5"]);
  deepEqual(paths.map((path) => path.med), [10, 4294967295, 50, null]);
});

Deno.test("sets, confederations, aggregators and reflected routes are read", () => {
  const [aggregate] = pathsTo("10.0.1.0/24");
  equal(renderAsPath(aggregate?.asPath ?? []), "65001 64496 {64510,64511,4200000005}");
  deepEqual(aggregate?.aggregator, { asn: 64496, address: "198.51.100.1" });
  deepEqual(aggregate?.flags, ["valid", "atomic_aggregate", "best"]);
  const [confederation] = pathsTo("10.70.0.0/24");
  equal(renderAsPath(confederation?.asPath ?? []), "(65101 65102) [65103 65104] 64496");
  const [reflected] = pathsTo("10.50.0.0/24");
  deepEqual([reflected?.originatorId, reflected?.clusterList, reflected?.localPref], [
    "10.1.1.1",
    ["10.2.2.2", "10.3.3.3"],
    200,
  ]);
  deepEqual(reflected?.communities, ["65001:1", "0:0", "65535:65535"]);
  equal(pathsTo("10.63.0.0/24")[0]?.otc, 65001);
});

Deno.test("extended communities of every kind and unknown attributes keep their octets", () => {
  const [extended] = pathsTo("10.64.0.0/24");
  deepEqual(extended?.extendedCommunities, [
    "ovs:not-found",
    "ovs:invalid",
    "rt:1.2.3.4:5",
    "rt:4200000001:6",
    "0x8008ffdc00003039",
  ]);
  deepEqual(extended?.unknownAttributes, ["BGP.ext_community: (unknown 0x5, 65000, 1)"]);
  deepEqual(pathsTo("10.62.0.0/24")[0]?.unknownAttributes, [
    "type 99: 0xdeadbeef0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324",
  ]);
});

Deno.test("a next hop that resolves to nothing makes a route inaccessible, and tells who sent it", () => {
  const [path] = pathsTo("10.53.0.0/24");
  deepEqual(path?.flags, ["inaccessible", "best"]);
  deepEqual(path?.peer, { address: "192.0.2.13", asn: null, routerId: null, name: "ib" });
  equal(path?.nextHop, "192.0.2.250");
});

Deno.test("routes of no BGP neighbor are local, whatever they lead to", () => {
  deepEqual(pathsTo("198.51.100.0/24")[0]?.flags, ["best", "local"]);
  deepEqual(pathsTo("198.51.101.0/24")[0]?.flags, ["best", "local"]);
  deepEqual(pathsTo("198.51.105.0/24")[0]?.label, 100);
  const [device] = pathsTo("192.0.2.0/24");
  deepEqual([device?.flags, device?.peer.name, device?.nextHop], [
    ["valid", "best", "local"],
    "direct1",
    null,
  ]);
});

Deno.test("of two next hops of IPv6 the global one counts", () => {
  const { answer } = parse(
    { kind: "route", target: { address: parseAddress("2001:db8:1::1") } },
    recordedOutput("transcripts/bird2012__show_route_for_2001_db8_1__1_all.txt"),
  );
  const [path] = pathsOf({ answer, complete: true, problems: [] });
  equal(path?.nextHop, "2001:db8:ffff::11");
  equal(answer.kind === "route" && answer.match, "default");
});

Deno.test("a network that is not there is an answer", () => {
  const prefix = { prefix: parsePrefix("10.9.0.0/24").prefix };
  deepEqual(recorded({ kind: "route", target: prefix }, "show_route_10.9.0.0_24_all"), {
    answer: {
      kind: "route",
      prefix: null,
      match: "none",
      paths: [],
      announcedPaths: null,
      advertisedTo: null,
    },
    complete: true,
    problems: [],
  });
});

Deno.test("an answer to another question is none to this one", () => {
  const other: RouterQuery = { kind: "route", target: { address: parseAddress("192.0.2.1") } };
  const { answer, complete, problems } = recorded(other, "show_route_for_10.0.0.1_all");
  deepEqual([complete, problems, pathsOf({ answer, complete, problems })], [
    false,
    ["The route is about another prefix"],
    [],
  ]);
});

Deno.test("a filter is complete if its tables hold what the router counts, and keeps one family", () => {
  const four = recorded(LONGER, "show_route_where_net_10.0.0.0_16_all_stats");
  deepEqual([four.complete, pathsOf(four).length], [true, 6]);
  equal(four.answer.kind === "table" && four.answer.announcedPaths, 6);
  const both = "show_route_where_bgp_path_64496_all_stats";
  const ask = (family: 4 | 6) =>
    recorded({ kind: "community", family, community: { kind: "standard", high: 1, low: 1 } }, both);
  deepEqual(pathsOf(ask(4)).map((path) => renderPrefix(path.prefix)), [
    "10.70.0.0/24",
    "100.64.7.0/24",
    "10.255.255.255/32",
    "10.50.0.0/24",
    "10.0.0.0/16",
  ]);
  deepEqual(pathsOf(ask(6)).map((path) => renderPrefix(path.prefix)), [
    "2001:db8:1::/48",
    "2001:db8:1::/48",
  ]);
  const none = recorded(LONGER, "show_route_where_from_192.0.2.200_all_stats");
  deepEqual([none.complete, pathsOf(none)], [true, []]);
});

Deno.test("a table that holds fewer routes than are counted is not complete", () => {
  const output = recordedOutput("bird2/show_route_where_net_10.0.0.0_16_all_stats.txt");
  deepEqual(parse(LONGER, output.replace("6 of ", "7 of ")).problems, [
    "The router counts 7 routes in a table, 6 were read",
  ]);
  deepEqual(parse(LONGER, output.replace(/^Total.*\n/m, "")).problems, [
    "The tables are not all there",
  ]);
});

Deno.test("neighbors in every state are read, with descriptions that look like anything", () => {
  const parsed = recorded(SUMMARY, "show_protocols_all");
  equal(parsed.complete, true);
  const rows = neighborsOf(parsed).map((row) => [row.name, row.address, row.state, row.asn]);
  deepEqual(rows, [
    ["exa1", "192.0.2.11", "Established", 65001],
    ["gob", "192.0.2.12", "Established", 65002],
    ["ib", "192.0.2.13", "Established", 64500],
    ["conf", "192.0.2.14", "Established", 65101],
    ["down1", "192.0.2.99", "Active", 4200000001],
    ["off1", "192.0.2.251", "Idle", 4200000001],
    ["pas1", "192.0.2.252", "Active", 4200000001],
    ["dyn", "192.0.2.128/26", "Active", null],
  ]);
  const byName = new Map(neighborsOf(parsed).map((row) => [row.name, row]));
  deepEqual(byName.get("exa1"), {
    address: "192.0.2.11",
    name: "exa1",
    asn: 65001,
    localAs: 64500,
    family: 4,
    state: "Established",
    stateDetail: "since 2026-11-21 11:07:44",
    uptimeSec: null,
    prefixesReceived: 10,
    prefixesSent: 0,
    messagesReceived: null,
    messagesSent: null,
    description: "it's \\ a peer? bird> --More-- BGP state: Idle",
  });
  equal(
    byName.get("down1")?.stateDetail,
    "since 2026-11-21 11:07:43, Socket: No route to host",
  );
  equal(byName.get("off1")?.stateDetail, "Down, since 2026-11-21 11:07:43");
  equal(byName.get("pas1")?.stateDetail, "Passive, since 2026-11-21 11:07:43");
});

Deno.test("a neighbor of both families has a row in each; a link-local one keeps its zone", () => {
  const parsed = recorded({ kind: "summary", family: 6 }, "show_protocols_all");
  deepEqual(neighborsOf(parsed).map((row) => [row.address, row.prefixesReceived]), [
    ["192.0.2.11", 0],
    ["2001:db8:ffff::11", 3],
    ["2001:db8:ffff::12", 1],
    ["fe80::2%eth0", null],
  ]);
  equal(parsed.answer.kind === "summary" && parsed.answer.localAs, 64500);
});

Deno.test("the short time format of neighbors is read too", () => {
  const output = recordedOutput("transcripts/bird2012__show_protocols_all_rs1.txt");
  const [row] = neighborsOf(parse(SUMMARY, output));
  deepEqual([row?.state, row?.stateDetail, row?.prefixesReceived], [
    "Established",
    "since 02:01:31.023",
    306,
  ]);
});

Deno.test("refusals are told apart, the router's words kept", () => {
  const refusal = (name: string) => {
    const { answer } = recorded(LONGER, name);
    return answer.kind === "refused" ? [answer.why, answer.said] : answer.kind;
  };
  deepEqual(refusal("show_foo"), ["unknown_command", "No such command. Press `?' for help."]);
  deepEqual(refusal("show_route_where_foo"), [
    "bad_argument",
    "syntax error, unexpected CF_SYM_UNDEFINED",
  ]);
  deepEqual(refusal("show_route_300.1.1.1"), ["bad_argument", "Invalid IPv4 address 300.1.1.1"]);
  deepEqual(refusal("configure"), ["not_permitted", "Access denied"]);
});

Deno.test("BIRD is recognised by its greeting, its status, and by how it refuses", () => {
  const isBird = (text: string) => bird.signatures.some((signature) => signature.test(text));
  equal(isBird("BIRD 2.0.12 ready.\nAccess restricted\n"), true);
  equal(isBird(recordedOutput("bird2/show_status.txt")), true);
  equal(isBird(recordedOutput("bird2/show_foo.txt")), true);
  equal(isBird("Welcome to the BIRD watchers\n"), false);
});

// Constructed after the manual of BIRD 1.6: the next hop on the first line, no name of a table.
const BIRD_1 = `10.0.0.0/24        via 192.0.2.12 on eth0 [gob 10:20:06] * (100) [AS64499e]
\tType: BGP unicast univ
\tBGP.origin: EGP
\tBGP.as_path: 65002 64499
\tBGP.next_hop: 192.0.2.12
\tBGP.med: 10
\tBGP.local_pref: 100
\tBGP.community: (65002,100)
                   via 192.0.2.9 on eth1 [ib 2017-03-01 from 192.0.2.13] (100s/20) [i]
\tType: BGP unicast univ
\tBGP.origin: IGP
\tBGP.as_path: 
\tBGP.next_hop: 192.0.2.13
\tBGP.local_pref: 50
                   multipath [s1 2017-03-01 10:20:06] (200)
\tvia 192.0.2.12 on eth0 weight 1
\tvia 192.0.2.13 on eth0 weight 2
\tType: static unicast univ
`;

Deno.test("routes of BIRD 1.6 are read", () => {
  const parsed = parse(HOST, BIRD_1);
  deepEqual([parsed.complete, parsed.problems], [true, []]);
  deepEqual(
    pathsOf(parsed).map(({ nextHop, peer, flags, nextHopMetric, lastChange }) => [
      nextHop,
      peer.address,
      flags,
      nextHopMetric,
      lastChange,
    ]),
    [
      ["192.0.2.12", "192.0.2.12", ["valid", "best"], null, "T10:20:06"],
      ["192.0.2.13", "192.0.2.13", ["valid", "stale"], 20, "2017-03-01"],
      ["192.0.2.12", null, ["valid", "local"], null, "2017-03-01T10:20:06"],
    ],
  );
  const counted = parse(LONGER, `${BIRD_1}3 of 9 routes for 7 networks\n`);
  deepEqual([counted.complete, pathsOf(counted).length], [true, 3]);
  deepEqual(pathsOf(parse(HOST, "Network not in table\n")), []);
  equal(parse(HOST, "Network not in table\n").complete, true);
});

Deno.test("neighbors of BIRD 1.6 belong to the family of their address", () => {
  const output = `name     proto    table    state  since       info
gob      BGP      master   up     2017-03-01  Established   
  Description:    transit
  Routes:         10 imported, 1 filtered, 2 exported, 9 preferred
  BGP state:          Established
    Neighbor address: 192.0.2.12
    Neighbor AS:      65002

static1  Static   master   up     10:20:06    
  Preference:     200
  Routes:         4 imported, 0 exported, 4 preferred

`;
  const [row, ...more] = neighborsOf(parse(SUMMARY, output));
  deepEqual(more, []);
  deepEqual([row?.asn, row?.localAs, row?.prefixesReceived, row?.prefixesSent], [
    65002,
    null,
    10,
    2,
  ]);
  deepEqual(neighborsOf(parse({ kind: "summary", family: 6 }, output)), []);
});

Deno.test("an output that is cut inside of a line is never complete", () => {
  for (const [query, name] of PAIRS) {
    for (const cut of cutsOf(recordedOutput(`bird2/${name}.txt`))) {
      if (cut.endsWith("\n")) continue;
      ok(!parse(query, cut).complete, `${name} cut at ${cut.length}`);
    }
  }
});

Deno.test("what is complete after a cut between lines has every route whole, counted where BIRD counts", () => {
  const whole = pathsOf(recorded(HOST, "show_route_for_10.0.0.1_all"));
  for (const cut of cutsOf(recordedOutput("bird2/show_route_for_10.0.0.1_all.txt"))) {
    const parsed = parse(HOST, cut);
    if (!parsed.complete) continue;
    for (const [i, path] of pathsOf(parsed).entries()) {
      const { asPath, origin, nextHop, peer } = path;
      const { asPath: wantedPath, ...wanted } = whole[i] as RoutePath;
      deepEqual([asPath, origin, nextHop, peer], [
        wantedPath,
        wanted.origin,
        wanted.nextHop,
        wanted.peer,
      ]);
    }
  }
  const name = "show_route_where_net_10.0.0.0_16_all_stats";
  const table = pathsOf(recorded(LONGER, name));
  for (const cut of cutsOf(recordedOutput(`bird2/${name}.txt`))) {
    const parsed = parse(LONGER, cut);
    if (parsed.complete) deepEqual(pathsOf(parsed), table);
  }
});

Deno.test("whatever becomes of an output, it is read without an exception", () => {
  for (const [query, name] of PAIRS) {
    fc.assert(fc.property(mangled(recordedOutput(`bird2/${name}.txt`)), (output) => {
      const { complete, problems } = parse(query, output);
      equal(complete, problems.length === 0);
    }));
  }
});

Deno.test("lines of a megabyte are read in time", () => {
  const long = 1_000_000;
  for (
    const line of [
      `10.0.0.0/24 ${" ".repeat(long)}x`,
      `\tBGP.as_path: ${"(".repeat(long)}`,
      `\tBGP.as_path: ${"1 ".repeat(long / 2)}`,
      `\tBGP.community: ${"(1,1) ".repeat(long / 6)}`,
      `\tBGP.community: ${"(".repeat(long)}`,
      `\tvia ${"a ".repeat(long / 2)}`,
      `gob BGP --- up ${" 10:20".repeat(long / 6)}`,
      `  Routes: ${" ".repeat(long)}`,
      "\n".repeat(long),
    ]
  ) {
    const started = performance.now();
    for (const [query] of PAIRS) {
      const head = query.kind === "summary"
        ? ""
        : "10.0.0.0/24  unicast [a 10:20:06] * (100) [i]\n";
      parse(query, `${head}${line}\n`);
    }
    ok(performance.now() - started < 3_000, line.slice(0, 20));
  }
});

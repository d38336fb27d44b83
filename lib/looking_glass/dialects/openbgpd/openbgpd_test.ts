import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { cutsOf, mangled, recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix, renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import type { Parsed, SummaryAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { openbgpd } from "./openbgpd.ts";

const LONGER: RouterQuery = { kind: "longer", prefix: parsePrefix("10.0.0.0/16").prefix };
const HOST: RouterQuery = { kind: "route", target: { address: parseAddress("10.0.0.1") } };
const SUMMARY: RouterQuery = { kind: "summary", family: 4 };

const PAIRS: readonly (readonly [RouterQuery, string])[] = [
  [HOST, "show_ip_bgp_detail_10.0.0.1"],
  [LONGER, "show_ip_bgp"],
  [SUMMARY, "show_neighbor"],
];

const HEADING = "flags ovs destination          gateway          lpref   med aspath origin\n";

function parse(query: RouterQuery, output: string): Parsed {
  return openbgpd.parse(query, output, "text");
}

function recorded(query: RouterQuery, name: string): Parsed {
  return parse(query, recordedOutput(`openbgpd/${name}.txt`));
}

function pathsOf({ answer }: Parsed): readonly RoutePath[] {
  return answer.kind === "route" || answer.kind === "table" ? answer.paths : [];
}

function neighborsOf({ answer }: Parsed): SummaryAnswer["neighbors"] {
  return answer.kind === "summary" ? answer.neighbors : [];
}

/** The one route to a prefix, out of the details of all. */
function detailOf(prefix: string): Parsed {
  const all = recordedOutput("openbgpd/show_ip_bgp_detail.txt").split("\nBGP routing table ");
  const block = all.find((text) => text.startsWith(`entry for ${prefix}\n`));
  const target = { prefix: parsePrefix(prefix).prefix };
  return parse({ kind: "route", target }, `\nBGP routing table ${block}`);
}

Deno.test("all paths of a prefix are read with every attribute, the best one first", () => {
  const parsed = recorded(HOST, "show_ip_bgp_detail_10.0.0.1");
  deepEqual([parsed.complete, parsed.problems], [true, []]);
  equal(parsed.answer.kind === "route" && parsed.answer.match, "longest");
  const paths = pathsOf(parsed);
  deepEqual(paths[0], {
    prefix: parsePrefix("10.0.0.0/24").prefix,
    asPath: [{ kind: "sequence", asns: [65002, 64499] }],
    origin: "egp",
    nextHop: "192.0.2.12",
    nextHopMetric: null,
    peer: { address: null, asn: 65002, routerId: "192.0.2.12", name: "gobgp" },
    med: 10,
    localPref: 100,
    weight: 0,
    preference: null,
    communities: ["65002:100", "65535:666"],
    extendedCommunities: ["rt:65002:1"],
    largeCommunities: ["65002:9:9"],
    aggregator: null,
    originatorId: null,
    clusterList: [],
    otc: null,
    rpki: "valid",
    flags: ["external", "valid", "best"],
    bestReason: null,
    notBestReason: null,
    ageSec: 0,
    lastChange: null,
    pathId: null,
    label: null,
    unknownAttributes: [],
  });
  deepEqual(paths.map((path) => [renderAsPath(path.asPath), path.med, path.pathId, path.rpki]), [
    ["65002 64499", 10, null, "valid"],
    ["65001 64499", 4294967295, 2, "valid"],
    ["65001 64496 64499", 50, 1, "valid"],
    ["", 0, null, "invalid"],
  ]);
  deepEqual(paths[2]?.communities, ["64499:200", "65001:100", "65535:65281"]);
  deepEqual(paths[2]?.largeCommunities, ["65001:1:2", "4200000001:4294967295:0"]);
  deepEqual(paths[2]?.extendedCommunities, ["rt:65001:77", "ro:16909060:5"]);
  deepEqual(paths[3]?.flags, ["internal", "valid"]);
});

Deno.test("a neighbor is named by its description, whatever stands in it, or by its address", () => {
  const [named] = pathsOf(detailOf("10.255.255.255/32"));
  deepEqual(named?.peer, {
    address: null,
    asn: 65001,
    routerId: "192.0.2.11",
    name: "a > peer; *> I 10.0.0.0/24 b",
  });
  const [unnamed] = pathsOf(detailOf("2001:db8:1:2:3:4:5:6/128"));
  deepEqual(unnamed?.peer, {
    address: "2001:db8:ffff::11",
    asn: 65001,
    routerId: "192.0.2.11",
    name: null,
  });
  const [own] = pathsOf(detailOf("198.51.100.0/24"));
  deepEqual([own?.peer.name, own?.flags], ["LOCAL", ["internal", "valid", "best", "local"]]);
  const tricky = recordedOutput("openbgpd/show_ip_bgp_detail_10.0.0.1.txt")
    .replace("Neighbor gobgp (", "Neighbor x (10.9.9.9) Path-Id: 7 (");
  const [path] = pathsOf(parse(HOST, tricky));
  deepEqual([path?.peer.name, path?.peer.routerId, path?.pathId], [
    "x (10.9.9.9) Path-Id: 7",
    "192.0.2.12",
    null,
  ]);
});

Deno.test("sets, aggregators, reflected routes, OTC and unknown attributes are read", () => {
  const [aggregate] = pathsOf(detailOf("10.0.1.0/24"));
  equal(renderAsPath(aggregate?.asPath ?? []), "65001 64496 {64510,64511,4200000005}");
  deepEqual(aggregate?.aggregator, { asn: 64496, address: "198.51.100.1" });
  deepEqual(aggregate?.flags, ["external", "valid", "best", "atomic_aggregate"]);
  const [reflected] = pathsOf(detailOf("10.50.0.0/24"));
  deepEqual([reflected?.originatorId, reflected?.clusterList, reflected?.localPref], [
    "10.1.1.1",
    ["10.2.2.2", "10.3.3.3"],
    200,
  ]);
  equal(pathsOf(detailOf("10.51.0.0/24"))[0]?.localPref, 4294967295);
  equal(pathsOf(detailOf("10.63.0.0/24"))[0]?.otc, 65001);
  deepEqual(pathsOf(detailOf("10.62.0.0/24"))[0]?.unknownAttributes, [
    "type 99: 0xdeadbeef0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324",
  ]);
});

Deno.test("extended communities without a canonical form are kept in the router's words", () => {
  const parsed = detailOf("10.64.0.0/24");
  const [path] = pathsOf(parsed);
  equal(parsed.complete, true);
  deepEqual(path?.extendedCommunities, ["rt:1.2.3.4:5", "rt:4200000001:6"]);
  deepEqual(path?.unknownAttributes, [
    "Ext. Communities: odi 65000:1",
    "Ext. Communities: [8] 0x8008000000000000",
  ]);
});

Deno.test("a validation state that came as a community is one", () => {
  // From an iBGP neighbor; 7.7 writes a blank too many.
  const output = recordedOutput("openbgpd/show_ip_bgp_detail_10.0.0.1.txt")
    .replace("Ext. Communities: rt 65002:1", "Ext. Communities: ovs not-found  rt 65002:1");
  deepEqual(pathsOf(parse(HOST, output))[0]?.extendedCommunities, ["ovs:not-found", "rt:65002:1"]);
});

Deno.test("a path with an AS loop is not valid", () => {
  deepEqual(pathsOf(detailOf("10.61.0.0/24"))[0]?.flags, ["external"]);
});

Deno.test("words of later releases say what they say", () => {
  const output = recordedOutput("openbgpd/show_ip_bgp_detail_10.0.0.1.txt")
    .replace(
      "ovs valid, external, valid, best",
      "ovs valid, avs unknown, external, valid, ecmp, stale",
    )
    .replace("external, valid\n", "external, otc loop\n");
  const paths = pathsOf(parse(HOST, output));
  deepEqual(paths[0]?.flags, ["external", "valid", "multipath", "stale"]);
  deepEqual(paths[0]?.unknownAttributes, ["avs unknown"]);
  deepEqual([paths[1]?.notBestReason, paths[1]?.flags], ["otc loop", ["external"]]);
});

Deno.test("silence is the answer that there is no route", () => {
  const target = { prefix: parsePrefix("10.9.0.0/24").prefix };
  const { answer, complete } = recorded(
    { kind: "route", target },
    "show_ip_bgp_detail_10.9.0.0_24",
  );
  deepEqual([answer.kind === "route" && answer.match, complete], ["none", true]);
});

Deno.test("only the default route is told apart from a match", () => {
  const target = { address: parseAddress("8.8.8.8") };
  const { answer } = recorded({ kind: "route", target }, "show_ip_bgp_detail_8.8.8.8");
  equal(answer.kind === "route" && answer.match, "default");
});

Deno.test("a table is read column by column, flags and states included", () => {
  const parsed = recorded(LONGER, "show_ip_bgp");
  deepEqual([parsed.complete, parsed.problems, pathsOf(parsed).length], [true, [], 22]);
  const rows = pathsOf(parsed).map((path) => [
    renderPrefix(path.prefix),
    path.nextHop,
    path.localPref,
    path.med,
    renderAsPath(path.asPath),
    path.origin,
    path.rpki,
    path.flags.join(" "),
  ]);
  deepEqual(rows[1], [
    "10.0.0.0/16",
    "192.0.2.11",
    100,
    4294967295,
    "65001 65001 65001 65001 64496",
    "egp",
    "valid",
    "valid best external",
  ]);
  deepEqual(rows.filter(([prefix]) => prefix === "10.0.1.0/24"), [[
    "10.0.1.0/24",
    "192.0.2.11",
    100,
    0,
    "65001 64496 {64510,64511,4200000005}",
    "incomplete",
    "invalid",
    "valid best external",
  ]]);
  deepEqual(rows.filter(([prefix]) => prefix === "10.50.0.0/24").map((row) => row.at(-1)), [
    "internal valid best",
  ]);
  deepEqual(rows.filter(([prefix]) => prefix === "10.61.0.0/24").map((row) => row.at(-1)), [
    "external",
  ]);
  deepEqual(rows.filter(([prefix]) => prefix === "198.51.100.0/24").map((row) => row.at(-1)), [
    "local internal valid best",
  ]);
});

Deno.test("what is announced to a neighbor does not say where it came from", () => {
  const query: RouterQuery = {
    kind: "neighbor_routes",
    neighbor: parseAddress("192.0.2.12"),
    family: 4,
    direction: "advertised",
  };
  const [first] = pathsOf(recorded(query, "show_ip_bgp_inet_out_neighbor_192.0.2.12"));
  deepEqual([first?.flags, first?.peer.asn, renderAsPath(first?.asPath ?? [])], [
    ["valid"],
    null,
    "64500 65001",
  ]);
});

Deno.test("an empty table is an answer, an output without heading is not", () => {
  const none = recorded(LONGER, "show_ip_bgp_inet_neighbor_192.0.2.200");
  deepEqual([none.complete, pathsOf(none)], [true, []]);
  deepEqual(parse(LONGER, "").problems, ["The router printed no heading"]);
});

Deno.test("the state of an AS path beside that of its origin does not shift the columns", () => {
  // Constructed after the manual of OpenBGPD 8.
  const output = `flags  vs destination          gateway          lpref   med aspath origin
AI*>  N-? 203.0.113.0/24       0.0.0.0           100     0 i
S*    V-V 10.0.0.0/24          192.0.2.12        100    10 65002 64499 e
E     !-! 10.1.0.0/24          192.0.2.12        100    10 65002 64499 e
`;
  const parsed = parse(LONGER, output);
  equal(parsed.complete, true);
  deepEqual(pathsOf(parsed).map((path) => [path.rpki, path.flags, path.notBestReason]), [
    ["not_found", ["local", "internal", "valid", "best"], null],
    ["valid", ["stale", "valid", "external"], null],
    ["invalid", ["external"], "Error"],
  ]);
});

Deno.test("neighbors in every state are read, with times, counts and the reason of the last error", () => {
  const parsed = recorded(SUMMARY, "show_neighbor");
  equal(parsed.complete, true);
  deepEqual(neighborsOf(parsed).map((row) => [row.address, row.asn, row.state, row.stateDetail]), [
    ["192.0.2.11", 65001, "Established", null],
    ["192.0.2.12", 65002, "Established", null],
    ["192.0.2.13", 64500, "Established", null],
    ["192.0.2.14", 65101, "Idle", "error in UPDATE message, AS-Path unacceptable"],
    ["192.0.2.99", 4200000001, "Active", null],
    [
      "192.0.2.251",
      4200000001,
      "Idle",
      'marked down with shutdown reason "maintenance until Friday"',
    ],
    ["192.0.2.252", 65252, "Active", "Passive"],
    ["192.0.2.128/26", 65253, "Active", "Template"],
  ]);
  deepEqual(neighborsOf(parsed)[2], {
    address: "192.0.2.13",
    name: null,
    asn: 64500,
    localAs: null,
    family: 4,
    state: "Established",
    stateDetail: null,
    uptimeSec: 9,
    prefixesReceived: 4,
    prefixesSent: 10,
    messagesReceived: 7,
    messagesSent: 14,
    description: "ibgp",
  });
});

Deno.test("a neighbor of both families has a row in each, without counts that are of both", () => {
  const parsed = recorded({ kind: "summary", family: 6 }, "show_neighbor");
  deepEqual(
    neighborsOf(parsed).map((row) => [row.address, row.prefixesReceived, row.description]),
    [
      ["192.0.2.11", null, "a > peer; *> I 10.0.0.0/24 b"],
      ["2001:db8:ffff::11", 3, null],
      ["2001:db8:ffff::12", 1, "gobgp six, a long name of 31 ch"],
      ["fe80::2%eth0", 0, null],
    ],
  );
});

Deno.test("refusals are told apart, the list of known words left out", () => {
  const refusal = (output: string) => {
    const { answer } = parse(LONGER, output);
    return answer.kind === "refused" ? [answer.why, answer.said] : answer.kind;
  };
  deepEqual(refusal(recordedOutput("openbgpd/show_version.txt")), [
    "unknown_command",
    "unknown argument: version",
  ]);
  deepEqual(refusal("permission denied\n"), ["not_permitted", "permission denied"]);
  deepEqual(refusal("bgpctl: AS number is too large: 4294967296\n"), [
    "bad_argument",
    "bgpctl: AS number is too large: 4294967296",
  ]);
  equal(refusal(HEADING), "table");
});

Deno.test("OpenBGPD is recognised by its memory report, its summary, and by how it refuses", () => {
  const isOpenbgpd = (name: string) =>
    openbgpd.signatures.some((one) => one.test(recordedOutput(`openbgpd/${name}.txt`)));
  deepEqual(["show_ip_bgp_memory", "show_summary", "show_version"].map(isOpenbgpd), [
    true,
    true,
    true,
  ]);
  const frr = recordedOutput("transcripts/frr84__show_ip_bgp_summary.raw");
  equal(openbgpd.signatures.some((signature) => signature.test(frr)), false);
});

Deno.test("an output that is cut inside of a line is never complete", () => {
  for (const [query, name] of PAIRS) {
    for (const cut of cutsOf(recordedOutput(`openbgpd/${name}.txt`))) {
      if (cut === "" || cut.endsWith("\n")) continue;
      ok(!parse(query, cut).complete, `${name} cut at ${cut.length}`);
    }
  }
});

Deno.test("what is complete after a cut between lines holds no half path", () => {
  const whole = pathsOf(recorded(HOST, "show_ip_bgp_detail_10.0.0.1"));
  for (const cut of cutsOf(recordedOutput("openbgpd/show_ip_bgp_detail_10.0.0.1.txt"))) {
    const parsed = parse(HOST, cut);
    if (!parsed.complete) continue;
    for (
      const [i, { asPath, origin, nextHop, peer, med, flags, ageSec }] of pathsOf(parsed).entries()
    ) {
      const wanted = whole[i] as RoutePath;
      deepEqual([asPath, origin, nextHop, peer, med, flags, ageSec], [
        wanted.asPath,
        wanted.origin,
        wanted.nextHop,
        wanted.peer,
        wanted.med,
        wanted.flags,
        wanted.ageSec,
      ]);
    }
  }
  const table = pathsOf(recorded(LONGER, "show_ip_bgp"));
  for (const cut of cutsOf(recordedOutput("openbgpd/show_ip_bgp.txt"))) {
    const paths = pathsOf(parse(LONGER, cut));
    deepEqual(paths, table.slice(0, paths.length));
  }
});

Deno.test("whatever becomes of an output, it is read without an exception", () => {
  for (const [query, name] of PAIRS) {
    fc.assert(fc.property(mangled(recordedOutput(`openbgpd/${name}.txt`)), (output) => {
      const parsed = parse(query, output);
      equal(parsed.complete, parsed.problems.length === 0);
    }));
  }
});

Deno.test("lines of a megabyte are read in time", () => {
  const long = 1_000_000;
  const entry = `BGP routing table entry for 10.0.0.0/24
    65002
    Nexthop 192.0.2.12 (via 192.0.2.1) Neighbor x (192.0.2.12)
    Origin IGP, metric 10, localpref 100, weight 0, ovs valid, external, valid
    Last update: 00:05:09 ago
`;
  const neighbor = "BGP neighbor is 192.0.2.11, remote AS 65001\n";
  for (
    const [query, head, line] of [
      [HOST, entry, `    Communities: ${"1:1 ".repeat(long / 4)}`],
      [HOST, entry, `    Ext. Communities: ${"rt ".repeat(long / 3)}`],
      [HOST, entry, `    Cluster Id List: ${" ".repeat(long)}x`],
      [HOST, "BGP routing table entry for 10.0.0.0/24\n", `    ${"1 ".repeat(long / 2)}`],
      [HOST, entry, `    Unknown Attribute #9 flags []:  len 9: ${"aa ".repeat(long / 3)}`],
      [LONGER, HEADING, `*> N 10.0.0.0/8 192.0.2.1 1 1 ${"1 ".repeat(long / 2)}`],
      [LONGER, HEADING, `*> N 10.0.0.0/8${" ".repeat(long)}`],
      [SUMMARY, neighbor, `  Total ${" ".repeat(long)}x`],
      [SUMMARY, neighbor, `  BGP state = Idle, ${"up for x, ".repeat(long / 10)}`],
      [SUMMARY, "", `BGP neighbor is 192.0.2.11, remote AS 65001${", Aa".repeat(long / 4)}`],
      [SUMMARY, neighbor, "\n".repeat(long)],
    ] as const
  ) {
    const started = performance.now();
    parse(query, `${head}${line}\n`);
    ok(performance.now() - started < 3_000, line.slice(0, 20));
  }
});

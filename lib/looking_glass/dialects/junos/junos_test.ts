import { deepEqual, equal, match } from "node:assert/strict";
import { holdLong, holdMangled, type Sample } from "../../../../tests/support/hostile_output.ts";
import { recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix, renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { junos } from "./junos.ts";

const fixture = (name: string) => recordedOutput(`junos/${name}`);
const prefix = (text: string) => parsePrefix(text).prefix;
const LOOKUP: RouterQuery = { kind: "route", target: { prefix: prefix("192.0.2.0/24") } };
const parse = (query: RouterQuery, output: string) => junos.parse(query, output, "text");

function route(query: RouterQuery, output: string) {
  const { answer, ...trust } = parse(query, output);
  if (answer.kind !== "route") throw new TypeError(answer.kind);
  return { ...answer, ...trust };
}

function pathsOf({ answer, complete }: Parsed): readonly RoutePath[] {
  if (answer.kind !== "table") throw new TypeError(answer.kind);
  equal(complete, true);
  return answer.paths;
}

Deno.test("every attribute of a detail is read: best, internal and hidden path", () => {
  const { paths, ...rest } = route(LOOKUP, fixture("detail_three_paths.txt"));
  const own = prefix("192.0.2.0/24");
  deepEqual(rest, {
    kind: "route",
    prefix: own,
    match: "exact",
    announcedPaths: 3,
    advertisedTo: null,
    complete: true,
    problems: [],
  });
  deepEqual(paths[0], {
    ...NO_PATH,
    prefix: own,
    asPath: [
      { kind: "sequence", asns: [64496, 64496, 4200000001] },
      { kind: "set", asns: [64510, 64511] },
    ],
    origin: "igp",
    nextHop: "198.51.100.77",
    nextHopMetric: 7,
    peer: { address: "198.51.100.1", asn: 64496, routerId: "198.51.100.2", name: null },
    med: 20,
    localPref: 200,
    preference: 170,
    communities: ["64496:100", "65535:65281"],
    extendedCommunities: ["rt:64496:7", "rt:4200000001:8", "ro:198.51.100.3:9", "ovs:valid"],
    largeCommunities: ["64496:1:4294967295"],
    aggregator: { asn: 4200000001, address: "203.0.113.200" },
    rpki: "valid",
    flags: ["best", "valid", "external", "atomic_aggregate", "multipath"],
    ageSec: 2_004_418,
    unknownAttributes: ["community bandwidth:64496:125000"],
  });
  deepEqual(paths[1], {
    ...NO_PATH,
    prefix: own,
    asPath: [{ kind: "sequence", asns: [64497] }],
    origin: "igp",
    nextHop: "10.255.0.7",
    nextHopMetric: 4_294_967_295,
    peer: { address: "10.255.0.9", asn: 64500, routerId: "10.255.0.9", name: null },
    med: 0,
    localPref: 100,
    preference: 170,
    communities: ["64500:1"],
    originatorId: "10.255.0.7",
    clusterList: ["10.255.0.9", "0.0.0.1"],
    rpki: "not_found",
    flags: ["valid", "internal"],
    notBestReason: "Local Preference",
    ageSec: 237_266,
    pathId: 3,
  });
  deepEqual(paths[2], {
    ...NO_PATH,
    prefix: own,
    asPath: [{ kind: "sequence", asns: [64499, 64511] }],
    origin: "incomplete",
    nextHop: "203.0.113.13",
    peer: { address: "203.0.113.13", asn: 64499, routerId: "203.0.113.13", name: null },
    localPref: 100,
    rpki: "invalid",
    flags: ["filtered", "external"],
    notBestReason: "rejected by import policy",
    ageSec: 484,
  });
});

Deno.test("an extensive answer is read without what is advertised and how next hops resolve", () => {
  const query: RouterQuery = { kind: "route", target: { address: parseAddress("2001:db8::5") } };
  const { paths, match: how, complete } = route(query, fixture("extensive_ipv6.txt"));
  deepEqual([how, complete], ["longest", true]);
  deepEqual(paths, [{
    ...NO_PATH,
    prefix: prefix("2001:db8::/32"),
    asPath: [{ kind: "sequence", asns: [64499, 64498] }],
    origin: "egp",
    nextHop: "2001:db8:ffff::1",
    nextHopMetric: 2,
    peer: { address: "2001:db8:ffff::1", asn: 64499, routerId: "198.51.100.4", name: null },
    localPref: 100,
    preference: 170,
    rpki: "unverified",
    flags: ["best", "valid", "external"],
    ageSec: 9,
    unknownAttributes: ["type 128: 0x0000fbf40101"],
  }]);
});

Deno.test("an old release puts attributes behind the AS path; a static route is named, not shown", () => {
  const query: RouterQuery = { kind: "route", target: { prefix: prefix("198.51.100.0/24") } };
  const answer = route(query, fixture("detail_old_release.txt"));
  deepEqual([answer.announcedPaths, answer.complete, answer.problems], [
    2,
    true,
    ["A route of Static was left out"],
  ]);
  const [first, second] = answer.paths;
  equal(renderAsPath(first?.asPath ?? []), "(65002 65003) [65004 65005] 64496 64497");
  deepEqual([first?.aggregator, first?.originatorId, first?.clusterList, first?.med], [
    { asn: 64497, address: "192.0.2.200" },
    "10.255.0.8",
    ["0.0.0.7"],
    4_294_967_295,
  ]);
  deepEqual([second?.asPath, second?.origin, second?.flags, second?.notBestReason], [
    [],
    "igp",
    ["inaccessible", "internal"],
    "Not Best in its group - Router ID",
  ]);
});

Deno.test("nothing is printed for a prefix that is not in the table", () => {
  for (const output of ["", "\n", "\n\n{master}\n"]) {
    const { match: how, paths, complete } = route(LOOKUP, output);
    deepEqual([how, paths, complete], ["none", [], true], output);
  }
});

Deno.test("an answer about another destination is not taken for this one", () => {
  const query: RouterQuery = { kind: "route", target: { prefix: prefix("203.0.113.0/24") } };
  const { match: how, paths, complete, problems } = route(query, fixture("detail_old_release.txt"));
  deepEqual([how, paths, complete], ["none", [], false]);
  deepEqual(problems.at(-1), "The answer is about another destination");
});

Deno.test("a detail that ends before its last path does is never complete", () => {
  const output = fixture("detail_three_paths.txt");
  const from = output.indexOf("(3 entries") + "(3 entries, 1 announced)".length;
  const to = output.lastIndexOf("Router ID: 203.0.113.13\n") + "Router ID: 203.0.113.13".length;
  for (let end = from; end <= to; end++) {
    equal(parse(LOOKUP, output.slice(0, end)).complete, false, output.slice(end - 40, end));
  }
});

Deno.test("rows of a table are read with several next hops, labels and a hidden path", () => {
  const query: RouterQuery = { kind: "longer", prefix: prefix("192.0.2.0/24") };
  const paths = pathsOf(parse(query, fixture("table_ipv4.txt")));
  deepEqual(paths[0], {
    ...NO_PATH,
    prefix: prefix("192.0.2.0/24"),
    asPath: [
      { kind: "sequence", asns: [64496, 4200000001] },
      { kind: "set", asns: [64510, 64511] },
    ],
    origin: "igp",
    nextHop: "203.0.113.1",
    peer: { address: "198.51.100.1", asn: null, routerId: null, name: null },
    med: 20,
    localPref: 200,
    preference: 170,
    rpki: "valid",
    flags: ["valid", "best"],
    ageSec: 2_313_036,
  });
  deepEqual(
    paths.map((path) => [
      renderPrefix(path.prefix),
      path.nextHop,
      path.peer.address,
      path.flags,
      path.rpki,
    ]),
    [
      ["192.0.2.0/24", "203.0.113.1", "198.51.100.1", ["valid", "best"], "valid"],
      ["192.0.2.0/24", "203.0.113.9", "203.0.113.9", ["valid"], "unverified"],
      ["192.0.2.128/25", "203.0.113.5", "10.255.0.9", ["valid", "best"], "not_found"],
      ["192.0.2.200/32", "203.0.113.13", "203.0.113.13", ["filtered"], "invalid"],
    ],
  );
});

Deno.test("a long prefix stands on a line of its own", () => {
  const query: RouterQuery = { kind: "longer", prefix: prefix("2001:db8::/32") };
  const paths = pathsOf(parse(query, fixture("table_ipv6.txt")));
  deepEqual(
    paths.map((path) => [renderPrefix(path.prefix), path.nextHop, path.peer.address, path.ageSec]),
    [
      ["2001:db8::/32", "fe80::1", null, 44_770],
      ["2001:db8:1500:5000::/60", "2001:db8:ffff::6", "2001:db8:ffff::6", 2_298_370],
    ],
  );
});

Deno.test("a table in which a row cannot be read is not complete", () => {
  const query: RouterQuery = { kind: "longer", prefix: prefix("192.0.2.0/24") };
  const { complete, problems } = parse(
    query,
    fixture("table_ipv4.txt").replace("AS path: 64497 I", "AS path: 64497"),
  );
  equal(complete, false);
  match(problems[0] ?? "", /^Cannot read the line: "AS path: 64497, validation-state/);
});

Deno.test("routes of a neighbor keep their columns where a long next hop moves them", () => {
  const columns = (direction: "received" | "advertised", family: 4 | 6, name: string) => {
    const neighbor = parseAddress(family === 4 ? "198.51.100.1" : "2001:db8:ffff::1");
    const query: RouterQuery = { kind: "neighbor_routes", neighbor, family, direction };
    return pathsOf(parse(query, fixture(name))).map((path) => [
      renderPrefix(path.prefix),
      path.nextHop,
      path.med,
      path.localPref,
      renderAsPath(path.asPath),
      path.origin,
      path.flags[0],
      path.peer.address,
    ]);
  };
  const from4 = "198.51.100.1", from6 = "2001:db8:ffff::1";
  deepEqual(columns("received", 4, "receive_ipv4.txt"), [
    ["192.0.2.0/24", from4, 5, null, "64496 64497", "igp", "best", from4],
    [
      "192.0.2.128/25",
      from4,
      4_294_967_295,
      100,
      "64496 {64510,64511}",
      "incomplete",
      undefined,
      from4,
    ],
    ["203.0.113.0/24", from4, null, null, "64496", "egp", undefined, from4],
  ]);
  const hop = "2001:db8:ffff:ca45::4";
  deepEqual(columns("received", 6, "receive_ipv6.txt"), [
    ["2001:db8:7fc5:ca45::1/128", hop, 2, 100, "", "igp", "best", from6],
    ["2001:db8:7fc5:ca45::4/128", hop, null, 100, "64496", "igp", undefined, from6],
    ["2001:db8::/32", "2001:db8::1", null, 100, "64496 64497", "igp", "best", from6],
  ]);
  deepEqual(columns("advertised", 4, "advertising_ipv4.txt"), [
    ["192.0.2.0/24", null, null, null, "64500 64496 64497", "igp", "best", null],
    ["198.51.100.0/24", null, 10, null, "64500", "igp", "best", null],
    ["203.0.113.0/24", "198.51.100.77", null, 100, "64499", "igp", "best", null],
  ]);
});

function summary(family: 4 | 6, output: string) {
  const { answer, ...trust } = parse({ kind: "summary", family }, output);
  if (answer.kind !== "summary") throw new TypeError(answer.kind);
  return { ...answer, ...trust };
}

Deno.test("a summary gives the neighbors of one family with what that family received", () => {
  const output = fixture("summary.txt");
  const { neighbors, complete } = summary(4, output);
  equal(complete, true);
  deepEqual(neighbors[1], {
    address: "198.51.100.2",
    name: null,
    asn: 4200000001,
    localAs: null,
    family: 4,
    state: "Established",
    stateDetail: null,
    uptimeSec: 1_546,
    prefixesReceived: 950_136,
    prefixesSent: null,
    messagesReceived: 753_373,
    messagesSent: 783_304,
    description: null,
  });
  const short = (family: 4 | 6) =>
    summary(family, output).neighbors.map((row) => [
      row.address,
      row.state,
      row.uptimeSec,
      row.prefixesReceived,
    ]);
  deepEqual(short(4), [
    ["198.51.100.1", "Established", 5_635_417, 950_110],
    ["198.51.100.2", "Established", 1_546, 950_136],
    ["198.51.100.3", "Active", 21_355_063, null],
  ]);
  deepEqual(short(6), [
    ["198.51.100.2", "Established", 1_546, 2],
    ["2001:db8:ffff::1", "Established", 3_934_937, 183_100],
    ["2001:db8:ffff::2", "Connect", 9, null],
  ]);
});

Deno.test("counts in place of the state mean that a neighbor is up", () => {
  const { neighbors, announcedNeighbors } = summary(4, fixture("summary_in_place.txt"));
  equal(announcedNeighbors, 3);
  deepEqual(
    neighbors.map((row) => [row.address, row.state, row.stateDetail, row.prefixesReceived]),
    [
      ["198.51.100.1", "Established", null, 5],
      ["198.51.100.2", "Established", null, 0],
      ["198.51.100.3", "Idle", "Down", null],
    ],
  );
});

Deno.test("a summary that shows fewer neighbors than it counts is not complete", () => {
  const output = fixture("summary.txt");
  const { complete, problems } = summary(4, output.slice(0, output.indexOf("198.51.100.5")));
  equal(complete, false);
  deepEqual(problems, ["The router has 6 neighbors and shows 5"]);
  equal(summary(4, output.slice(0, output.indexOf("  bgp.evpn.0"))).complete, false);
});

Deno.test("a trace is read with every speaker of a hop, and without the program's own complaints", () => {
  const query: RouterQuery = { kind: "traceroute", address: parseAddress("203.0.113.9") };
  const read = (output: string) => {
    const { answer, complete } = parse(query, output);
    if (answer.kind !== "traceroute") throw new TypeError(answer.kind);
    equal(complete, true);
    return answer.hops.map(({ probes }) => probes.map(({ address }) => address));
  };
  deepEqual(read(fixture("traceroute.txt")), [
    ["198.51.100.1", "198.51.100.1", "198.51.100.1"],
    ["198.51.100.17", "198.51.100.21", "198.51.100.17"],
    [null, null, null],
    ["203.0.113.9", "203.0.113.9", null],
  ]);
  deepEqual(
    read(
      "traceroute: sendto: No route to host\n 1 traceroute: wrote 203.0.113.9 52 chars, ret=-1\n" +
        " *traceroute: sendto: No route to host\n * 203.0.113.9  2.111 ms\n",
    ),
    [[null, null, "203.0.113.9"]],
  );
});

Deno.test("a ping is read", () => {
  const query: RouterQuery = { kind: "ping", address: parseAddress("203.0.113.9") };
  deepEqual(parse(query, fixture("ping.txt")), {
    answer: { kind: "ping", sent: 5, received: 4, minMs: 9.914, avgMs: 10.275, maxMs: 10.677 },
    complete: true,
    problems: [],
  });
});

Deno.test("a refusal is a whole answer to every question", () => {
  deepEqual(parse(LOOKUP, "error: permission denied: show route\n"), {
    answer: {
      kind: "refused",
      why: "not_permitted",
      said: "error: permission denied: show route",
    },
    complete: true,
    problems: [],
  });
});

const SAMPLES: readonly Sample[] = [
  [LOOKUP, fixture("detail_three_paths.txt")],
  [{ kind: "longer", prefix: prefix("192.0.2.0/24") }, fixture("table_ipv4.txt")],
  [
    {
      kind: "neighbor_routes",
      neighbor: parseAddress("2001:db8:ffff::1"),
      family: 6,
      direction: "received",
    },
    fixture("receive_ipv6.txt"),
  ],
  [{ kind: "summary", family: 4 }, fixture("summary.txt")],
];

Deno.test("mangled outputs are answered", () => holdMangled(junos, SAMPLES));

Deno.test("long outputs take time by their length", () => holdLong(junos, SAMPLES));

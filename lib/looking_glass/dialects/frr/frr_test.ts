import { deepEqual, equal } from "node:assert/strict";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { answerOf, QUESTIONS, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import { NO_PATH, type Parsed, type RouteAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { frr } from "./frr.ts";

const LONGER: RouterQuery = { kind: "longer", prefix: parsePrefix("10.0.0.0/8").prefix };

/** The answer to a question about a prefix or an address, which must be complete. */
function route(asked: string, output: string): RouteAnswer {
  return answerOf(complete(frr.parse(routeTo(asked), output, "text")), "route");
}

function complete(parsed: Parsed): Parsed["answer"] {
  deepEqual(parsed.problems, []);
  equal(parsed.complete, true);
  return parsed.answer;
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
    lastChange: "2026-11-21T01:53:39",
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
    lastChange: "2026-11-21T01:50:41",
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

import { deepEqual, equal } from "node:assert/strict";
import { answerOf } from "../../../../tests/support/looking_glass_questions.ts";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import type { TableAnswer } from "../../answer.ts";
import { CISCO_STATUS, readRouteTable } from "./route_table.ts";

/** A table as FRR prints it, which must be complete. */
function table(output: string): TableAnswer {
  const parsed = readRouteTable(output, { status: CISCO_STATUS, hasTotal: true });
  deepEqual([parsed.complete, parsed.problems], [true, []]);
  return answerOf(parsed.answer, "table");
}

function columns(
  { prefix, nextHop, med, localPref, weight, asPath, origin, flags, rpki }: RoutePath,
): unknown[] {
  const path = renderAsPath(asPath);
  return [renderPrefix(prefix), nextHop, med, localPref, weight, path, origin, flags.join(), rpki];
}

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

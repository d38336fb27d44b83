import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parsePrefix } from "../ip/prefix.ts";
import { samplePath as path } from "../../tests/support/sample_routes.ts";
import type { RoutePath } from "../route/route.ts";
import { NO_PATH } from "./answer.ts";
import { groupPaths, type PathGroups, sayPaths } from "./path_groups.ts";

const { prefix } = parsePrefix("192.0.2.0/24");

Deno.test("paths are grouped by origin, neighbouring AS and AS path, the greatest first", () => {
  const groups = groupPaths([
    path("64497 64500", { rpki: "valid" }),
    path("64496 64499 64500 64500 64500", { rpki: "valid", flags: ["best"] }),
    path("64496 64499 64500 64500 64500", { rpki: "valid" }),
    path("64496 64500", { rpki: "valid" }),
    path("64496 64511", { rpki: "invalid", flags: ["dampened"] }),
    path("64496 {64510,64509}", { rpki: "not_found" }),
    path(""),
  ]);
  deepEqual(groups, {
    path_count: 7,
    neighbor_count: 2,
    shared: {},
    differing: ["rpki"],
    origins: [
      {
        origin: "64500",
        count: 4,
        rpki: ["valid"],
        neighbors: [
          {
            asn: 64496,
            count: 3,
            paths: [
              { as_path: "64496 64499 64500x3", count: 2, best: true },
              { as_path: "64496 64500" },
            ],
          },
          { asn: 64497, count: 1, paths: [{ as_path: "64497 64500" }] },
        ],
      },
      {
        origin: "64511",
        count: 1,
        rpki: ["invalid"],
        neighbors: [{
          asn: 64496,
          count: 1,
          paths: [{ as_path: "64496 64511", flags: ["dampened"] }],
        }],
      },
      {
        origin: "local",
        count: 1,
        neighbors: [{ asn: null, count: 1, paths: [{ as_path: "" }] }],
      },
      {
        origin: "{64509,64510}",
        count: 1,
        rpki: ["not_found"],
        neighbors: [{ asn: 64496, count: 1, paths: [{ as_path: "64496 {64509,64510}" }] }],
      },
    ],
    left_out: null,
  });
  equal(
    sayPaths("192.0.2.0/24", groups),
    "7 paths to 192.0.2.0/24, from 4 origins: AS64500 (4), AS64511 (1), its own AS (1) and 1 more, " +
      "by way of 2 neighbouring ASes",
  );
});

Deno.test("what all paths have is told once, what differs is named", () => {
  const told = {
    origin: "igp",
    localPref: 100,
    aggregator: { asn: 1, address: "192.0.2.1" },
  } as const;
  const { shared, differing } = groupPaths([
    path("1 2", { ...told, med: 5, communities: ["2:2", "1:1", "3:3"], nextHop: "192.0.2.9" }),
    path("3 2", { ...told, med: 6, communities: ["1:1", "2:2"] }),
  ]);
  deepEqual(shared, {
    origin: "igp",
    local_pref: 100,
    aggregator: { asn: 1, address: "192.0.2.1" },
    communities: ["1:1", "2:2"],
  });
  deepEqual(differing, ["communities", "metric", "next_hop"]);
});

Deno.test("a hundred shared communities are cut, and it is said", () => {
  const communities = Array.from({ length: 100 }, (_, index) => `64500:${index + 100}`);
  const { shared } = groupPaths([path("1 2", { communities })]);
  equal((shared.communities as string[]).length, 13);
  equal((shared.communities as string[]).at(-1), "and 88 more");
});

Deno.test("sixty paths by way of sixty neighbours fit into 5,200 characters of JSON", () => {
  const paths = Array.from(
    { length: 60 },
    (_, index) =>
      path(`${37000 + index} 3356 ${1299 + index} 15169`, {
        origin: "igp",
        med: index,
        nextHop: `198.51.100.${index}`,
        rpki: "valid",
        flags: index === 7 ? ["valid", "best"] : ["valid"],
        communities: [`${37000 + index}:1`, "15169:1000"],
      }),
  );
  const groups = groupPaths(paths);
  equal(JSON.stringify(groups).length <= 5200, true);
  equal(groups.left_out, null);
  equal(
    sayPaths("8.8.8.0/24", groups),
    "60 paths to 8.8.8.0/24, all from AS15169, by way of 60 neighbouring ASes",
  );
});

Deno.test("four hundred paths do not fit; a second origin is shown all the same", () => {
  const paths = Array.from({ length: 400 }, (_, index) => path(`${4200000000 + index} 3356 15169`));
  const groups = groupPaths([...paths, path("64496 64511")]);
  equal(JSON.stringify(groups).length <= 5200, true);
  deepEqual(groups.origins.map(({ origin, count }) => [origin, count]), [
    ["15169", 400],
    ["64511", 1],
  ]);
  equal(counted(groups), 401);
  equal(groups.left_out?.origins, 0);
  equal((groups.left_out?.paths ?? 0) > 300, true);
});

Deno.test("one path and no path are said as such", () => {
  equal(
    sayPaths("192.0.2.0/24", groupPaths([path("64496 64500")])),
    "1 path to 192.0.2.0/24, from AS64500, by way of 1 neighbouring AS",
  );
  equal(
    sayPaths("192.0.2.0/24", groupPaths([path("")])),
    "1 path to 192.0.2.0/24, from its own AS",
  );
  equal(sayPaths("192.0.2.0/24", groupPaths([])), "0 paths to 192.0.2.0/24");
});

/** Paths in shown groups and left out. */
function counted({ origins, left_out }: PathGroups): number {
  return origins.flatMap(({ neighbors }) => neighbors).flatMap(({ paths }) => paths)
    .reduce((sum, { count = 1 }) => sum + count, left_out?.paths ?? 0);
}

const asPaths = fc.array(
  fc.record({
    kind: fc.constantFrom("sequence", "set", "confed_sequence", "confed_set"),
    asns: fc.array(fc.constantFrom(1, 2, 3, 4200000000), { maxLength: 4 }),
  }),
  { maxLength: 3 },
);
const paths: fc.Arbitrary<RoutePath[]> = fc.array(
  fc.record({
    asPath: asPaths,
    flags: fc.subarray(["best", "valid", "dampened", "history"] as const),
    rpki: fc.constantFrom("valid", "invalid", null),
    communities: fc.subarray(["1:1", "2:2"]),
  }).map((told) => ({ ...NO_PATH, prefix, ...told })),
  { maxLength: 30 },
);

Deno.test("grouping loses no path, keeps within its room, and does not ask for an order", () => {
  fc.assert(fc.property(paths, fc.integer({ min: 300, max: 3000 }), (list, room) => {
    const groups = groupPaths(list, room);
    equal(counted(groups), list.length);
    if (groups.left_out === null) {
      equal(groups.origins.reduce((sum, { count }) => sum + count, 0), list.length);
    }
    equal(JSON.stringify(groups).length <= room, true);
    deepEqual(groupPaths(list.toReversed(), room), groups);
  }));
});

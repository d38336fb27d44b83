import { deepEqual, equal } from "node:assert/strict";
import { renderAsPathPattern } from "../route/as_path_pattern.ts";
import { parseRouteQuery } from "../route/route_query.ts";
import { routerQueryOf } from "./search_query.ts";

Deno.test("an origin, an AS on the way and a path are patterns over the AS path", () => {
  const patterns: readonly [string, string][] = [
    ["origin:15169", "15169$"],
    ["via:3356", "3356"],
    ['path:"^3356 .* 15169$"', "^3356 .* 15169$"],
  ];
  for (const [text, expected] of patterns) {
    const query = routerQueryOf(parseRouteQuery(text), 6);
    equal(query.kind === "as_path" && query.family === 6, true);
    equal(query.kind === "as_path" && renderAsPathPattern(query.pattern), expected);
  }
});

Deno.test("a community, a prefix and a neighbour are questions of their own", () => {
  deepEqual(routerQueryOf(parseRouteQuery("community:65535:666"), 4), {
    kind: "community",
    family: 4,
    community: { kind: "standard", high: 65535, low: 666 },
  });
  deepEqual(routerQueryOf(parseRouteQuery("longer:192.0.2.0/24"), 6), {
    kind: "longer",
    prefix: { family: 4, value: 0xc0000200n, length: 24 },
  });
  deepEqual(routerQueryOf(parseRouteQuery("neighbor:192.0.2.1"), 6), {
    kind: "neighbor_routes",
    neighbor: { family: 4, value: 0xc0000201n, zone: null },
    family: 6,
    direction: "accepted",
  });
});

/**
 * The question to a router that a portable query stands for.
 *
 * @module
 */
import type { AsPathItem } from "../route/as_path_pattern.ts";
import type { RouteQuery } from "../route/route_query.ts";
import type { RouterQuery } from "./query.ts";

/** Compiles a query; `family` is that of the routes where the query does not say it. */
export function routerQueryOf(query: RouteQuery, family: 4 | 6): RouterQuery {
  switch (query.kind) {
    case "origin":
      return asPath(family, query.asn, true);
    case "via":
      return asPath(family, query.asn, false);
    case "path":
      return { kind: "as_path", family, pattern: query.pattern };
    case "community":
      return { kind: "community", family, community: query.community };
    case "longer":
      return { kind: "longer", prefix: query.prefix };
    case "neighbor": {
      const neighbor = query.address;
      return { kind: "neighbor_routes", neighbor, family, direction: "accepted" };
    }
  }
}

function asPath(family: 4 | 6, asn: number, toEnd: boolean): RouterQuery {
  const item: AsPathItem = { kind: "asn", asn, repeat: false };
  return { kind: "as_path", family, pattern: { fromStart: false, toEnd, items: [item] } };
}

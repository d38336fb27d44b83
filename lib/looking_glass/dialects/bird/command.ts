/**
 * Questions as commands of BIRD, which says filters where others have keywords.
 *
 * @module
 */
import { renderAddress } from "../../../ip/address.ts";
import { renderPrefix } from "../../../ip/prefix.ts";
import type { AsPathItem, AsPathPattern } from "../../../route/as_path_pattern.ts";
import type { Community } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";

/**
 * The command of a query, or null if BIRD cannot say it. The words are those that BIRD 1.6 and 2
 * share, so `where net ~ [P+]` and not `in P`. A neighbor is found by the address that its routes
 * came from, because its protocol has a name that we do not know; for the same reason there is no
 * way to ask for what is announced to it, or for what it sent before the import filter.
 */
export function birdCommand(query: RouterQuery): RouterCommand | null {
  switch (query.kind) {
    case "route":
      return "address" in query.target
        ? routerCommand("show route for", renderAddress(query.target.address), "all")
        : routerCommand("show route", renderPrefix(query.target.prefix), "all");
    case "summary":
      return routerCommand("show protocols all");
    case "longer":
      return routesWhere(`net ~ [${renderPrefix(query.prefix)}+]`);
    case "as_path":
      return routesWhere(`bgp_path ~ ${pathMask(query.pattern)}`);
    case "community":
      return routesWhere(communityTest(query.community));
    case "neighbor_routes":
      return query.direction === "accepted"
        ? routesWhere(`from = ${renderAddress({ ...query.neighbor, zone: null })}`)
        : null;
    case "ping":
    case "traceroute":
      return null;
  }
}

/** `stats` prints a count below the routes of each table; it does so with a filter only. */
function routesWhere(test: string): RouterCommand {
  return routerCommand("show route where", test, "all stats");
}

/** `[= * 3356 + 0..4294967295 [174, 3257] * =]`: `?` for one AS cannot be sent, a range can. */
function pathMask({ fromStart, toEnd, items }: AsPathPattern): string {
  const words = items.map(maskWord);
  if (!fromStart) words.unshift("*");
  if (!toEnd) words.push("*");
  return `[= ${words.join(" ")} =]`;
}

function maskWord(item: AsPathItem): string {
  switch (item.kind) {
    case "asn":
      return item.repeat ? `${item.asn} +` : String(item.asn);
    case "any":
      return "0..4294967295";
    case "any_run":
      return "*";
    case "one_of":
      return `[${item.asns.join(", ")}]`;
  }
}

function communityTest(community: Community): string {
  switch (community.kind) {
    case "standard":
      return `(${community.high},${community.low}) ~ bgp_community`;
    case "large": {
      const { global, local1, local2 } = community;
      return `(${global},${local1},${local2}) ~ bgp_large_community`;
    }
    case "extended": {
      const { type, administrator, value } = community;
      const who = "asn" in administrator ? administrator.asn : administrator.ipv4;
      return `(${type},${who},${value}) ~ bgp_ext_community`;
    }
  }
}

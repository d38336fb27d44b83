/**
 * Questions as commands of Junos.
 *
 * @module
 */
import { renderPrefix } from "../../../ip/prefix.ts";
import type { AsPathPattern } from "../../../route/as_path_pattern.ts";
import type { Community } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";
import { targetFamily } from "../route_match.ts";
import { addressWord, commandOf } from "../text/show_bgp.ts";

/** The unicast table of a family in the main instance. */
export function unicastTable(family: 4 | 6): "inet.0" | "inet6.0" {
  return family === 4 ? "inet.0" : "inet6.0";
}

/** The command of a query, or null if Junos cannot say it. */
export function junosCommand(query: RouterQuery): RouterCommand | null {
  switch (query.kind) {
    case "route": {
      const { target } = query;
      const wanted = "address" in target
        ? [addressWord(target.address), "best"]
        : [renderPrefix(target.prefix), "exact"];
      const table = unicastTable(targetFamily(target));
      // "all" shows hidden paths too: the entry count of the router includes them.
      return commandOf("show route table", table, ...wanted, "detail all");
    }
    case "summary":
      return routerCommand("show bgp summary");
    case "longer":
      return bgpRoutes(query.prefix.family, renderPrefix(query.prefix));
    case "as_path":
      return bgpRoutes(query.family, "aspath-regex", asPathExpression(query.pattern));
    case "community":
      return bgpRoutes(query.family, "community", communityWord(query.community));
    case "neighbor_routes": {
      const neighbor = addressWord(query.neighbor);
      const table = ["table", unicastTable(query.family)];
      switch (query.direction) {
        case "received":
          return commandOf("show route receive-protocol bgp", neighbor, ...table, "all");
        case "accepted":
          return bgpRoutes(query.family, "source-gateway", neighbor);
        case "advertised":
          return commandOf("show route advertising-protocol bgp", neighbor, ...table);
      }
      break;
    }
    case "ping":
      return commandOf("ping", addressWord(query.address), "count 5");
    case "traceroute":
      return commandOf("traceroute", addressWord(query.address));
  }
}

function bgpRoutes(family: 4 | 6, ...filter: readonly (string | null)[]): RouterCommand | null {
  return commandOf("show route protocol bgp table", unicastTable(family), ...filter);
}

/**
 * An expression for a whole AS path. Its terms are parted by blanks, and blanks need quotes, which
 * cannot be sent: so only what is one word is said, an AS with anything around it.
 */
function asPathExpression({ fromStart, toEnd, items }: AsPathPattern): string | null {
  const terms = items.map((item) => {
    if (item.kind === "asn") return item.repeat ? `${item.asn}+` : String(item.asn);
    return item.kind === "any_run" ? ".*" : null;
  });
  if (!fromStart && terms[0] !== ".*") terms.unshift(".*");
  if (!toEnd && terms.at(-1) !== ".*") terms.push(".*");
  for (let i = 0; i < terms.length; i++) {
    // Two numbers side by side would be one number.
    if (terms[i] === null || (terms[i] !== ".*" && i > 0 && terms[i - 1] !== ".*")) return null;
  }
  return terms.length === 0 ? null : terms.join("");
}

function communityWord(community: Community): string {
  switch (community.kind) {
    case "standard":
      return `${community.high}:${community.low}`;
    case "large":
      return `large:${community.global}:${community.local1}:${community.local2}`;
    case "extended": {
      const { type, administrator, value } = community;
      const word = type === "rt" ? "target" : "origin";
      if ("ipv4" in administrator) return `${word}:${administrator.ipv4}:${value}`;
      // An "L" marks a four-octet AS number.
      const mark = administrator.asn > 65_535 ? "L" : "";
      return `${word}:${administrator.asn}${mark}:${value}`;
    }
  }
}

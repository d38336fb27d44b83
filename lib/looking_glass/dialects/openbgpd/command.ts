/**
 * Questions as words of bgpctl, without its own name in front.
 *
 * The wrapper behind telnet takes what bgpctl takes. `show ip bgp` is bgpctl's other name for
 * `show rib`; OpenBSD's looking glass shell bgplgsh knows only that one, and of the commands here
 * `show ip bgp detail`, `show neighbor` and `show ip bgp memory`.
 *
 * @module
 */
import { renderAddress } from "../../../ip/address.ts";
import { renderPrefix } from "../../../ip/prefix.ts";
import type { AsPathItem, AsPathPattern } from "../../../route/as_path_pattern.ts";
import { type Community, renderCommunity } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";

/** The command of a query, or null if bgpctl cannot say it. */
export function openbgpdCommand(query: RouterQuery): RouterCommand | null {
  switch (query.kind) {
    case "route": {
      const { target } = query;
      const wanted = "address" in target
        ? renderAddress(target.address)
        : renderPrefix(target.prefix);
      return routerCommand("show ip bgp detail", wanted);
    }
    case "summary":
      // `show summary` has a description, cut to 23 characters, in place of the address.
      return routerCommand("show neighbor");
    case "longer":
      return routerCommand("show ip bgp", renderPrefix(query.prefix), "all");
    case "as_path": {
      const filter = asFilter(query.pattern);
      return filter === null ? null : rib(query.family, filter);
    }
    case "community":
      return rib(query.family, ...communityFilter(query.community));
    case "neighbor_routes": {
      const { neighbor, direction } = query;
      // A zone has a percent sign, which cannot be sent.
      if (neighbor.zone !== null) return null;
      const side = { received: ["in"], accepted: [], advertised: ["out"] }[direction];
      return rib(query.family, ...side, "neighbor", renderAddress(neighbor));
    }
    case "ping":
    case "traceroute":
      return null;
  }
}

function rib(family: 4 | 6, ...filter: readonly string[]): RouterCommand {
  return routerCommand("show ip bgp", family === 4 ? "inet" : "inet6", ...filter);
}

/**
 * bgpctl filters by one AS, at one place of the path; of two filters the last one counts. For its
 * `source-as` the source of a path that ends with a set is the AS in front of the set.
 */
function asFilter({ fromStart, toEnd, items }: AsPathPattern): string | null {
  if (items.length === 0) return fromStart && toEnd ? "empty-as" : null;
  const isOpen = (item: AsPathItem | undefined): boolean => item?.kind === "any_run";
  const atStart = fromStart && !isOpen(items[0]);
  const atEnd = toEnd && !isOpen(items.at(-1));
  const [first, second, ...more] = items.filter((item) => !isOpen(item));
  if (first?.kind !== "asn" || more.length > 0) return null;
  // `64496 .`: somewhere, and somebody behind it.
  if (second !== undefined) {
    const isTransit = second.kind === "any" && !atStart && !atEnd;
    return isTransit ? `transit-as ${first.asn}` : null;
  }
  if (atStart) return atEnd ? null : `peer-as ${first.asn}`;
  return `${atEnd ? "source-as" : "as"} ${first.asn}`;
}

function communityFilter(community: Community): readonly string[] {
  const text = renderCommunity(community);
  if (community.kind === "standard") return ["community", text];
  if (community.kind === "large") return ["large-community", text];
  // A route origin is a `soo` here: site of origin.
  const value = text.slice(text.indexOf(":") + 1);
  return ["ext-community", community.type === "ro" ? "soo" : "rt", value];
}

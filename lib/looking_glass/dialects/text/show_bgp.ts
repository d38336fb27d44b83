/**
 * The commands for questions about BGP that FRR, Quagga and IOS share.
 *
 * IPv4 is asked for by `show ip bgp`, which every version takes; IPv6 needs its family named.
 *
 * @module
 */
import { type IpAddress, renderAddress } from "../../../ip/address.ts";
import { renderPrefix } from "../../../ip/prefix.ts";
import { type Community, renderCommunity } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import { asPathRegexp } from "./as_path_regexp.ts";

/** Words for a direction; `received` needs soft reconfiguration on the router. */
const DIRECTIONS = {
  received: "received-routes",
  accepted: "routes",
  advertised: "advertised-routes",
} as const;

/**
 * The words of the command, or null if it cannot be said: an address with a zone, an extended
 * community, a pattern that needs an alternation; ping and traceroute.
 */
export function showBgp(query: RouterQuery): readonly string[] | null {
  switch (query.kind) {
    case "route":
      if ("prefix" in query.target) {
        return show(query.target.prefix.family, renderPrefix(query.target.prefix));
      }
      return show(query.target.address.family, addressWord(query.target.address));
    case "summary":
      return show(query.family, "summary");
    case "longer":
      return show(query.prefix.family, renderPrefix(query.prefix), "longer-prefixes");
    case "as_path":
      return show(query.family, "regexp", asPathRegexp(query.pattern));
    case "community":
      return show(query.family, ...communityWords(query.community));
    case "neighbor_routes":
      return show(
        query.family,
        "neighbors",
        addressWord(query.neighbor),
        DIRECTIONS[query.direction],
      );
    default:
      return null;
  }
}

/** The address as a word, or null: a zone means nothing to another host. */
export function addressWord(address: IpAddress): string | null {
  return address.zone === null ? renderAddress(address) : null;
}

function show(family: 4 | 6, ...words: readonly (string | null)[]): readonly string[] | null {
  const said = words.filter((word) => word !== null);
  if (said.length < words.length) return null;
  return [family === 4 ? "show ip bgp" : "show bgp ipv6 unicast", ...said];
}

function communityWords(community: Community): readonly (string | null)[] {
  if (community.kind === "extended") return [null];
  return [community.kind === "large" ? "large-community" : "community", renderCommunity(community)];
}

/**
 * The commands for questions about BGP that FRR, Quagga, IOS, IOS XR and NX-OS share.
 *
 * @module
 */
import { type IpAddress, renderAddress } from "../../../ip/address.ts";
import { renderPrefix } from "../../../ip/prefix.ts";
import { type Community, renderCommunity } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";
import { asPathRegexp } from "./as_path_regexp.ts";

/** Words that differ from system to system. */
export interface ShowWords {
  /** What a command about a family begins with. */
  readonly begin: Readonly<Record<4 | 6, string>>;
  /** Routes as a neighbour sent them; needs soft reconfiguration on the router. */
  readonly received: string;
}

/** FRR, Quagga and IOS: every version takes `show ip bgp`, IPv6 needs its family named. */
const IP_BGP: ShowWords = {
  begin: { 4: "show ip bgp", 6: "show bgp ipv6 unicast" },
  received: "received-routes",
};

/**
 * The words of the command, or null if it cannot be said: an address with a zone, an extended
 * community, a pattern that needs an alternation; ping and traceroute.
 */
export function showBgp(
  query: RouterQuery,
  { begin, received }: ShowWords = IP_BGP,
): readonly string[] | null {
  const show = (family: 4 | 6, ...words: readonly (string | null)[]) =>
    words.includes(null) ? null : [begin[family], ...words.filter((word) => word !== null)];
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
        { received, accepted: "routes", advertised: "advertised-routes" }[query.direction],
      );
    default:
      return null;
  }
}

/** The command of these words, or null if one of them cannot be said. */
export function commandOf(...words: readonly (string | null)[]): RouterCommand | null {
  return words.includes(null) ? null : routerCommand(...words.filter((word) => word !== null));
}

/** The address as a word, or null: a zone means nothing to another host. */
export function addressWord(address: IpAddress): string | null {
  return address.zone === null ? renderAddress(address) : null;
}

function communityWords(community: Community): readonly (string | null)[] {
  if (community.kind === "extended") return [null];
  return [community.kind === "large" ? "large-community" : "community", renderCommunity(community)];
}

/**
 * Questions as commands of EOS.
 *
 * @module
 */
import { renderPrefix } from "../../../ip/prefix.ts";
import type { AsPathPattern } from "../../../route/as_path_pattern.ts";
import { type Community, renderCommunity } from "../../../route/community.ts";
import type { RouterQuery } from "../../query.ts";
import type { RouterCommand } from "../../router_command.ts";
import { asPathRegexp } from "../text/as_path_regexp.ts";
import { addressWord, commandOf } from "../text/show_bgp.ts";

const DIRECTIONS = {
  received: "received-routes",
  accepted: "routes",
  advertised: "advertised-routes",
} as const;

/** The command of a query, or null if EOS cannot say it. */
export function eosCommand(query: RouterQuery): RouterCommand | null {
  switch (query.kind) {
    case "route":
      if ("prefix" in query.target) {
        return bgp(query.target.prefix.family, renderPrefix(query.target.prefix), "detail");
      }
      return bgp(query.target.address.family, addressWord(query.target.address), "detail");
    case "summary":
      return bgp(query.family, "summary");
    case "longer":
      return bgp(query.prefix.family, renderPrefix(query.prefix), "longer-prefixes");
    case "as_path":
      return bgp(
        query.family,
        "regexp",
        isPlain(query.pattern) ? asPathRegexp(query.pattern) : null,
      );
    case "community":
      return bgp(query.family, ...communityWords(query.family, query.community));
    case "neighbor_routes":
      return bgp(
        query.family,
        query.family === 4 ? "neighbors" : "peers",
        addressWord(query.neighbor),
        DIRECTIONS[query.direction],
      );
    case "ping":
    case "traceroute":
      return commandOf(
        query.address.family === 4 ? query.kind : `${query.kind} ipv6`,
        addressWord(query.address),
      );
  }
}

function bgp(family: 4 | 6, ...words: readonly (string | null)[]): RouterCommand | null {
  return commandOf(family === 4 ? "show ip bgp" : "show ipv6 bgp", ...words);
}

/** Of IPv6, EOS filters by standard communities only. */
function communityWords(family: 4 | 6, community: Community): readonly (string | null)[] {
  const text = renderCommunity(community);
  if (community.kind === "standard") return [family === 4 ? "community" : "match community", text];
  return community.kind === "large" && family === 4 ? ["large-community", text] : [null];
}

/**
 * True for ASes in a row and nothing else: EOS may count an AS, not a digit, as one character of an
 * expression (`ip as-path regex-mode asn`), where `[0-9]+` means something else.
 */
function isPlain({ items }: AsPathPattern): boolean {
  return items.every((item) => item.kind === "asn" && !item.repeat);
}

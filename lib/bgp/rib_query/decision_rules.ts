/**
 * The rules by which paths lose or are not eligible, in words and with their sources.
 *
 * @module
 */
import type { Ineligible, LostBy } from "../rib/rib_reader.ts";

/** One rule. */
export interface DecisionRule {
  /** What decides, a clause. */
  readonly rule: string;
  /** What the winner has, before "than": `higher LOCAL_PREF`. */
  readonly wins: string;
  readonly source: string;
}

/** Steps of the decision in their order. */
export const DECISION_RULES: Readonly<Record<LostBy, DecisionRule>> = {
  "local-pref-lower": {
    rule: "the highest LOCAL_PREF wins",
    wins: "higher LOCAL_PREF",
    source: "RFC 4271 §9.1.1, §9.1.2",
  },
  "as-path-longer": {
    rule: "the shortest AS path wins, a set counts as one",
    wins: "shorter AS path",
    source: "RFC 4271 §9.1.2.2 a",
  },
  "origin-higher": {
    rule: "the lowest ORIGIN wins: IGP, EGP, INCOMPLETE",
    wins: "lower ORIGIN",
    source: "RFC 4271 §9.1.2.2 b",
  },
  "med-higher": {
    rule: "the lowest MED wins among paths of the same neighbour AS",
    wins: "lower MED",
    source: "RFC 4271 §9.1.2.2 c",
  },
  "ebgp-preferred": {
    rule: "a path of an eBGP peer wins over one of an iBGP peer",
    wins: "from an eBGP peer rather",
    source: "RFC 4271 §9.1.2.2 d",
  },
  "router-id-higher": {
    rule: "the lowest BGP identifier wins, ORIGINATOR_ID in its place",
    wins: "lower router id",
    source: "RFC 4271 §9.1.2.2 f, RFC 4456 §9",
  },
  "cluster-list-longer": {
    rule: "the shortest CLUSTER_LIST wins",
    wins: "shorter CLUSTER_LIST",
    source: "RFC 4456 §9",
  },
  "peer-address-higher": {
    rule: "the lowest address of the peer wins",
    wins: "lower peer address",
    source: "RFC 4271 §9.1.2.2 g",
  },
  "path-id-higher": {
    rule: "the lowest path identifier of the peer wins",
    wins: "lower path id",
    source: "RFC 7911 §3; the order is ours",
  },
};

/** Steps in the order in which they are asked. */
export const DECISION_ORDER = Object.keys(DECISION_RULES) as readonly LostBy[];

/** Why a path may not become best. */
export const INELIGIBLE_RULES: Readonly<
  Record<Exclude<Ineligible, "none">, { readonly rule: string; readonly source: string }>
> = {
  "as-loop": { rule: "our own AS is in its AS path", source: "RFC 4271 §9.1.2" },
  "originator-loop": {
    rule: "its ORIGINATOR_ID is our router id: it came back from a route reflector",
    source: "RFC 4456 §8",
  },
  "cluster-loop": {
    rule: "our cluster is in its CLUSTER_LIST: it went around between route reflectors",
    source: "RFC 4456 §8",
  },
  "next-hop-unusable": {
    rule: "its next hop cannot be used: one of our own addresses, or none that a router has",
    source: "RFC 4271 §5.1.3, §9.1.2.1",
  },
  "rpki-invalid": {
    rule: "its origin is RPKI Invalid, which bgp.rpki_invalid rejects",
    source: "RFC 6811 §2, §3",
  },
  "otc-leak": {
    rule: "its Only-To-Customer attribute says that it was leaked",
    source: "RFC 9234 §5",
  },
  "import-rejected": {
    rule:
      "bgp.peers[].import_policy of the peer is none, or not set for an eBGP peer: nothing of it is used",
    source: "RFC 8212 §2",
  },
};

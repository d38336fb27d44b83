/**
 * What can be wrong with an UPDATE, and how it is met: RFC 7606 and those who refine it.
 *
 * @module
 */

/** One kind of fault. */
export interface UpdateFinding {
  /** Stable, for counters and answers. */
  readonly name: string;
  /**
   * `discard`: the attribute, the NLRI of a family, or the prefix is left out; `withdraw`: the announced routes
   * are withdrawn instead; `reset`: NOTIFICATION 3/`subcode`.
   */
  readonly action: "discard" | "withdraw" | "reset";
  /** Subcode of UPDATE Message Error (RFC 4271 §6.3); 0 unless `action` is `reset`. */
  readonly subcode: number;
  readonly source: string;
  /** A clause. */
  readonly meaning: string;
}

/** One row under its own name. */
type Named<N extends string> = UpdateFinding & { readonly name: N };

function reset<N extends string>(
  name: N,
  subcode: number,
  source: string,
  meaning: string,
): Named<N> {
  return { name, action: "reset", subcode, source, meaning };
}

function withdraw<N extends string>(name: N, source: string, meaning: string): Named<N> {
  return { name, action: "withdraw", subcode: 0, source, meaning };
}

function discard<N extends string>(name: N, source: string, meaning: string): Named<N> {
  return { name, action: "discard", subcode: 0, source, meaning };
}

/** All of them; `UpdateParts.finding` is an index. */
export const FINDINGS = [
  reset("message-lengths", 1, "RFC 4271 §6.3", "the length fields do not fit the message"),
  reset("withdrawn-syntax", 10, "RFC 7606 §3(i), §5.3", "the withdrawn routes cannot be parsed"),
  reset("nlri-syntax", 10, "RFC 7606 §3(j), §5.3", "the NLRI cannot be parsed"),
  reset("mp-attribute-twice", 1, "RFC 7606 §3(g)", "an MP attribute stands there twice"),
  reset(
    "mp-attribute-flags",
    4,
    "RFC 7606 §5.3, RFC 4271 §6.3",
    "an MP attribute is not optional and non-transitive",
  ),
  reset("mp-reach-length", 9, "RFC 7606 §7.11", "MP_REACH_NLRI is too short for its fields"),
  reset(
    "mp-next-hop-length",
    9,
    "RFC 7606 §7.11",
    "the next hop of MP_REACH_NLRI has a length that its family does not know",
  ),
  reset("mp-reach-nlri", 9, "RFC 7606 §5.3, §7.11", "the NLRI of MP_REACH_NLRI cannot be parsed"),
  reset("mp-unreach-length", 9, "RFC 7606 §7.12", "MP_UNREACH_NLRI is too short for its fields"),
  reset(
    "mp-unreach-nlri",
    9,
    "RFC 7606 §5.3, §7.12",
    "the routes of MP_UNREACH_NLRI cannot be parsed",
  ),
  reset("unknown-well-known", 2, "RFC 4271 §6.3", "a well-known attribute is not known"),
  reset(
    "fault-without-nlri",
    1,
    "RFC 7606 §5.2",
    "an attribute is malformed and no reachable route was found",
  ),
  withdraw("attribute-overrun", "RFC 7606 §4", "an attribute runs past the attributes' length"),
  withdraw("attribute-flags", "RFC 7606 §3(c)", "Optional or Transitive do not fit the type"),
  withdraw("origin-missing", "RFC 7606 §3(d)", "ORIGIN is missing"),
  withdraw("as-path-missing", "RFC 7606 §3(d)", "AS_PATH is missing"),
  withdraw("next-hop-missing", "RFC 7606 §3(d)", "NEXT_HOP is missing"),
  withdraw("origin-malformed", "RFC 7606 §7.1", "ORIGIN is none of 0, 1 and 2 in one octet"),
  withdraw("as-path-malformed", "RFC 7606 §7.2", "a segment of AS_PATH is cut, empty or unknown"),
  withdraw("as-path-zero", "RFC 7607 §2", "AS_PATH holds AS 0"),
  withdraw(
    "as-path-confederation",
    "RFC 5065 §5",
    "AS_PATH holds the segment of a confederation that we are not in",
  ),
  withdraw("next-hop-length", "RFC 7606 §7.3", "NEXT_HOP has not four octets"),
  withdraw(
    "next-hop-invalid",
    "RFC 4271 §6.3, RFC 7606 §7.3",
    "the next hop is no address of a host",
  ),
  withdraw("next-hop-self", "RFC 4271 §6.3", "the next hop is an address of ours"),
  withdraw("med-length", "RFC 7606 §7.4", "MULTI_EXIT_DISC has not four octets"),
  withdraw("local-pref-length", "RFC 7606 §7.5", "LOCAL_PREF has not four octets"),
  withdraw("communities-length", "RFC 7606 §7.8", "COMMUNITIES is empty or no multiple of four"),
  withdraw("originator-id-length", "RFC 7606 §7.9", "ORIGINATOR_ID has not four octets"),
  withdraw("cluster-list-length", "RFC 7606 §7.10", "CLUSTER_LIST is empty or no multiple of four"),
  withdraw(
    "extended-communities-length",
    "RFC 7606 §7.14",
    "EXTENDED COMMUNITIES is empty or no multiple of eight",
  ),
  withdraw(
    "large-communities-length",
    "RFC 8092 §6",
    "LARGE_COMMUNITY is empty or no multiple of twelve",
  ),
  withdraw("otc-length", "RFC 9234 §5", "Only to Customer has not four octets"),
  discard("attribute-twice", "RFC 7606 §3(g)", "an attribute stands there again"),
  discard("atomic-aggregate-length", "RFC 7606 §7.6", "ATOMIC_AGGREGATE has a value"),
  discard(
    "aggregator-length",
    "RFC 7606 §7.7",
    "AGGREGATOR has another length than its AS numbers",
  ),
  discard("aggregator-zero", "RFC 7607 §2", "AGGREGATOR names AS 0"),
  discard("local-pref-external", "RFC 7606 §7.5", "LOCAL_PREF came from an external peer"),
  discard("originator-id-external", "RFC 7606 §7.9", "ORIGINATOR_ID came from an external peer"),
  discard("cluster-list-external", "RFC 7606 §7.10", "CLUSTER_LIST came from an external peer"),
  discard("as4-needless", "RFC 6793 §4.1", "AS4_PATH or AS4_AGGREGATOR came from a NEW speaker"),
  discard("as4-path-malformed", "RFC 6793 §6, RFC 7607 §2", "AS4_PATH is malformed or holds AS 0"),
  discard(
    "as4-path-confederation",
    "RFC 6793 §6",
    "AS4_PATH holds the segment of a confederation, which is left out",
  ),
  discard(
    "as4-aggregator-malformed",
    "RFC 6793 §6, RFC 7607 §2",
    "AS4_AGGREGATOR has not eight octets or names AS 0",
  ),
  discard(
    "family-not-negotiated",
    "RFC 4760 §7, RFC 5492 §3",
    "routes of a family that was not agreed on",
  ),
  discard(
    "multicast-prefix",
    "RFC 4271 §6.3",
    "a prefix among unicast routes is of multicast space",
  ),
] as const;

/** Their names. */
export type UpdateFindingName = (typeof FINDINGS)[number]["name"];

/**
 * One BGP path as anybody shows it: a router's table, an archive of route collectors, our own RIB.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { AsPath } from "./as_path.ts";

/** Origin validation state (RFC 6811 §2); `unverified`: the router did not look. */
export type OriginValidation = "valid" | "invalid" | "not_found" | "unverified";

/** What a router says of a path beside its attributes. */
export type PathFlag =
  /** Usable for forwarding as far as the router says. */
  | "valid"
  | "best"
  | "multipath"
  | "external"
  | "internal"
  | "confed_external"
  | "local"
  | "aggregated"
  | "sourced"
  | "stale"
  | "history"
  | "dampened"
  | "suppressed"
  /** The next hop cannot be reached. */
  | "inaccessible"
  /** Kept as received, refused by the import policy. */
  | "filtered"
  | "received_only"
  | "from_rr_client"
  | "atomic_aggregate"
  | "backup"
  | "removed";

/** Who announced a path to the router; each part null where the router does not say. */
export interface PathPeer {
  /** Canonical address of the neighbour, or null. */
  readonly address: string | null;
  /** The neighbour's AS: told, or the first AS of the path of an external one. */
  readonly asn: number | null;
  /** BGP identifier, dotted. */
  readonly routerId: string | null;
  /** A name that the router shows (remote words). */
  readonly name: string | null;
}

/** One path to one prefix. What the router does not show is null, an empty list, or absent from `flags`. */
export interface RoutePath {
  readonly prefix: Prefix;
  readonly asPath: AsPath;
  readonly origin: "igp" | "egp" | "incomplete" | null;
  /** Canonical address. */
  readonly nextHop: string | null;
  /** IGP metric to the next hop. */
  readonly nextHopMetric: number | null;
  readonly peer: PathPeer;
  readonly med: number | null;
  readonly localPref: number | null;
  /** Cisco's and FRR's administrative weight; Junos' and BIRD's preference is `preference`. */
  readonly weight: number | null;
  readonly preference: number | null;
  /** Canonical texts, in the router's order: `64500:1` (RFC 1997), never a well-known name. */
  readonly communities: readonly string[];
  /** `rt:64500:1`, `ro:…`, `ovs:valid`, or `0x` and 16 hex digits (RFC 4360). */
  readonly extendedCommunities: readonly string[];
  /** `64500:1:2` (RFC 8092). */
  readonly largeCommunities: readonly string[];
  readonly aggregator: { readonly asn: number; readonly address: string } | null;
  /** Dotted (RFC 4456). */
  readonly originatorId: string | null;
  readonly clusterList: readonly string[];
  /** Only-To-Customer (RFC 9234 §5), or null. */
  readonly otc: number | null;
  readonly rpki: OriginValidation | null;
  readonly flags: readonly PathFlag[];
  /** Why it is best, in the router's words, or null. */
  readonly bestReason: string | null;
  /** Why it is not best, in the router's words (at most 200 characters), or null. */
  readonly notBestReason: string | null;
  /** Seconds since it last changed, or null. */
  readonly ageSec: number | null;
  /**
   * When it last changed, ISO 8601, or null. With `Z` it is UTC; without an offset it is the router's
   * own time, of which it does not name the zone (BIRD: `2026-11-21T10:20:07`, a date alone, or the
   * time of day `T10:20:07` of the last day).
   */
  readonly lastChange: string | null;
  /** ADD-PATH identifier received (RFC 7911), or null. */
  readonly pathId: number | null;
  /** MPLS label, or null. */
  readonly label: number | null;
  /** Attributes that the router shows and we do not know, as `type 32: 0x…` (remote words). */
  readonly unknownAttributes: readonly string[];
}

/**
 * What a router answered, as structure.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { PathFlag, RoutePath } from "../route/route.ts";

/** All paths to one prefix. */
export interface RouteAnswer {
  readonly kind: "route";
  /** The prefix that the router matched, or null if it has none. */
  readonly prefix: Prefix | null;
  /**
   * `exact`: the prefix that was asked for; `longest`: the longest match of an address; `covering`:
   * a shorter one than was asked for; `default`: only the default route; `none`: nothing.
   */
  readonly match: "exact" | "longest" | "covering" | "default" | "none";
  readonly paths: readonly RoutePath[];
  /** How many paths the router says there are, or null where it does not count. */
  readonly announcedPaths: number | null;
  /** Neighbours to which the router announces it, as shown; null where it does not say. */
  readonly advertisedTo: readonly string[] | null;
}

/** Rows of a table: many prefixes, one path a row, only the attributes that the table shows. */
export interface TableAnswer {
  readonly kind: "table";
  readonly paths: readonly RoutePath[];
  /** Counts as the router prints them below the table, or null. */
  readonly announcedPrefixes: number | null;
  readonly announcedPaths: number | null;
  readonly routerId: string | null;
  readonly localAs: number | null;
}

/** One neighbour of a summary. */
export interface NeighborRow {
  readonly address: string;
  /** Name that the router shows for it, or null (remote words). */
  readonly name: string | null;
  readonly asn: number | null;
  readonly localAs: number | null;
  readonly family: 4 | 6;
  /** `Established`, `Idle`, `Connect`, `Active`, `OpenSent`, `OpenConfirm` (RFC 4271 §8.2.2), or null. */
  readonly state: string | null;
  /** What the router adds to the state: `Admin`, `PfxCt`, `Policy` … or null. */
  readonly stateDetail: string | null;
  /** Seconds in the state; null for `never`. */
  readonly uptimeSec: number | null;
  readonly prefixesReceived: number | null;
  readonly prefixesSent: number | null;
  readonly messagesReceived: number | null;
  readonly messagesSent: number | null;
  readonly description: string | null;
}

/** Neighbours of a router, one row a neighbour and family. */
export interface SummaryAnswer {
  readonly kind: "summary";
  /** Dotted BGP identifier. */
  readonly routerId: string | null;
  readonly localAs: number | null;
  /** Prefixes in the table and paths to them, as the router says. */
  readonly ribEntries: number | null;
  readonly neighbors: readonly NeighborRow[];
  /** How many the router says there are, or null. */
  readonly announcedNeighbors: number | null;
}

/** A ping from the router. */
export interface RouterPing {
  readonly kind: "ping";
  readonly sent: number | null;
  readonly received: number | null;
  readonly minMs: number | null;
  readonly avgMs: number | null;
  readonly maxMs: number | null;
}

/** One answer of one hop. */
export interface RouterProbe {
  /** Canonical address, or null for `*`. */
  readonly address: string | null;
  readonly name: string | null;
  readonly asn: number | null;
  readonly rttMs: number | null;
  /** `!H`, `!N`, `!X` … or null. */
  readonly mark: string | null;
  /** `MPLS: Label 24016 Exp 0`, as shown, or null. */
  readonly mpls: string | null;
}

/** A trace from the router. */
export interface RouterTrace {
  readonly kind: "traceroute";
  readonly hops: readonly { readonly hop: number; readonly probes: readonly RouterProbe[] }[];
  /** True if the target itself answered. */
  readonly reached: boolean;
}

/** The router refused or did not understand. */
export interface RouterRefusal {
  readonly kind: "refused";
  readonly why:
    | "unknown_command"
    | "bad_argument"
    | "not_permitted"
    | "not_available"
    | "wrong_family"
    | "busy";
  /** The router's line (remote words, at most 200 characters). */
  readonly said: string;
}

/** What parsing made of an output. */
export type RouterAnswer =
  | RouteAnswer
  | TableAnswer
  | SummaryAnswer
  | RouterPing
  | RouterTrace
  | RouterRefusal;

/** An answer and how far it can be trusted. */
export interface Parsed {
  readonly answer: RouterAnswer;
  /**
   * False if the text contradicts itself or ends early: fewer paths than the router counts, a row
   * that cannot be read, no closing line where the dialect prints one.
   */
  readonly complete: boolean;
  /** What was left out, each in one short line with the offending text (remote words); empty if nothing. */
  readonly problems: readonly string[];
}

/** Nothing is known of a path but what its maker fills in. */
export const NO_PATH: Omit<RoutePath, "prefix"> = {
  asPath: [],
  origin: null,
  nextHop: null,
  nextHopMetric: null,
  peer: { address: null, asn: null, routerId: null, name: null },
  med: null,
  localPref: null,
  weight: null,
  preference: null,
  communities: [],
  extendedCommunities: [],
  largeCommunities: [],
  aggregator: null,
  originatorId: null,
  clusterList: [],
  otc: null,
  rpki: null,
  flags: [] as readonly PathFlag[],
  bestReason: null,
  notBestReason: null,
  ageSec: null,
  lastChange: null,
  pathId: null,
  label: null,
  unknownAttributes: [],
};

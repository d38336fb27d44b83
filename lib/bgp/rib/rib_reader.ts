/**
 * The tables as a reader sees them, on either thread: ids are small numbers, prefixes and attributes
 * become objects only for what is asked.
 *
 * @module
 */
import type { IpAddress } from "../../ip/address.ts";
import type { Prefix } from "../../ip/prefix.ts";
import type { AsPath } from "../../route/as_path.ts";
import type { FamilyIndex } from "../family.ts";
import type { PathMoves } from "./path_moves.ts";

/** Attributes of a path as objects. */
export interface PathAttributes {
  readonly asPath: AsPath;
  readonly origin: "igp" | "egp" | "incomplete" | null;
  /** Canonical address; the global one where a link-local one came with it. */
  readonly nextHop: string;
  readonly nextHopLinkLocal: string | null;
  readonly med: number | null;
  readonly localPref: number | null;
  readonly otc: number | null;
  readonly atomicAggregate: boolean;
  readonly aggregator: { readonly asn: number; readonly address: string } | null;
  /** Dotted. */
  readonly originatorId: string | null;
  readonly clusterList: readonly string[];
  /** Canonical texts: `64500:1`. */
  readonly communities: readonly string[];
  readonly extendedCommunities: readonly string[];
  readonly largeCommunities: readonly string[];
  /** Types of those that came with the Partial bit, as far as they are read (RFC 4271 §5). */
  readonly partial: readonly number[];
  /** Attributes not understood: type, flags and value. */
  readonly unknown: readonly {
    readonly type: number;
    readonly flags: number;
    readonly value: Uint8Array;
  }[];
}

/** Why a path may not become best, in the order in which it is asked; `none`: it may. */
export type Ineligible =
  | "none"
  | "as-loop"
  | "originator-loop"
  | "cluster-loop"
  | "next-hop-unusable"
  | "rpki-invalid"
  | "otc-leak"
  | "import-rejected";

/** Why a path is not best, in the order of the decision (RFC 4271 §9.1.2.2, RFC 4456 §9). */
export type LostBy =
  | "local-pref-lower"
  | "as-path-longer"
  | "origin-higher"
  | "med-higher"
  | "ebgp-preferred"
  | "router-id-higher"
  | "cluster-list-longer"
  | "peer-address-higher"
  | "path-id-higher";

/** One path in Adj-RIB-In. */
export interface PathRef {
  /** Index of the peer in the speaker's list. */
  readonly peer: number;
  /** ADD-PATH identifier, or 0. */
  readonly pathId: number;
  /** Id of the attribute set. */
  readonly attributes: number;
  /** When it was received or last changed, milliseconds since the epoch (to the second). */
  readonly receivedMs: number;
  readonly isBest: boolean;
  /** Kept from before a restart of the peer (RFC 4724 §4.2). */
  readonly isStale: boolean;
  readonly ineligible: Ineligible;
  /** LOCAL_PREF in force: an import override, the received one of an iBGP peer, or the default. */
  readonly localPref: number;
  readonly rpki: "valid" | "invalid" | "not_found" | "unverified";
}

/** Numbers of the tables, kept as they change. */
export interface RibCounts {
  /** Prefixes with at least one path, by family. */
  readonly prefixes: readonly [number, number];
  /** Paths in all Adj-RIBs-In, by family. */
  readonly paths: readonly [number, number];
  readonly attributeSets: number;
  readonly asPaths: number;
  readonly communitySets: number;
  /** Announcements that found no room, since the start. */
  readonly refused: number;
}

/** What the tables take. */
export interface RibUsage {
  /** Octets by part; `reserved` is address space, of which untouched pages cost no memory. */
  readonly parts: readonly {
    /** In words: `IPv4 prefixes`, `AS paths`. */
    readonly name: string;
    readonly usedBytes: number;
    readonly reservedBytes: number;
  }[];
  /** Prefixes by family and length: 33 and 129 numbers. */
  readonly lengths: readonly [readonly number[], readonly number[]];
}

/** Reading. A prefix id is valid while nothing is written: use it within one `read`. */
export interface RibReader {
  /** Grows with every change. */
  readonly version: number;
  counts(): RibCounts;
  usage(): RibUsage;
  /** Paths of one peer, by family. */
  peerPaths(peer: number): readonly [number, number];
  /**
   * Runs `act` while nothing is written. Keep it short: the writer waits. For a scan, read in slices
   * and go on from the last prefix.
   */
  read<T>(act: () => T): T;
  /** Id of this very prefix, or -1. */
  find(prefix: Prefix): number;
  /** Id of the longest prefix that holds the address, or -1; only with a best path unless `anyPath`. */
  longest(address: IpAddress, anyPath?: boolean): number;
  /** Ids of the prefixes that hold `prefix`, longest first, itself included. */
  covering(prefix: Prefix): readonly number[];
  /**
   * Visits prefixes by address, then length: all, or those inside `within`, from `from` on (itself
   * included). `visit` returns false to stop.
   */
  walk(
    family: FamilyIndex,
    range: { readonly within: Prefix | null; readonly from: Prefix | null },
    visit: (id: number) => boolean | void,
  ): void;
  prefixOf(id: number): Prefix;
  /** The best path, or null where no path is eligible. */
  best(id: number): PathRef | null;
  /** All paths, best first, the others in the order of the decision. */
  paths(id: number): readonly PathRef[];
  /** Why `loser` lost to the best path `winner`; null if it would not have. */
  lostBy(winner: PathRef, loser: PathRef): LostBy | null;
  attributes(id: number): PathAttributes;
  /** Columns for scans over attribute sets and over the paths of a peer. */
  readonly scan: RibScan;
}

/** What attribute sets share, each kind with ids of its own. */
export type SetPart = "path" | "communities" | "rest";

/** What was found out about the parts of one kind. */
export interface PartVerdicts {
  readonly part: SetPart;
  /** By id, 0: nothing yet. {@link PartVerdicts.judge} may exchange it for a longer one. */
  readonly values: Uint8Array | Int32Array;
  /** The bit of a value that says that the part is wanted. */
  readonly wanted: number;
  /** Finds out about a part, and keeps the value. */
  judge(id: number): number;
}

/** Marks of attribute sets. */
export const SetMark = { unknown: 0, wanted: 1, unwanted: 2 } as const;

/** What was found out about attribute sets. */
export interface SetVerdicts {
  /** By id, one of {@link SetMark}. */
  readonly marks: Uint8Array;
  /** Finds out about a set, and keeps its mark. */
  judge(set: number): number;
}

/** Raw columns, and loops over them. Ids run below the bounds. */
export interface RibScan {
  /** One past the largest id of attribute sets. */
  attributeBound(): number;
  partOf(set: number, part: SetPart): number;
  /** True if a part of kind `communities` holds this standard community, an unsigned number. */
  hasCommunity(communities: number, community: number): boolean;
  /** True if a part of kind `rest` holds this extended community of two words, or large one of three. */
  restHolds(rest: number, community: readonly number[]): boolean;
  extendedCommunities(set: number): Uint8Array;
  /** Takes the mark from the sets from `from` to below `end` that are not in use, or whose part is not wanted. */
  keepSets(marks: Uint8Array, verdicts: PartVerdicts, from: number, end: number): void;
  /**
   * AS paths as a trie: node n adds `pathAs(n)` to `pathParent(n)`, parents have smaller ids than
   * their children while both live; of freed nodes nothing may be read. The root (empty path) is 0. A
   * segment that is no AS_SEQUENCE is one node with `pathIsSet(n)`.
   */
  pathBound(): number;
  pathParent(node: number): number;
  pathAs(node: number): number;
  pathIsSet(node: number): boolean;
  /** Finds the states of the nodes from `from` to below `end` that are in use and whose parent's is known. */
  stepPaths(moves: PathMoves, states: Uint8Array | Int32Array, from: number, end: number): void;
  /** The state behind one node. */
  stepPath(moves: PathMoves, state: number, node: number): number;
  /** One past the largest prefix id that there can be. */
  prefixEnd(): number;
  /** How many paths of each prefix are meant. */
  countPaths(ids: readonly number[], sets: SetVerdicts, options: PathOptions): number[];
  /**
   * Adds to `found` the paths whose attribute set is marked as wanted in `marks` (sets behind its end
   * are not), by prefix ids from `fromId` on, for at most `limit` of them; returns the id to go on
   * from, or -1 at the end.
   */
  scanPaths(marks: Uint8Array, options: ScanOptions, found: ScanFindings): number;
  /** Counts in `uses` by attribute set the best paths; prefix ids as in {@link RibScan.scanPaths}. */
  countBest(uses: Uint32Array, fromId: number, limit: number): number;
}

/** Which paths are meant; null: all. */
export interface PathOptions {
  readonly peer: number | null;
  readonly rpki: PathRef["rpki"] | null;
  readonly bestOnly: boolean;
}

/** Which part of the tables is scanned; null: both families. */
export interface ScanOptions extends PathOptions {
  readonly family: FamilyIndex | null;
  readonly fromId: number;
  readonly limit: number;
}

/** What scans found so far. */
export interface ScanFindings {
  prefixCount: number;
  pathCount: number;
  /** A bit for each prefix id, set where the prefix has a path that was found. */
  readonly met: Uint32Array;
}

/**
 * The tables as the speaker writes them: in the thread that holds the sessions.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import type { CodecTraits } from "../codec/traits.ts";
import type { UpdateParts } from "../codec/update_parts.ts";
import type { FamilyIndex } from "../family.ts";
import type { OriginJudge } from "./origin_table.ts";

/** What the tables must know of a peer while it is Established. */
export interface RibPeer {
  readonly index: number;
  readonly traits: CodecTraits;
  /** BGP identifier as an unsigned number: the tie-break of the decision. */
  readonly routerId: number;
  /** Canonical address. */
  readonly address: string;
  readonly localRouterId: number;
  /** RFC 9234; null: no role was agreed on. */
  readonly localRole: "provider" | "rs" | "rs-client" | "customer" | "peer" | null;
  /** Refuse all it announces: an eBGP peer without import policy (RFC 8212). They stay visible. */
  readonly rejectAll: boolean;
}

/** What an UPDATE did. */
export interface IngestCounts {
  announced: number;
  withdrawn: number;
  /** Prefixes whose best path is another one now. */
  bestChanged: number;
}

/** Writing. */
export interface RibWriter {
  /**
   * A session came up. What an earlier one left stays as it is: mark it stale when that one ends, or
   * sweep it.
   */
  peerUp(peer: RibPeer): void;
  /**
   * Takes one UPDATE in. `parts.outcome` is `Ok` or `TreatAsWithdraw`; the octets may be reused after
   * the call. Returns what it did, in an object that is reused.
   */
  ingest(peer: number, parts: UpdateParts): IngestCounts;
  /** Paths of a peer, of both families, without those that are stale: what its limit is about. */
  freshPaths(peer: number): number;
  /** Marks all paths of a peer and family as stale (graceful restart, enhanced refresh). */
  markStale(peer: number, family: FamilyIndex): void;
  /**
   * Removes up to `limit` stale (or all) paths of a peer; false when none is left: call again. What
   * only they had stays until it is collected.
   */
  sweep(peer: number, family: FamilyIndex, what: "stale" | "all", limit: number): boolean;
  /** Looks at up to `limit` attribute sets for those that swept paths left; false when none is left. */
  collect(limit: number): boolean;
  /** Sets or lifts (null) the LOCAL_PREF of a prefix, from one peer or all (null), and decides again. */
  overrideLocalPref(prefix: Prefix, peer: number | null, localPref: number | null): void;
  /** Origins are judged by this from now on (null: by nobody); `revalidate` judges what is there. */
  useOrigins(judge: OriginJudge | null): void;
  /** Judges origins anew (after another set of payloads came), in slices; false when done. */
  revalidate(limit: number): boolean;
}

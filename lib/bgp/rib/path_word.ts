/**
 * A path in Adj-RIB-In as one word: the attribute set and what was found out about the path.
 *
 * @module
 */
import type { Ineligible, PathRef } from "./rib_reader.ts";

/** Bits of the id of the set; 0 as a whole word: there is no path. */
export const ID_MASK = 0x01ff_ffff;
/** The id is the place of the first of several paths (RFC 7911), or of one that has a path id. */
export const CHAINED = 1 << 25;
/** Kept from before a restart of the peer (RFC 4724 §4.2). */
export const STALE = 1 << 26;
const RPKI_SHIFT = 27;
const REASON_SHIFT = 29;

/** States of origin validation by their number; 0: nobody judged. */
export const RPKI_STATES: readonly PathRef["rpki"][] = [
  "unverified",
  "not_found",
  "valid",
  "invalid",
];
export const RPKI_INVALID = 3;

/** Reasons by their number; 0: none. That of RPKI follows from the state and is not stored. */
export const REASONS: readonly Ineligible[] = [
  "none",
  "as-loop",
  "originator-loop",
  "cluster-loop",
  "next-hop-unusable",
  "rpki-invalid",
  "otc-leak",
  "import-rejected",
];
/** Numbers of the reasons. */
export const Reason = {
  none: 0,
  asLoop: 1,
  originatorLoop: 2,
  clusterLoop: 3,
  nextHopUnusable: 4,
  rpkiInvalid: 5,
  otcLeak: 6,
  importRejected: 7,
} as const;

/** The word of a path. */
export function pathWord(set: number, rpki: number, reason: number): number {
  return (set | rpki << RPKI_SHIFT | reason << REASON_SHIFT) >>> 0;
}

export function rpkiOf(word: number): number {
  return word >>> RPKI_SHIFT & 3;
}

/** The word with another state of origin validation. */
export function withRpki(word: number, rpki: number): number {
  return (word & ~(3 << RPKI_SHIFT) | rpki << RPKI_SHIFT) >>> 0;
}

/** Number of the first reason that forbids the path; `rejectsInvalid` is the setting. */
export function reasonOf(word: number, rejectsInvalid: boolean): number {
  const reason = word >>> REASON_SHIFT;
  const isInvalid = rejectsInvalid && rpkiOf(word) === RPKI_INVALID;
  return isInvalid && (reason === Reason.none || reason > Reason.rpkiInvalid)
    ? Reason.rpkiInvalid
    : reason;
}

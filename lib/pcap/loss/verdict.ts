/**
 * Why octets came late or again, decided from what the packets show: TCP timestamps first, since a
 * sender stamps every transmission anew; then the IP identification, which most stacks count up per
 * packet; then time. What none of them proves is ambiguous.
 *
 * @module
 */
import type { Reveal } from "./hole_set.ts";
import type { LossKind } from "./loss_findings.ts";
import type { SegmentClues } from "./segment_memory.ts";

/** A sender cannot learn of a loss in less than a round trip; jitter may make it look shorter. */
const HARDLY_A_ROUND_TRIP = 0.25;
const ABOUT_A_ROUND_TRIP = 0.7;
/** Without a known round-trip time: copies come within 1 ms, timeouts take 100 ms (RFC 6298 has 1 s). */
const COPY_NS = 1e6;
const TIMEOUT_NS = 1e8;
/** No clock of timestamps in use ticks slower than 10 ms; equal stamps were sent within two ticks. */
const TWO_TICKS_NS = 2e7;
/** Identifications farther apart than this are in no order. */
const ID_REACH = 1 << 10;
/** Packets that a copy of one of them may come after. */
const COPY_REACH = 64;
/** Duplicate acknowledgments that make a sender send again (RFC 5681 §3.2). */
const FAST_RETRANSMIT_ACKS = 3;

/** Sequence numbers, TSvals: how far `a` is after `b` (RFC 7323 §5.2). */
function after(a: number, b: number): number {
  return (a - b) | 0;
}

/** How far identification `a` is after `b`, on a circle of 65,536. */
export function idAfter(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/**
 * A segment filled a hole. `rttNs` is the round-trip time of the path, NaN if unknown.
 * The late original has an older TSval than the segment that revealed the hole, a retransmission a
 * newer one. `duplicateAcks` were seen since the receiver last acknowledged something new.
 */
export function judgeFill(
  segment: SegmentClues,
  reveal: Readonly<Reveal>,
  duplicateAcks: number,
  rttNs: number,
): LossKind {
  const hasTimestamps = segment.hasTimestamps && reveal.hasTimestamps;
  if (hasTimestamps) {
    const newer = after(segment.tsVal, reveal.tsVal);
    if (newer !== 0) return newer > 0 ? "retransmission" : "reordered";
  }
  const gapNs = segment.timeNs - reveal.timeNs;
  if (Number.isNaN(gapNs)) return "ambiguous";
  if (gapNs < rttNs * HARDLY_A_ROUND_TRIP) return "reordered";
  if (segment.ipId !== 0 && reveal.idBefore >= 0 && reveal.idBeyond >= 0) {
    const behind = idAfter(reveal.idBeyond, segment.ipId);
    const between = idAfter(reveal.idBeyond, reveal.idBefore);
    if (behind > 0 && behind < between) return "reordered";
    if (behind < 0 && behind > -ID_REACH) return "retransmission";
  }
  if (hasTimestamps) return rttNs > TWO_TICKS_NS ? "reordered" : "ambiguous";
  const wasAskedFor = duplicateAcks >= FAST_RETRANSMIT_ACKS &&
    gapNs >= rttNs * ABOUT_A_ROUND_TRIP;
  const hasTimedOut = gapNs >= Math.max(2 * TIMEOUT_NS, Number.isNaN(rttNs) ? 0 : rttNs);
  return wasAskedFor || hasTimedOut ? "retransmission" : "ambiguous";
}

/**
 * A segment carried nothing but octets that were captured before, in `original` just so.
 * `reordered` is the late original of a retransmission that came first.
 */
export function judgeCopy(
  segment: SegmentClues,
  original: Readonly<SegmentClues>,
  areIdsOrdered: boolean,
  rttNs: number,
): LossKind {
  if (segment.hasTimestamps) {
    const newer = after(segment.tsVal, original.tsVal);
    if (newer !== 0) return newer > 0 ? "retransmission" : "reordered";
  }
  const gapNs = segment.timeNs - original.timeNs;
  if (segment.ipId !== 0 && original.ipId !== 0) {
    if (segment.ipId === original.ipId) {
      return segment.hasTimestamps || gapNs < TIMEOUT_NS ? "network_duplicate" : "ambiguous";
    }
    const behind = idAfter(original.ipId, segment.ipId);
    return areIdsOrdered && behind > 0 && behind < ID_REACH ? "reordered" : "retransmission";
  }
  if (segment.checksum !== original.checksum) return "retransmission";
  if (gapNs < (Number.isNaN(rttNs) ? COPY_NS : rttNs * HARDLY_A_ROUND_TRIP)) {
    return "network_duplicate";
  }
  return gapNs >= (Number.isNaN(rttNs) ? TIMEOUT_NS : rttNs * ABOUT_A_ROUND_TRIP)
    ? "retransmission"
    : "ambiguous";
}

/**
 * A segment carried nothing but octets that were captured before, in other segments or long ago.
 * `newest` has the newest TSval and identification of the direction.
 */
export function judgeRepeat(
  segment: SegmentClues,
  newest: { readonly tsVal: number; readonly ipId: number; readonly areIdsOrdered: boolean },
): LossKind {
  const newer = segment.hasTimestamps ? after(segment.tsVal, newest.tsVal) : 0;
  if (newer > 0) return "retransmission";
  const hasIds = newest.areIdsOrdered && segment.ipId !== 0 && newest.ipId !== 0;
  const behind = idAfter(newest.ipId, segment.ipId);
  const isOlderId = hasIds && behind >= 0 && behind < COPY_REACH;
  if (newer < 0) return isOlderId ? "network_duplicate" : "ambiguous";
  return isOlderId ? "network_duplicate" : "retransmission";
}

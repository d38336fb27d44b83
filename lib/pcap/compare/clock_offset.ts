/**
 * How far two clocks are apart, from packets that both saw. As in NTP, the fastest packets of both
 * ways are taken to need the same time; if the path is not symmetric, half of the difference goes
 * into the offset.
 *
 * @module
 */
import { differenceNs, placeOf } from "./path_comparison.ts";
import type { SeenPackets } from "./seen_packets.ts";

/** The clock of the second capture against that of the first. */
export interface ClockOffset {
  /** How far the second clock is ahead at {@link ClockOffset.atNs}. */
  readonly offsetNs: number;
  readonly atNs: number;
  /** Nanoseconds that the second clock gains per nanosecond; 0 where the capture is too short to tell. */
  readonly drift: number;
  /** Least delay of one way. */
  readonly minDelayNs: number;
  /** False if packets of one way only were seen: then the least delay is taken for zero. */
  readonly isTwoWay: boolean;
}

/** Least difference on the way there, greatest on the way back. */
interface Bounds {
  there: number;
  back: number;
}

/** A drift is looked for in captures of at least this length. */
const DRIFT_SPAN_NS = 10e9;

/** The offset; null if no packet was seen twice. */
export function estimateOffset(
  first: SeenPackets,
  second: SeenPackets,
  partner: Int32Array,
  isForward: Int8Array,
  baseNs: number,
): ClockOffset | null {
  let from = Infinity;
  let to = -Infinity;
  for (let at = 0; at < first.size; at++) {
    if ((partner[at] ?? -1) < 0) continue;
    from = Math.min(from, first.timeNs[at] ?? 0);
    to = Math.max(to, first.timeNs[at] ?? 0);
  }
  if (from === Infinity) return null;
  const middle = (from + to) / 2;
  const early: Bounds = { there: Infinity, back: -Infinity };
  const late: Bounds = { there: Infinity, back: -Infinity };
  for (let at = 0; at < first.size; at++) {
    const other = partner[at] ?? -1;
    const way = isForward[placeOf(first, at)] ?? -1;
    if (other < 0 || way < 0) continue;
    const bounds = (first.timeNs[at] ?? 0) < middle ? early : late;
    const difference = differenceNs(first, at, second, other, baseNs);
    if (way === 1) bounds.there = Math.min(bounds.there, difference);
    else bounds.back = Math.max(bounds.back, difference);
  }
  const all: Bounds = {
    there: Math.min(early.there, late.there),
    back: Math.max(early.back, late.back),
  };
  if (all.there === Infinity && all.back === -Infinity) return null;
  const hasDrift = to - from >= DRIFT_SPAN_NS && isWhole(early) && isWhole(late);
  const drift = hasDrift ? (centre(late) - centre(early)) / ((to - from) / 2) : 0;
  return {
    offsetNs: centre(all),
    atNs: middle,
    drift,
    minDelayNs: isWhole(all) ? Math.max(0, (all.there - all.back) / 2) : 0,
    isTwoWay: isWhole(all),
  };
}

function isWhole({ there, back }: Bounds): boolean {
  return there !== Infinity && back !== -Infinity;
}

function centre(bounds: Bounds): number {
  if (isWhole(bounds)) return (bounds.there + bounds.back) / 2;
  return bounds.there === Infinity ? bounds.back : bounds.there;
}

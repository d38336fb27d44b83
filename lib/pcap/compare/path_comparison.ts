/**
 * Two captures of one path: which packets were seen at both points, which were lost between them,
 * how long they took, and which overtook others. Clocks need not agree.
 *
 * @module
 */
import { type ClockOffset, estimateOffset } from "./clock_offset.ts";
import type { SeenPackets } from "./seen_packets.ts";

/** Frames of lost packets that are told. */
const FRAMES_KEPT = 20;

/** Delays of one direction, nanoseconds. */
export interface Delays {
  readonly minNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** One direction between the two points. */
export interface DirectionComparison {
  /** Packets seen at the point that they passed first. */
  readonly sent: number;
  /** Of those, packets that were seen at the other point too. */
  readonly arrived: number;
  /** Packets that were not seen at the other point. */
  readonly lost: number;
  /** Frame numbers of the first lost packets, in the capture of the first point. */
  readonly lostFrames: readonly number[];
  /** Packets that arrived after a later one of their flow. */
  readonly reordered: number;
  /** Packets seen at the far point only: not captured at the near one, or sent in between. */
  readonly unseenAtFirst: number;
  /** With the clocks set against each other; null without a packet at both points. */
  readonly delay: Delays | null;
}

/** Loss of one flow. */
export interface FlowLoss {
  /** Flow in the first capture. */
  readonly flow: number;
  readonly sent: number;
  readonly lost: number;
}

/** The comparison of two points of a path. */
export interface PathComparison {
  /** Packets of each capture that could be compared. */
  readonly compared: readonly [number, number];
  /** Packets seen at both points. */
  readonly matched: number;
  /** Flows of the first capture that were seen at both points. */
  readonly flows: number;
  /** How far the clock of the second capture is ahead, nanoseconds; null without a match. */
  readonly clock: ClockOffset | null;
  /** From the first point to the second, and back. */
  readonly forward: DirectionComparison;
  readonly backward: DirectionComparison;
  /** Flows of the first capture with most loss on the way from first to second. */
  readonly worstFlows: readonly FlowLoss[];
  /** Packets that there was no room for. */
  readonly notKept: number;
}

/** Compares; `baseNs` is how much later the base of the second capture's times is than the first's. */
export function comparePath(
  first: SeenPackets,
  second: SeenPackets,
  baseNs: number,
): PathComparison {
  const partner = match(first, second);
  const ways = waysOf(first, second, partner, baseNs);
  const clock = estimateOffset(first, second, partner, ways.isForward, baseNs);
  const paths = new Tallies(first, second, partner, ways, clock, baseNs);
  return {
    compared: [first.size, second.size],
    matched: ways.matched,
    flows: ways.flows,
    clock,
    forward: paths.forward,
    backward: paths.backward,
    worstFlows: paths.worstFlows,
    notKept: first.notKept + second.notKept,
  };
}

/** For each packet of the first capture the one of the second, -1 if there is none. */
function match(first: SeenPackets, second: SeenPackets): Int32Array {
  const partner = new Int32Array(first.size).fill(-1);
  second.index();
  for (let at = 0; at < first.size; at++) partner[at] = second.take(first, at);
  return partner;
}

/** Which way packets of each flow and side went. */
interface Ways {
  readonly matched: number;
  readonly flows: number;
  /** By flow of the first capture and side: 1 first to second, 0 back, -1 unknown. */
  readonly isForward: Int8Array;
  /** By flow of the second capture and side: place in `isForward`, -1 if the flow has no partner. */
  readonly placeOfSecond: Int32Array;
}

function waysOf(
  first: SeenPackets,
  second: SeenPackets,
  partner: Int32Array,
  baseNs: number,
): Ways {
  const places = 2 * (highest(first.flow, first.size) + 1);
  const sums = new Float64Array(places);
  const counts = new Float64Array(places);
  const hops = new Float64Array(places);
  const placeOfSecond = new Int32Array(2 * (highest(second.flow, second.size) + 1)).fill(-1);
  let matched = 0;
  for (let at = 0; at < first.size; at++) {
    const other = partner[at] ?? -1;
    if (other < 0) continue;
    matched++;
    const place = placeOf(first, at);
    sums[place] = (sums[place] ?? 0) + differenceNs(first, at, second, other, baseNs);
    counts[place] = (counts[place] ?? 0) + 1;
    hops[place] = (hops[place] ?? 0) + (first.ttl[at] ?? 0) - (second.ttl[other] ?? 0);
    const theirs = placeOf(second, other);
    placeOfSecond[theirs] = place;
    if (placeOfSecond[theirs ^ 1] === -1) placeOfSecond[theirs ^ 1] = place ^ 1;
  }
  const isForward = new Int8Array(places).fill(-1);
  let flows = 0;
  for (let place = 0; place < places; place += 2) {
    const a = counts[place] ?? 0;
    const b = counts[place + 1] ?? 0;
    if (a + b === 0) continue;
    flows++;
    const side = forwardSide(place, sums, counts, hops);
    if (side < 0) continue;
    isForward[place + side] = 1;
    isForward[place + 1 - side] = 0;
  }
  return { matched, flows, isForward, placeOfSecond };
}

/**
 * The side of a flow whose packets pass the first point first: routers between the points take one
 * off the hop limit each; without routers, packets on that way seem to take longer, whatever the
 * clocks say, than those on the way back. -1 if neither tells.
 */
function forwardSide(
  place: number,
  sums: Float64Array,
  counts: Float64Array,
  hops: Float64Array,
): number {
  const hopsA = hops[place] ?? 0;
  const hopsB = hops[place + 1] ?? 0;
  if (hopsA > 0 || hopsB < 0) return 0;
  if (hopsB > 0 || hopsA < 0) return 1;
  if (counts[place] === 0 || counts[place + 1] === 0) return -1;
  const mean = (side: number): number => (sums[place + side] ?? 0) / (counts[place + side] ?? 1);
  return mean(0) >= mean(1) ? 0 : 1;
}

/** Place of a packet's flow and side. */
export function placeOf(seen: SeenPackets, at: number): number {
  return 2 * (seen.flow[at] ?? 0) + (seen.direction[at] ?? 0);
}

/** How much later the second capture says that it saw a packet, nanoseconds. */
export function differenceNs(
  first: SeenPackets,
  at: number,
  second: SeenPackets,
  other: number,
  baseNs: number,
): number {
  return (second.timeNs[other] ?? 0) + baseNs - (first.timeNs[at] ?? 0);
}

function highest(column: Int32Array, size: number): number {
  let highest = -1;
  for (let at = 0; at < size; at++) if ((column[at] ?? 0) > highest) highest = column[at] ?? 0;
  return highest;
}

/** Counts of both directions, within the time that both captures cover. */
class Tallies {
  readonly forward: DirectionComparison;
  readonly backward: DirectionComparison;
  readonly worstFlows: readonly FlowLoss[];

  constructor(
    first: SeenPackets,
    second: SeenPackets,
    partner: Int32Array,
    ways: Ways,
    clock: ClockOffset | null,
    baseNs: number,
  ) {
    const [from, to] = sharedTime(first, second, clock, baseNs);
    const forward = new Tally();
    const backward = new Tally();
    const perFlow = new Map<number, { sent: number; lost: number }>();
    const partnerOfSecond = new Int32Array(second.size).fill(-1);
    for (let at = 0; at < first.size; at++) {
      const other = partner[at] ?? -1;
      if (other >= 0) partnerOfSecond[other] = at;
      const way = ways.isForward[placeOf(first, at)] ?? -1;
      const timeNs = first.timeNs[at] ?? 0;
      if (way < 0 || timeNs < from || timeNs > to) continue;
      if (way === 0) {
        if (other < 0) backward.unseenAtFirst++;
        continue;
      }
      const flow = first.flow[at] ?? -1;
      const lost = other < 0;
      if (perFlow.size < FLOWS_COUNTED || perFlow.has(flow)) {
        const one = perFlow.get(flow) ?? { sent: 0, lost: 0 };
        perFlow.set(flow, { sent: one.sent + 1, lost: one.lost + (lost ? 1 : 0) });
      }
      if (lost) forward.addLost(first.frame[at] ?? 0);
      else {
        const delay = differenceNs(first, at, second, other, baseNs) - offsetAt(clock, timeNs);
        forward.addArrived(placeOf(first, at), second.timeNs[other] ?? 0, delay);
      }
    }
    for (let at = 0; at < second.size; at++) {
      const place = ways.placeOfSecond[placeOf(second, at)] ?? -1;
      const way = place < 0 ? -1 : ways.isForward[place] ?? -1;
      const timeNs = (second.timeNs[at] ?? 0) + baseNs;
      const offset = offsetAt(clock, timeNs);
      if (way < 0 || timeNs - offset < from || timeNs - offset > to) continue;
      const other = partnerOfSecond[at] ?? -1;
      if (way === 1) {
        if (other < 0) forward.unseenAtFirst++;
      } else if (other < 0) backward.addLost(second.frame[at] ?? 0);
      else {
        const delay = offset - differenceNs(first, other, second, at, baseNs);
        backward.addArrived(place, first.timeNs[other] ?? 0, delay);
      }
    }
    this.forward = forward.finish();
    this.backward = backward.finish();
    this.worstFlows = [...perFlow].map(([flow, counts]) => ({ flow, ...counts }))
      .filter(({ lost }) => lost > 0).sort((a, b) => b.lost - a.lost).slice(0, FLOWS_KEPT);
  }
}

/** Flows that are told. */
const FLOWS_KEPT = 50;
/** Flows whose loss is counted apart. */
const FLOWS_COUNTED = 100_000;
/** Packets at the rims of the shared time may still be on their way. */
const MARGIN_NS = 1_000_000;

/** From when to when both captures ran, in times of the first. */
function sharedTime(
  first: SeenPackets,
  second: SeenPackets,
  clock: ClockOffset | null,
  baseNs: number,
): [number, number] {
  const [firstFrom, firstTo] = span(first);
  const [secondFrom, secondTo] = span(second);
  const offset = clock?.offsetNs ?? 0;
  const delay = clock?.minDelayNs ?? 0;
  return [
    Math.max(firstFrom, secondFrom + baseNs - offset - delay),
    Math.min(firstTo, secondTo + baseNs - offset - delay) - MARGIN_NS,
  ];
}

function span({ timeNs, size }: SeenPackets): [number, number] {
  let from = Infinity;
  let to = -Infinity;
  for (let at = 0; at < size; at++) {
    from = Math.min(from, timeNs[at] ?? 0);
    to = Math.max(to, timeNs[at] ?? 0);
  }
  return [from, to];
}

function offsetAt(clock: ClockOffset | null, timeNs: number): number {
  return clock === null ? 0 : clock.offsetNs + clock.drift * (timeNs - clock.atNs);
}

/** One direction while it is counted. */
class Tally {
  unseenAtFirst = 0;
  #lost = 0;
  readonly #frames: number[] = [];
  #reordered = 0;
  /** Latest arrival by flow and side. */
  readonly #latest = new Map<number, number>();
  readonly #delays: number[] = [];

  addLost(frame: number): void {
    if (this.#lost++ < FRAMES_KEPT) this.#frames.push(frame);
  }

  addArrived(place: number, arrivedNs: number, delayNs: number): void {
    const latest = this.#latest.get(place) ?? -Infinity;
    if (arrivedNs < latest) this.#reordered++;
    else this.#latest.set(place, arrivedNs);
    this.#delays.push(delayNs);
  }

  finish(): DirectionComparison {
    const delays = Float64Array.from(this.#delays).sort();
    const at = (share: number): number =>
      delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0;
    return {
      sent: delays.length + this.#lost,
      arrived: delays.length,
      lost: this.#lost,
      lostFrames: this.#frames,
      reordered: this.#reordered,
      unseenAtFirst: this.unseenAtFirst,
      delay: delays.length === 0 ? null : {
        minNs: at(0),
        p50Ns: at(0.5),
        p95Ns: at(0.95),
        p99Ns: at(0.99),
        maxNs: at(1),
      },
    };
  }
}

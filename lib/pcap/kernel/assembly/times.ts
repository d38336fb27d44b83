/**
 * The compiled twin of the frequent part of `rtt/`: segments of connections whose handshake is over,
 * of windows that stay open or closed. AssemblyScript.
 */
import { base, Column } from "./columns";
import { limitAck, limitData, turnToLimits } from "./limits";
import {
  histogramOf,
  limitsOf,
  recordOf,
  samplesOf,
  Sums,
  sumsOf,
  TICK_NS,
  Timing,
  timingOf,
  touchTimes,
} from "./time_records";

const FIN: u32 = 0x01, SYN: u32 = 0x02, RST: u32 = 0x04, ACK: u32 = 0x10;

const IS_SEEN: u32 = 1, IS_TIMING: u32 = 2, HAS_TIMED_TS_VAL: u32 = 4, IS_TIMING_SYN: u32 = 8;
const IS_WINDOW_CLOSED: u32 = 16, HAS_SYN: u32 = 32, HAS_SCALE: u32 = 64;
const SCALE_SHIFT: u32 = 8, SEGMENTS_SHIFT: u32 = 16, SEGMENTS_MASK: u32 = 15;
const TRANSFER_SEGMENTS: u32 = 10;

const TICKS_MAX: f64 = 4294967295;

// rtt/rtt_histogram.ts
const UNIT_NS: f64 = 64, UNITS_MAX: f64 = 2147483647;
const SUB_BITS: u32 = 5, SUB_MASK: u32 = 31;
const COUNT: u32 = 0, SUM: u32 = 8, MIN: u32 = 16, MAX: u32 = 24, BUCKETS: u32 = 32;

/**
 * Takes rows in from `from` on, as long as their connections, of `connections` that are known, go on
 * as connections do; the row that TypeScript must take, or `count`.
 */
export function timeSegments(from: u32, count: u32, connections: u32): u32 {
  if (from == 0) {
    // Stored, so that the loads are made.
    const touched = touchTimes(base + Column.flowTcp, count, connections);
    store<u32>(base, touched, Column.keyTouched);
  }
  for (let row = from; row < count; row++) {
    const tcp = load<u32>(base + (row << 2), Column.flowTcp);
    if (tcp >= connections) {
      if ((tcp as i32) < 0) continue;
      return row;
    }
    if (!timeSegment(row, tcp)) return row;
  }
  return count;
}

/** False if TypeScript must take the row; nothing was changed then. */
@inline
function timeSegment(row: u32, tcp: u32): bool {
  const p1 = base + row, p4 = base + (row << 2);
  if (load<u8>(p1, Column.flowIsNew) == 1) return false;
  const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
  if (load<i32>(p4, Column.payloadOffset) < 0 || (flags & RST) != 0) return true;
  const record = recordOf(tcp);
  if (record == 0 || (flags & SYN) != 0) return false;
  const direction = load<u8>(p1, Column.flowDirection) as u32;
  const own = timingOf(record, direction);
  const timed = timingOf(record, 1 - direction);
  const ownState = load<u32>(own, Timing.state);
  const timedState = load<u32>(timed, Timing.state);
  const window = load<u16>(base + (row << 1), Column.window) as u32;
  if ((window == 0) != ((ownState & IS_WINDOW_CLOSED) != 0)) return false;
  const payload = load<i32>(p4, Column.payloadWire);
  const segments = (ownState >>> SEGMENTS_SHIFT) & SEGMENTS_MASK;
  if (payload > 0 && segments == TRANSFER_SEGMENTS - 1) return false;
  const timeNs = load<f64>(base + (row << 3), Column.flowTimeNs);
  turnToLimits(limitsOf(tcp), tcp, record);
  if ((flags & ACK) != 0) {
    const ack = load<i32>(p4, Column.ack);
    if ((timedState & IS_TIMING) != 0 && ack - load<i32>(timed, Timing.timedEnd) >= 0) {
      if ((timedState & IS_TIMING_SYN) != 0) return false;
      endTiming(row, record, 1 - direction, timed, timedState, timeNs);
    }
    if (isTransfer(timedState) && limitsOf(tcp) != 0) {
      limitAck(1 - direction, ack, windowOctets(ownState, timedState, window), timeNs);
    }
  }
  if (payload > 0 || (flags & FIN) != 0) {
    const seq = load<i32>(p4, Column.seq);
    addData(row, own, seq, seq + payload + ((flags & FIN) as i32), ownState, timeNs);
    if (payload > 0) {
      if (segments < TRANSFER_SEGMENTS) {
        store<u32>(own, load<u32>(own, Timing.state) + (1 << SEGMENTS_SHIFT), Timing.state);
      } else if (limitsOf(tcp) != 0) limitData(direction, seq, payload, timeNs);
    }
  }
  return true;
}

@inline
function isTransfer(state: u32): bool {
  return ((state >>> SEGMENTS_SHIFT) & SEGMENTS_MASK) >= TRANSFER_SEGMENTS;
}

@inline
function windowOctets(own: u32, other: u32, window: u32): i32 {
  if (window == 0) return 0;
  const both = own & other;
  if ((both & HAS_SYN) == 0) return -1;
  return (both & HAS_SCALE) != 0 ? window << ((own >>> SCALE_SHIFT) & 15) : window;
}

@inline
function endTiming(
  row: u32,
  record: u32,
  direction: u32,
  timed: u32,
  state: u32,
  timeNs: f64,
): void {
  store<u32>(timed, state & ~IS_TIMING, Timing.state);
  const hasEcho = (state & HAS_TIMED_TS_VAL) != 0 &&
    load<u8>(base + row, Column.optionHasTimestamps) == 1;
  const echo = load<u32>(base + (row << 2), Column.optionTsEcr);
  if (hasEcho && echo != load<u32>(timed, Timing.timedTsVal)) return;
  const rttNs = timeNs - load<f64>(timed, Timing.timedAt);
  if (!(rttNs >= 0)) return;
  const sums = sumsOf(record, direction);
  const ticks = min(max(1, floor(rttNs / TICK_NS + 0.5)), TICKS_MAX) as u32;
  const least = load<u32>(sums, Sums.min);
  if (least == 0 || ticks < least) store<u32>(sums, ticks, Sums.min);
  store<u32>(sums, ticks, Sums.last);
  const samples = samplesOf(record, direction);
  store<u32>(samples, load<u32>(samples) + 1);
  store<f64>(sums, load<f64>(sums, Sums.sumNs) + rttNs, Sums.sumNs);
  count(histogramOf(direction), rttNs);
}

/** Counts a sample in a histogram. */
@inline
function count(histogram: u32, ns: f64): void {
  const bucket = histogram + (bucketOf(ns) << 2);
  store<u32>(bucket, load<u32>(bucket, BUCKETS) + 1, BUCKETS);
  store<f64>(histogram, load<f64>(histogram, COUNT) + 1, COUNT);
  store<f64>(histogram, load<f64>(histogram, SUM) + ns, SUM);
  if (ns < load<f64>(histogram, MIN)) store<f64>(histogram, ns, MIN);
  if (ns > load<f64>(histogram, MAX)) store<f64>(histogram, ns, MAX);
}

@inline
function bucketOf(ns: f64): u32 {
  const units = min(ns / UNIT_NS, UNITS_MAX) as u32;
  const octave: u32 = 31 - clz<u32>(units | 1);
  if (octave < SUB_BITS) return units;
  const shift = octave - SUB_BITS;
  return ((shift + 1) << SUB_BITS) + ((units >> shift) & SUB_MASK);
}

@inline
function addData(row: u32, own: u32, seq: i32, end: i32, before: u32, timeNs: f64): void {
  let state = before;
  const isSeen = (state & IS_SEEN) != 0;
  const next = load<i32>(own, Timing.next);
  if (isSeen && seq - next < 0) {
    const isTimed = load<i32>(own, Timing.timedEnd) - seq > 0;
    if (isTimed && (state & HAS_TIMED_TS_VAL) == 0) state &= ~(IS_TIMING | IS_TIMING_SYN);
  } else if ((state & IS_TIMING) == 0) {
    store<i32>(own, end, Timing.timedEnd);
    store<u32>(own, load<u32>(base + (row << 2), Column.optionTsVal), Timing.timedTsVal);
    store<f64>(own, timeNs, Timing.timedAt);
    state = (state & ~(HAS_TIMED_TS_VAL | IS_TIMING_SYN)) | IS_TIMING;
    if (load<u8>(base + row, Column.optionHasTimestamps) == 1) state |= HAS_TIMED_TS_VAL;
  }
  if (!isSeen || end - next > 0) store<i32>(own, end, Timing.next);
  store<u32>(own, state | IS_SEEN, Timing.state);
}

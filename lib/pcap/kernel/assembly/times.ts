/**
 * The compiled twin of `rtt/rtt_analyzer.ts`, but for connections whose number is given again.
 * AssemblyScript.
 */
import { base, Column } from "./columns";
import { addClientLeg, addSyn, addSynAck, takeClientSyn, takeSyn } from "./handshakes";
import { countClientLeg, countData, countHandshake, countServerLeg } from "./histograms";
import { limitAck, limitData, setMss } from "./limits";
import {
  connectionsKnown,
  limitsOf,
  openConnection,
  openLimits,
  openRecord,
  recordOf,
  samplesOf,
  Sums,
  sumsOf,
  ticksOf,
  Timing,
  timingOf,
  touchTimes,
  ZERO_WINDOWS,
} from "./time_records";

const FIN: u32 = 0x01, SYN: u32 = 0x02, RST: u32 = 0x04, ACK: u32 = 0x10;

const IS_SEEN: u32 = 1, IS_TIMING: u32 = 2, HAS_TIMED_TS_VAL: u32 = 4, IS_TIMING_SYN: u32 = 8;
const IS_WINDOW_CLOSED: u32 = 16, HAS_SYN: u32 = 32, HAS_SCALE: u32 = 64;
const SCALE_SHIFT: u32 = 8, SEGMENTS_SHIFT: u32 = 16, SEGMENTS_MASK: u32 = 15;
const MSS_SHIFT: u32 = 20, MSS_UNIT: u32 = 16, MSS_ASSUMED: u32 = 1460;
const TRANSFER_SEGMENTS: u32 = 10, ZERO_WINDOWS_MAX: u32 = 0xffff;

/** Rows whose records are loaded ahead, less one: what they need stays in the first-level cache. */
const AHEAD_MASK: u32 = 31;

/** Takes rows in from `from` on; the row that TypeScript must take, or `count`. */
export function timeSegments(from: u32, count: u32): u32 {
  for (let row = from; row < count; row++) {
    if ((row & AHEAD_MASK) == 0) {
      const to = min(count, row + AHEAD_MASK + 1);
      // Stored, so that the loads are made.
      store<u32>(base, touchTimes(base + Column.flowTcp, row, to), Column.keyTouched);
    }
    const tcp = load<u32>(base + (row << 2), Column.flowTcp);
    if ((tcp as i32) < 0) continue;
    if (tcp >= connectionsKnown()) {
      if (!openConnection(tcp)) return row;
    } else if (load<u8>(base + row, Column.flowIsNew) != 0) return row;
    const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
    if (load<i32>(base + (row << 2), Column.payloadOffset) < 0 || (flags & RST) != 0) continue;
    timeSegment(row, tcp, flags);
  }
  return count;
}

@inline
function timeSegment(row: u32, tcp: u32, flags: u32): void {
  const p4 = base + (row << 2);
  const timeNs = load<f64>(base + (row << 3), Column.flowTimeNs);
  const direction = load<u8>(base + row, Column.flowDirection) as u32;
  let record = recordOf(tcp);
  if ((flags & (SYN | ACK)) == SYN) return addClientSyn(row, tcp, record, direction, timeNs);
  if (record == 0) {
    record = openRecord(tcp);
    takeClientSyn(tcp, record);
  }
  const own = timingOf(record, direction);
  const timed = timingOf(record, 1 - direction);
  const window = load<u16>(base + (row << 1), Column.window) as u32;
  const wasZero = (load<u32>(own, Timing.state) & IS_WINDOW_CLOSED) != 0;
  if ((flags & SYN) != 0) addServerSyn(row, tcp, record, direction, timeNs);
  else if ((window == 0) != wasZero) turnWindow(record, direction, timeNs);
  const payload = load<i32>(p4, Column.payloadWire);
  if ((flags & ACK) != 0) {
    const ack = load<i32>(p4, Column.ack);
    const state = load<u32>(timed, Timing.state);
    const isCovered = ack - load<i32>(timed, Timing.timedEnd) >= 0;
    if (((state & IS_TIMING) != 0) & isCovered) {
      endTiming(row, tcp, record, 1 - direction, timeNs);
    }
    const limits = limitsOf(tcp);
    if ((segmentsOf(state) >= TRANSFER_SEGMENTS) & (limits != 0)) {
      const octets = windowOctets(load<u32>(own, Timing.state), state, window);
      limitAck(limits, tcp, record, 1 - direction, ack, octets, timeNs);
    }
  }
  if (payload > 0 || (flags & (SYN | FIN)) != 0) addData(row, own, payload, flags, timeNs);
  if (payload > 0) {
    const limits = addTransfer(tcp, record, own);
    const seq = load<i32>(p4, Column.seq);
    if (limits != 0) limitData(limits, tcp, record, direction, seq, payload, timeNs);
  }
}

@inline
function segmentsOf(state: u32): u32 {
  return (state >>> SEGMENTS_SHIFT) & SEGMENTS_MASK;
}

function addClientSyn(row: u32, tcp: u32, record: u32, direction: u32, timeNs: f64): void {
  const scale = load<i16>(base + (row << 1), Column.optionWindowScale) as i32;
  const mss = load<i32>(base + (row << 2), Column.optionMss);
  addSyn(tcp, direction, timeNs, scale, mss);
  if (record != 0) takeSyn(record, direction, scale, mss);
}

function addServerSyn(row: u32, tcp: u32, record: u32, direction: u32, timeNs: f64): void {
  const scale = load<i16>(base + (row << 1), Column.optionWindowScale) as i32;
  takeSyn(record, direction, scale, load<i32>(base + (row << 2), Column.optionMss));
  const legNs = addSynAck(tcp, direction, timeNs);
  if (legNs >= 0) countServerLeg(legNs);
}

function turnWindow(record: u32, direction: u32, timeNs: f64): void {
  const own = timingOf(record, direction);
  const state = load<u32>(own, Timing.state) ^ IS_WINDOW_CLOSED;
  store<u32>(own, state, Timing.state);
  const sums = sumsOf(record, direction);
  if ((state & IS_WINDOW_CLOSED) != 0) {
    store<f64>(sums, timeNs, Sums.closedAt);
    addZeroWindow(record, direction);
  } else {
    const closedNs = timeNs - load<f64>(sums, Sums.closedAt);
    if (closedNs > 0) store<f64>(sums, load<f64>(sums, Sums.closedNs) + closedNs, Sums.closedNs);
  }
}

function addZeroWindow(record: u32, direction: u32): void {
  const both = load<u32>(record, ZERO_WINDOWS);
  const shift = direction << 4;
  if (((both >>> shift) & ZERO_WINDOWS_MAX) == ZERO_WINDOWS_MAX) return;
  store<u32>(record, both + (1 << shift), ZERO_WINDOWS);
}

/** What a window field means, octets, from the states of its side and of the other; -1 if unknown. */
@inline
function windowOctets(own: u32, other: u32, window: u32): i32 {
  if (window == 0) return 0;
  const both = own & other;
  if ((both & HAS_SYN) == 0) return -1;
  return (both & HAS_SCALE) != 0 ? window << ((own >>> SCALE_SHIFT) & 15) : window;
}

/** An acknowledgment covers what was timed of side `direction`. */
@inline
function endTiming(row: u32, tcp: u32, record: u32, direction: u32, timeNs: f64): void {
  const timed = timingOf(record, direction);
  const state = load<u32>(timed, Timing.state);
  store<u32>(timed, state & ~(IS_TIMING | IS_TIMING_SYN), Timing.state);
  const hasEcho = (state & HAS_TIMED_TS_VAL) != 0 &&
    load<u8>(base + row, Column.optionHasTimestamps) == 1;
  const echo = load<u32>(base + (row << 2), Column.optionTsEcr);
  if (hasEcho && echo != load<u32>(timed, Timing.timedTsVal)) return;
  const rttNs = timeNs - load<f64>(timed, Timing.timedAt);
  if (!(rttNs >= 0)) return;
  if ((state & IS_TIMING_SYN) != 0) return endHandshake(tcp, rttNs);
  const sums = sumsOf(record, direction);
  const ticks = ticksOf(rttNs);
  const least = load<u32>(sums, Sums.min);
  // Nothing yet is 0, which is greater than all once 1 is taken away.
  store<u32>(sums, min(ticks - 1, least - 1) + 1, Sums.min);
  store<u32>(sums, ticks, Sums.last);
  const samples = samplesOf(record, direction);
  store<u32>(samples, load<u32>(samples) + 1);
  store<f64>(sums, load<f64>(sums, Sums.sumNs) + rttNs, Sums.sumNs);
  countData(direction, rttNs);
}

function endHandshake(tcp: u32, rttNs: f64): void {
  const wholeNs = addClientLeg(tcp, rttNs);
  countClientLeg(rttNs);
  if (wholeNs >= 0) countHandshake(wholeNs);
}

/** What is timed next is selected: nobody could foretell whether something is being timed. */
@inline
function addData(row: u32, own: u32, payload: i32, flags: u32, timeNs: f64): void {
  const p4 = base + (row << 2);
  const seq = load<i32>(p4, Column.seq);
  const end = seq + payload + (((flags & SYN) >>> 1) + (flags & FIN) as i32);
  let state = load<u32>(own, Timing.state);
  const isSeen = (state & IS_SEEN) != 0;
  const next = load<i32>(own, Timing.next);
  const timedEnd = load<i32>(own, Timing.timedEnd);
  if (isSeen && seq - next < 0) {
    const isTimed = timedEnd - seq > 0;
    if (isTimed && (state & HAS_TIMED_TS_VAL) == 0) state &= ~(IS_TIMING | IS_TIMING_SYN);
  } else {
    const isFree = (state & IS_TIMING) == 0;
    const tsVal = load<u32>(p4, Column.optionTsVal);
    store<i32>(own, select<i32>(end, timedEnd, isFree), Timing.timedEnd);
    store<u32>(own, select<u32>(tsVal, load<u32>(own, Timing.timedTsVal), isFree), Timing.timedTsVal);
    const timedAt = select<u64>(reinterpret<u64>(timeNs), load<u64>(own, Timing.timedAt), isFree);
    store<u64>(own, timedAt, Timing.timedAt);
    const hasTsVal = (load<u8>(base + row, Column.optionHasTimestamps) as u32) << 2;
    const timing = (state & ~(HAS_TIMED_TS_VAL | IS_TIMING_SYN)) | IS_TIMING | hasTsVal |
      ((flags & SYN) << 2); // IS_TIMING_SYN
    state = select<u32>(timing, state, isFree);
  }
  if (!isSeen || end - next > 0) store<i32>(own, end, Timing.next);
  store<u32>(own, state | IS_SEEN, Timing.state);
}

/** Counts a segment with data; the limits of a connection that is a transfer now, else 0. */
@inline
function addTransfer(tcp: u32, record: u32, own: u32): u32 {
  const state = load<u32>(own, Timing.state);
  const segments = segmentsOf(state);
  if (segments < TRANSFER_SEGMENTS) {
    store<u32>(own, state + (1 << SEGMENTS_SHIFT), Timing.state);
    if (segments < TRANSFER_SEGMENTS - 1) return 0;
    beginTransfer(tcp, record);
  }
  return limitsOf(tcp);
}

function beginTransfer(tcp: u32, record: u32): void {
  if (limitsOf(tcp) == 0) openLimits(tcp);
  const limits = limitsOf(tcp);
  if (limits != 0) setMss(limits, fullSegment(record));
}

/** Octets of a full segment, to the next unit of the MSS. */
function fullSegment(record: u32): u32 {
  const a = load<u32>(timingOf(record, 0), Timing.state) >>> MSS_SHIFT;
  const b = load<u32>(timingOf(record, 1), Timing.state) >>> MSS_SHIFT;
  const units = a == 0 ? b : b == 0 ? a : min(a, b);
  return units == 0 ? MSS_ASSUMED : units * MSS_UNIT;
}

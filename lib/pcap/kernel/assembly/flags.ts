/**
 * The compiled twin of `tcp/flag_analyzer.ts`: what tshark would attach to each segment. A record of
 * 96 octets per connection, laid out as in `tcp/sequence_state.ts`. AssemblyScript.
 */
import { base, Column, RowState } from "./columns";
import { be32 } from "./octets";

const FIN: u32 = 0x01, SYN: u32 = 0x02, RST: u32 = 0x04, ACK: u32 = 0x10;
const HEADER_OCTETS: i32 = 20;
const FAST_NS: f64 = 20000000, REORDERED_NS: f64 = 3000000;
const UNACKED_MAX: u32 = 10000;
const UNSEEN_ACKED: i32 = -1;
const SHIFT_MAX: u32 = 14;

// Octets of a record, and of a direction in it.
const RECORD: u32 = 96, DIRECTION: u32 = 40;
const NEXT_SEQ: u32 = 0, ACKABLE_SEQ: u32 = 4, LAST_ACK: u32 = 8, BASE_SEQ: u32 = 12;
const DUPLICATE_ACKS: u32 = 16, PACKED: u32 = 20, NEXT_SEQ_TIME: u32 = 24, LAST_ACK_TIME: u32 = 32;
const HANDSHAKE_TIME: u32 = 80, UNACKED_COUNT: u32 = 88;

const WINDOW_MASK: u32 = 0x1ffff, WINDOW_UNKNOWN: u32 = 0x10000;
const SCALE_SHIFT: u32 = 17, SCALE_MASK: u32 = 0x1f << 17;
const SCALE_UNKNOWN: u32 = 0, SCALE_UNUSED: u32 = 1 << 17;
const LAST_KEEP_ALIVE: u32 = 1 << 22, LAST_PROBE: u32 = 1 << 23, FIRST_ACK_PENDING: u32 = 1 << 24;
const BASE_KNOWN: u32 = 1 << 26, SYN_TIME_KNOWN: u32 = 1 << 27, ROUND_TRIP_KNOWN: u32 = 1 << 28;

/** No flags at all: the row was not looked at. */
const UNUSUAL: u32 = 0xffffffff;

namespace Flag {
  export const retransmission: u32 = 1 << 0;
  export const fastRetransmission: u32 = 1 << 1;
  export const spuriousRetransmission: u32 = 1 << 2;
  export const outOfOrder: u32 = 1 << 3;
  export const lostSegment: u32 = 1 << 4;
  export const ackLostSegment: u32 = 1 << 5;
  export const duplicateAck: u32 = 1 << 6;
  export const keepAlive: u32 = 1 << 7;
  export const keepAliveAck: u32 = 1 << 8;
  export const zeroWindow: u32 = 1 << 9;
  export const zeroWindowProbe: u32 = 1 << 10;
  export const zeroWindowProbeAck: u32 = 1 << 11;
  export const windowFull: u32 = 1 << 12;
  export const windowUpdate: u32 = 1 << 13;
  export const reusedPorts: u32 = 1 << 14;
  export const reset: u32 = 1 << 15;
  export const dsack: u32 = 1 << 16;
  export const synRetransmission: u32 = 1 << 17;
}

/**
 * Fills the flags of rows 0 to `count` - 1. `bytes`: what offsets count from; `records`: where the
 * records are, with room for every connection of the batch; `baseSec`: what times count from. Returns
 * one more than the highest connection.
 */
export function flagSegments(bytes: u32, count: u32, records: u32, baseSec: f64): i32 {
  const columns = base;
  touchRecords(columns, count, records);
  let highest: i32 = -1;
  for (let row: u32 = 0; row < count; row++) {
    const p4 = columns + (row << 2);
    const connection = load<i32>(p4, Column.flowTcp);
    if (connection < 0) {
      store<u32>(p4, 0, Column.foundFlags);
      store<u32>(p4, 0, Column.foundDuplicateAck);
      continue;
    }
    highest = max(highest, connection);
    const record = records + (connection as u32) * RECORD;
    const other = record + DIRECTION;
    const isB = load<u8>(columns + row, Column.flowDirection) != 0;
    const own = select<u32>(other, record, isB);
    const peer = select<u32>(record, other, isB);
    let found = flagUsual(record, own, peer, columns, row);
    if (found != UNUSUAL) {
      store<u32>(p4, found, Column.foundFlags);
      store<u32>(p4, 0, Column.foundDuplicateAck);
      continue;
    }
    found = flagSegment(record, own, peer, bytes, columns, row, baseSec);
    store<u32>(p4, found, Column.foundFlags);
    const isDuplicate = (found & Flag.duplicateAck) != 0;
    const duplicates = load<u32>(own, DUPLICATE_ACKS);
    store<u32>(p4, select<u32>(duplicates, 0, isDuplicate), Column.foundDuplicateAck);
  }
  return highest + 1;
}

/**
 * The same as {@link flagSegment} for what most rows are: the next data, or an ACK of more, on a
 * connection of which enough is known. `UNUSUAL` if a row is anything else; then nothing was changed.
 */
@inline
function flagUsual(record: u32, own: u32, peer: u32, columns: u32, row: u32): u32 {
  const p1 = columns + row, p2 = columns + (row << 1), p4 = columns + (row << 2);
  const strange = (load<u8>(p1, Column.state) ^ RowState.keyed) | load<u8>(p1, Column.flowIsNew) |
    load<u8>(p1, Column.flowIsReused) | load<u8>(p1, Column.optionCut) |
    load<u8>(p1, Column.optionSackBlocks) | (load<u16>(p2, Column.optionWindowScale) ^ 0xffff) |
    ((load<u16>(p2, Column.tcpFlags) & (SYN | FIN | RST | ACK)) ^ ACK);
  const seq = load<i32>(p4, Column.seq);
  const ack = load<i32>(p4, Column.ack);
  const length = load<i32>(p4, Column.payloadWire);
  const window = load<u16>(p2, Column.window) as u32;
  const time = load<f64>(columns + (row << 3), Column.flowTimeNs);
  const end = seq + length;
  const next = load<i32>(own, NEXT_SEQ);
  const ackable = load<i32>(own, ACKABLE_SEQ);
  const lastAck = load<i32>(own, LAST_ACK);
  const packed = load<u32>(own, PACKED);
  const peerAckable = load<i32>(peer, ACKABLE_SEQ);
  const acked = load<i32>(peer, LAST_ACK);
  const peerPacked = load<u32>(peer, PACKED);
  const marks = load<u32>(record, PACKED);
  const isData = length > 0;
  // All together, as hardly a row has one of them: order, probes, ACKs of what was not seen, ACKs of
  // nothing more, data that was acknowledged before, a first round trip.
  const isUnseen = ((peerAckable != 0) as u32) & (isAfter(ack, peerAckable) as u32);
  const isRepeated = ((!isData) as u32) & ((ack == lastAck) as u32);
  const isOld = (isData as u32) & ((acked != 0) as u32) & ((!isAfter(end, acked)) as u32);
  const isFirst = ((marks & (SYN_TIME_KNOWN | ROUND_TRIP_KNOWN)) == SYN_TIME_KNOWN) as u32;
  const odd = strange | (seq ^ next) | ((next == 0) as u32) | ((window == 0) as u32) |
    ((length == 1) as u32) | (~(packed & peerPacked) & BASE_KNOWN) | isUnseen | isRepeated |
    isOld | isFirst | ((time != time) as u32);
  if (odd != 0) return UNUSUAL;
  const isSameAck = ack == lastAck;
  const duplicates = load<u32>(own, DUPLICATE_ACKS);
  store<u32>(own, select<u32>(duplicates, 0, isSameAck), DUPLICATE_ACKS);
  const full = fillsWindow(peer, end, peerPacked);
  const count = unacked(record, own);
  countUnacked(record, own, count + ((isData as u32) & ((count < UNACKED_MAX) as u32)));
  if (!isSameAck) countUnacked(record, peer, 0);
  store<i32>(own, end, NEXT_SEQ);
  const nextTime = load<f64>(own, NEXT_SEQ_TIME);
  store<f64>(own, select<f64>(time, nextTime, isData), NEXT_SEQ_TIME);
  const isInOrder = ackable == 0 || ackable == seq;
  store<i32>(own, select<i32>(end, ackable, isInOrder), ACKABLE_SEQ);
  store<i32>(own, ack, LAST_ACK);
  store<f64>(own, time, LAST_ACK_TIME);
  const cleared = WINDOW_MASK | LAST_KEEP_ALIVE | LAST_PROBE | FIRST_ACK_PENDING;
  store<u32>(own, packed & ~cleared | window, PACKED);
  return select<u32>(full, 0, isData);
}

/** Flags of a row, which the record then takes in. */
@inline
function flagSegment(
  record: u32,
  own: u32,
  peer: u32,
  bytes: u32,
  columns: u32,
  row: u32,
  baseSec: f64,
): u32 {
  const p1 = columns + row, p2 = columns + (row << 1), p4 = columns + (row << 2);
  if (load<u8>(p1, Column.flowIsNew) != 0) reset(record);
  let hasLength = true;
  // Of a frame that was not usual, the header may not be there, nor its length be known.
  if (load<u8>(p1, Column.state) != RowState.keyed) {
    if (load<u8>(p1, Column.fragment) != 0) return 0;
    const capturedEnd = load<i32>(p4, Column.offset) + load<i32>(p4, Column.capturedLength);
    if (capturedEnd - load<i32>(p4, Column.l4Offset) < HEADER_OCTETS) return 0;
    hasLength = load<i32>(p4, Column.payloadOffset) >= 0;
  }
  const bits = load<u16>(p2, Column.tcpFlags) as u32;
  const seq = load<i32>(p4, Column.seq);
  const ack = load<i32>(p4, Column.ack);
  let timeNs = load<f64>(columns + (row << 3), Column.flowTimeNs);
  if (isNaN(timeNs)) timeNs = -1e9 * baseSec;
  let found: u32 = load<u8>(p1, Column.flowIsReused) == 1 ? Flag.reusedPorts : 0;
  if ((bits & SYN) != 0) found |= beforeSyn(own, seq, bits);
  if (hasLength) {
    const window = load<u16>(p2, Column.window) as u32;
    learnBases(own, peer, seq, ack, bits);
    const length = load<i32>(p4, Column.payloadWire);
    found |= analyze(record, own, peer, seq, ack, length, window, bits, timeNs);
  }
  takeHandshake(record, own, timeNs, baseSec, bits);
  const shift = load<i16>(p2, Column.optionWindowScale) as i32;
  if (shift != -1) takeScale(own, shift as u32);
  if (!hasLength || load<u8>(p1, Column.optionCut) == 1) found = 0;
  else if ((bits & SYN) != 0) agreeOnScale(own, peer, (bits & ACK) != 0);
  if ((bits & RST) != 0) found |= Flag.reset;
  const blocks = load<u8>(p1, Column.optionSackBlocks) as u32;
  if (hasLength && blocks > 0 && isDuplicateSack(peer, bytes, row, blocks, ack, bits)) {
    found |= Flag.dsack;
  }
  return found;
}

/** Loads both lines of every record of the batch: none of the loads waits for another. */
function touchRecords(columns: u32, count: u32, records: u32): void {
  let touched: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const connection = load<i32>(columns + (row << 2), Column.flowTcp);
    if (connection < 0) continue;
    const at = records + (connection as u32) * RECORD;
    touched ^= load<u32>(at) ^ load<u32>(at, RECORD - 4);
  }
  // Stored, so that the loads are made.
  store<u32>(columns, touched, Column.keyTouched);
}

function reset(record: u32): void {
  memory.fill(record, 0, RECORD);
  store<u32>(record, WINDOW_UNKNOWN, PACKED);
  store<u32>(record + DIRECTION, WINDOW_UNKNOWN, PACKED);
}

function beforeSyn(own: u32, seq: i32, bits: u32): u32 {
  if ((load<u32>(own, PACKED) & BASE_KNOWN) == 0) return 0;
  const isBase = load<i32>(own, BASE_SEQ) == seq;
  if ((bits & ACK) == 0) {
    if (isBase) store<i32>(own, load<i32>(own, ACKABLE_SEQ), NEXT_SEQ);
    return 0;
  }
  if (isBase) return 0;
  store<i32>(own, seq, BASE_SEQ);
  return Flag.reusedPorts;
}

@inline
function learnBases(own: u32, peer: u32, seq: i32, ack: i32, bits: u32): void {
  const ownPacked = load<u32>(own, PACKED);
  if ((ownPacked & BASE_KNOWN) == 0) {
    store<i32>(own, (bits & SYN) != 0 ? seq : seq - 1, BASE_SEQ);
    store<u32>(own, ownPacked | BASE_KNOWN, PACKED);
  }
  const peerPacked = load<u32>(peer, PACKED);
  if ((peerPacked & BASE_KNOWN) == 0 && (bits & ACK) != 0) {
    store<i32>(peer, ack - 1, BASE_SEQ);
    store<u32>(peer, peerPacked | BASE_KNOWN, PACKED);
  }
}

@inline
function analyze(
  record: u32,
  own: u32,
  peer: u32,
  seq: i32,
  ack: i32,
  length: i32,
  window: u32,
  bits: u32,
  timeNs: f64,
): u32 {
  let found = compareWithLast(own, peer, seq, ack, length, window, bits);
  const sameAck = ack == load<i32>(own, LAST_ACK);
  if ((found & Flag.duplicateAck) != 0) {
    store<i32>(own, max(0, load<i32>(own, DUPLICATE_ACKS)) + 1, DUPLICATE_ACKS);
  } else if (!sameAck) store<i32>(own, 0, DUPLICATE_ACKS);
  if ((bits & ACK) != 0) found |= acknowledge(peer, ack);
  const takesSequence = length > 0 || (bits & (SYN | FIN)) != 0;
  if (takesSequence && (found & Flag.keepAlive) == 0) {
    found |= judgeOld(record, own, peer, seq, length, bits, timeNs);
  }
  advance(record, own, seq, length, bits, timeNs, (found & Flag.zeroWindowProbe) != 0);
  if (!sameAck) countUnacked(record, peer, 0);
  store<i32>(own, ack, LAST_ACK);
  store<f64>(own, timeNs, LAST_ACK_TIME);
  const kept = load<u32>(own, PACKED) & ~(WINDOW_MASK | LAST_KEEP_ALIVE | LAST_PROBE);
  const keepAlive: u32 = (found & Flag.keepAlive) != 0 ? LAST_KEEP_ALIVE : 0;
  const probe: u32 = (found & Flag.zeroWindowProbe) != 0 ? LAST_PROBE : 0;
  store<u32>(own, kept | window | keepAlive | probe, PACKED);
  return found;
}

@inline
function compareWithLast(
  own: u32,
  peer: u32,
  seq: i32,
  ack: i32,
  length: i32,
  window: u32,
  bits: u32,
): u32 {
  const next = load<i32>(own, NEXT_SEQ);
  const peerPacked = load<u32>(peer, PACKED);
  if (length == 1 && seq == next && (peerPacked & WINDOW_MASK) == 0) return Flag.zeroWindowProbe;
  const isPlain = (bits & (SYN | FIN | RST)) == 0;
  let found: u32 = 0;
  if (window == 0 && isPlain) found |= Flag.zeroWindow;
  if (next != 0 && isAfter(seq, next) && (bits & RST) == 0) found |= Flag.lostSegment;
  if (!isPlain) return found;
  if (length <= 1 && seq == next - 1) found |= Flag.keepAlive;
  if (length > 0) return found | fillsWindow(peer, seq + length, peerPacked);
  if (seq != next || ack != load<i32>(own, LAST_ACK)) return found;
  const isSameWindow = window == (load<u32>(own, PACKED) & WINDOW_MASK);
  if (window == 0) {
    return isSameWindow && (peerPacked & LAST_PROBE) != 0 ? found | Flag.zeroWindowProbeAck : found;
  }
  if (!isSameWindow) return found | Flag.windowUpdate;
  return found | ((peerPacked & LAST_KEEP_ALIVE) != 0 ? Flag.keepAliveAck : Flag.duplicateAck);
}

function fillsWindow(peer: u32, end: i32, peerPacked: u32): u32 {
  const scale = peerPacked & SCALE_MASK;
  if (scale == SCALE_UNKNOWN) return 0;
  const isScaled = scale != SCALE_UNUSED && (peerPacked & FIRST_ACK_PENDING) == 0;
  const window = peerPacked & WINDOW_MASK;
  const octets: i32 = window == WINDOW_UNKNOWN ? -1 : window as i32;
  const room = isScaled ? octets << (((scale >> SCALE_SHIFT) - 2) as i32) : octets;
  return load<i32>(peer, LAST_ACK) + room == end ? Flag.windowFull : 0;
}

@inline
function acknowledge(peer: u32, ack: i32): u32 {
  const ackable = load<i32>(peer, ACKABLE_SEQ);
  if (ackable == 0 || !isAfter(ack, ackable)) return 0;
  const next = load<i32>(peer, NEXT_SEQ);
  if (isBefore(ackable, next)) {
    store<i32>(peer, next, ACKABLE_SEQ);
    return Flag.ackLostSegment;
  }
  const isFirst = load<i32>(peer, DUPLICATE_ACKS) == 0;
  store<i32>(peer, UNSEEN_ACKED, DUPLICATE_ACKS);
  return isFirst ? Flag.ackLostSegment : 0;
}

function judgeOld(
  record: u32,
  own: u32,
  peer: u32,
  seq: i32,
  length: i32,
  bits: u32,
  timeNs: f64,
): u32 {
  const next = load<i32>(own, NEXT_SEQ);
  const acked = load<i32>(peer, LAST_ACK);
  if (length > 0 && acked != 0 && !isAfter(seq + length, acked)) {
    return Flag.retransmission | Flag.spuriousRetransmission;
  }
  if (next == 0 || !isBefore(seq, next)) return 0;
  if (length > 1 && seq == next - 1) return 0;
  const sinceAck = timeNs - load<f64>(peer, LAST_ACK_TIME);
  if (load<u32>(peer, DUPLICATE_ACKS) >= 2 && acked == seq && isShorter(sinceAck, FAST_NS)) {
    return Flag.retransmission | Flag.fastRetransmission;
  }
  const sinceNext = timeNs - load<f64>(own, NEXT_SEQ_TIME);
  const end = seq + length + ((bits & (SYN | FIN)) != 0 ? 1 : 0);
  if (isShorter(sinceNext, reorderedNs(record)) && end != next) return Flag.outOfOrder;
  return (bits & SYN) != 0 ? Flag.retransmission | Flag.synRetransmission : Flag.retransmission;
}

function reorderedNs(record: u32): f64 {
  const isKnown = (load<u32>(record, PACKED) & ROUND_TRIP_KNOWN) != 0;
  const roundTrip = isKnown ? load<f64>(record, HANDSHAKE_TIME) : 0;
  return roundTrip == 0 ? REORDERED_NS : roundTrip;
}

@inline
function advance(
  record: u32,
  own: u32,
  seq: i32,
  length: i32,
  bits: u32,
  timeNs: f64,
  isProbe: bool,
): void {
  const isControl = (bits & (SYN | FIN)) != 0;
  let end = seq + length;
  if (length > 0 || isControl) {
    const count = unacked(record, own);
    if (count < UNACKED_MAX) {
      countUnacked(record, own, count + 1);
      if (isControl) end = end + 1;
    }
  }
  const next = load<i32>(own, NEXT_SEQ);
  if (isProbe) return;
  if (next == 0 || isAfter(end, next)) {
    store<i32>(own, end, NEXT_SEQ);
    store<f64>(own, timeNs, NEXT_SEQ_TIME);
  }
  const ackable = load<i32>(own, ACKABLE_SEQ);
  if (ackable == 0 || ackable == seq) store<i32>(own, load<i32>(own, NEXT_SEQ), ACKABLE_SEQ);
}

@inline
function unacked(record: u32, side: u32): u32 {
  return load<u16>(record + select<u32>(0, 2, side == record), UNACKED_COUNT) as u32;
}

@inline
function countUnacked(record: u32, side: u32, count: u32): void {
  store<u16>(record + select<u32>(0, 2, side == record), count as u16, UNACKED_COUNT);
}

function takeScale(own: u32, shift: u32): void {
  const code = min(shift, SHIFT_MAX) + 2;
  store<u32>(own, (load<u32>(own, PACKED) & ~SCALE_MASK) | (code << SCALE_SHIFT), PACKED);
}

@inline
function takeHandshake(record: u32, own: u32, timeNs: f64, baseSec: f64, bits: u32): void {
  const packed = load<u32>(own, PACKED);
  if ((bits & SYN) != 0) {
    store<u32>(own, packed | FIRST_ACK_PENDING, PACKED);
    const marks = load<u32>(record, PACKED);
    if ((bits & ACK) == 0 && (marks & ROUND_TRIP_KNOWN) == 0) {
      store<f64>(record, timeNs, HANDSHAKE_TIME);
      const known: u32 = timeNs + baseSec * 1e9 == 0 ? 0 : SYN_TIME_KNOWN;
      store<u32>(record, (marks & ~SYN_TIME_KNOWN) | known, PACKED);
    }
    return;
  }
  if ((bits & ACK) == 0) return;
  store<u32>(own, packed & ~FIRST_ACK_PENDING, PACKED);
  const marks = load<u32>(record, PACKED);
  if ((marks & (SYN_TIME_KNOWN | ROUND_TRIP_KNOWN)) != SYN_TIME_KNOWN) return;
  const roundTrip = timeNs - load<f64>(record, HANDSHAKE_TIME);
  if (roundTrip == 0) return;
  store<f64>(record, roundTrip, HANDSHAKE_TIME);
  store<u32>(record, marks | ROUND_TRIP_KNOWN, PACKED);
}

function agreeOnScale(own: u32, peer: u32, isSynAck: bool): void {
  const mine = load<u32>(own, PACKED);
  const theirs = load<u32>(peer, PACKED);
  if ((mine & SCALE_MASK) == SCALE_UNKNOWN) {
    store<u32>(own, (mine & ~SCALE_MASK) | SCALE_UNUSED, PACKED);
    store<u32>(peer, (theirs & ~SCALE_MASK) | SCALE_UNUSED, PACKED);
  } else if (isSynAck && (theirs & SCALE_MASK) == SCALE_UNUSED) {
    store<u32>(own, (mine & ~SCALE_MASK) | SCALE_UNUSED, PACKED);
  }
}

/** The twin of `tcp/duplicate_sack.ts`. */
function isDuplicateSack(peer: u32, bytes: u32, row: u32, blocks: u32, ack: i32, bits: u32): bool {
  const at = bytes + load<u32>(base + (row << 2), Column.optionSackOffset);
  const from = (bits & ACK) != 0 ? ack : ack + load<i32>(peer, BASE_SEQ);
  const right = be32(at + 4) as i32;
  if (from - right >= 0) return true;
  if (blocks < 2) return false;
  return (be32(at + 8) as i32) - right < 0 && (be32(at + 12) as i32) - right >= 0;
}

@inline
function isAfter(a: i32, b: i32): bool {
  return b - a < 0;
}

@inline
function isBefore(a: i32, b: i32): bool {
  return a - b < 0;
}

function isShorter(ns: f64, limitNs: f64): bool {
  if (ns < 0) return limitNs < 0 && ns < limitNs;
  return limitNs < 0 || ns < limitNs;
}

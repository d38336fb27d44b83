/**
 * The compiled twin of the frequent part of `loss/`: how connections begin, segments in order and
 * acknowledgments. A record of 64 octets per connection, laid out as in `loss/direction_record.ts`. AssemblyScript.
 */
import { base, Column } from "./columns";
import { be16 } from "./octets";

const FIN: u32 = 0x01, SYN: u32 = 0x02, RST: u32 = 0x04, ACK: u32 = 0x10;

// Octets of a record, and of a direction in it.
const RECORD_LOG2: u32 = 6, DIRECTION: u32 = 32, DIRECTION_WORDS: u32 = 8;
const NEXT: u32 = 0, BASE: u32 = 4, TS_VAL: u32 = 8, SEGMENTS: u32 = 12, ACKED: u32 = 16;
const MSS_AND_ID: u32 = 20, STATE: u32 = 24, TROUBLE: u32 = 28;

const IS_SEEN: u32 = 1, HAS_SYN: u32 = 2, HAS_ACKED: u32 = 4, HAS_TIMESTAMPS: u32 = 8, ARE_IDS_BROKEN: u32 = 16;
const IS_WINDOW_CLOSED: u32 = 32, IS_FRAGMENTED: u32 = 128, HAS_SUPER_SEGMENTS: u32 = 256;
const IS_FAR: u32 = 512;
const TTL_SHIFT: u32 = 16;

const TIMESTAMP_OCTETS: u32 = 12, MSS_ASSUMED: u32 = 1460;
const ID_STEP_MAX: i32 = 4096, ONE_SEGMENT: i32 = 536;

// Octets of a record of what is out of order, see `loss/troubled_direction.ts`.
const TROUBLE_LOG2: u32 = 5;
const POSITION: u32 = 0, LAST_ACK: u32 = 8, DUPLICATE_ACKS: u32 = 12, HOLES: u32 = 16;

// Octets of an entry of `loss/segment_memory.ts`.
const ENTRY_LOG2: u32 = 5, ENTRIES_BITS: u32 = 12;
const KEY: u32 = 0, SEQ: u32 = 4, LENGTH: u32 = 8, ENTRY_TS_VAL: u32 = 12, IDS: u32 = 16, TIME: u32 = 24;
const CHECKSUM_OFFSET: u32 = 16;

/** Rows whose records are loaded ahead, less one: what they need stays in the first-level cache. */
const AHEAD_MASK: u32 = 63;

// What is counted: connections, room for them.
const CONNECTIONS: u32 = 0, CONNECTIONS_MAX: u32 = 4;

let counts: u32 = 0, records: u32 = 0, troubles: u32 = 0, remembered: u32 = 0;

/** Told once where everything lies: counts, records of connections, of troubled directions, segments. */
export function bindCoverage(countsAt: u32, recordsAt: u32, troublesAt: u32, memoryAt: u32): void {
  counts = countsAt;
  records = recordsAt;
  troubles = troublesAt;
  remembered = memoryAt;
}

/**
 * Takes rows in from `from` on, as long as their connections go on in order; the row that TypeScript
 * must take, or `count`. `bytes`: what offsets count from.
 */
export function coverSegments(bytes: u32, from: u32, count: u32): u32 {
  for (let row = from; row < count; row++) {
    if ((row & AHEAD_MASK) == 0) touchRecords(row, min(count, row + AHEAD_MASK + 1));
    const tcp = load<u32>(base + (row << 2), Column.flowTcp);
    if ((tcp as i32) < 0) continue;
    if (tcp >= load<u32>(counts, CONNECTIONS)) {
      if (tcp >= load<u32>(counts, CONNECTIONS_MAX)) return row;
      store<u32>(counts, tcp + 1, CONNECTIONS);
    } else if (load<u8>(base + row, Column.flowIsNew) != 0) return row;
    if (!coverSegment(bytes, row, tcp)) return row;
  }
  return count;
}

/**
 * Loads the records of rows `from` to `to` - 1: no load waits for another. Connection 0 stands in for
 * those that are not known.
 */
function touchRecords(from: u32, to: u32): void {
  const connections = load<u32>(counts, CONNECTIONS);
  let touched: u32 = 0;
  for (let row = from; row < to; row++) {
    const tcp = load<u32>(base + (row << 2), Column.flowTcp);
    const known = select<u32>(tcp, 0, tcp < connections);
    touched ^= load<u32>(records + (known << RECORD_LOG2));
  }
  // Stored, so that the loads are made.
  store<u32>(base, touched, Column.keyTouched);
}

/** False if TypeScript must take the row; nothing was changed then. */
@inline
function coverSegment(bytes: u32, row: u32, tcp: u32): bool {
  const p1 = base + row, p4 = base + (row << 2);
  const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
  if (load<i32>(p4, Column.payloadOffset) < 0 || (flags & RST) != 0) return true;
  const direction = load<u8>(p1, Column.flowDirection) as u32;
  const own = records + (tcp << RECORD_LOG2) + direction * DIRECTION;
  const other = records + (tcp << RECORD_LOG2) + (1 - direction) * DIRECTION;
  const payload = load<i32>(p4, Column.payloadWire);
  const octets = payload + (((flags & SYN) >>> 1) + (flags & FIN) as i32);
  const ack = load<i32>(p4, Column.ack);
  const trouble = load<u32>(other, TROUBLE);
  let state = load<u32>(own, STATE);
  const hasData = payload > 0 || (flags & (SYN | FIN)) != 0;
  const seq = load<i32>(p4, Column.seq);
  const isFirst = (state & IS_SEEN) == 0;
  // The SYN of what was seen before tells what is seldom true.
  if (hasData && !isFirst && ((flags & SYN) != 0 || !isNext(own, other, seq, octets, payload))) {
    return false;
  }
  if ((flags & ACK) != 0) {
    if (load<u8>(p1, Column.optionSackBlocks) != 0) return false;
    if (trouble != 0 && payload == 0) addAck(troubleAt(trouble), ack);
    if ((state & HAS_ACKED) == 0 || ack - load<i32>(own, ACKED) > 0) {
      store<i32>(own, ack, ACKED);
      state |= HAS_ACKED;
    }
  }
  const isClosed = load<u16>(base + (row << 1), Column.window) == 0;
  state = isClosed ? state | IS_WINDOW_CLOSED : state & ~IS_WINDOW_CLOSED;
  store<u32>(own, state, STATE);
  if (hasData) {
    if ((flags & SYN) != 0) addSyn(own, load<i32>(p4, Column.optionMss));
    let segments: u32 = 1;
    if (payload > ONE_SEGMENT) segments = countSegments(own, other, payload);
    store<u32>(own, load<u32>(own, SEGMENTS) + segments, SEGMENTS);
    if (isFirst) begin(own, seq, load<u8>(p1, Column.ttl));
    advance(bytes, row, tcp * 2 + direction, own, octets);
  }
  return true;
}

function addSyn(own: u32, mss: i32): void {
  store<u32>(own, (load<u32>(own, MSS_AND_ID) & 0xffff0000) | max(0, mss), MSS_AND_ID);
  store<u32>(own, load<u32>(own, STATE) | HAS_SYN, STATE);
}

/** Takes the first segment of a direction. */
function begin(own: u32, seq: i32, ttl: u32): void {
  store<i32>(own, seq, BASE);
  store<i32>(own, seq, NEXT);
  store<u32>(own, load<u32>(own, STATE) | IS_SEEN | (ttl << TTL_SHIFT), STATE);
}

/** True if a segment goes on where the last one ended, and probes no closed window. */
@inline
function isNext(own: u32, other: u32, seq: i32, octets: i32, payload: i32): bool {
  if (seq != load<i32>(own, NEXT)) return false;
  return octets != 1 || payload != 1 || (load<u32>(other, STATE) & IS_WINDOW_CLOSED) == 0;
}

@inline
function troubleAt(number: u32): u32 {
  return troubles + ((number - 1) << TROUBLE_LOG2);
}

/** Takes an acknowledgment of a segment without data. */
@inline
function addAck(trouble: u32, ack: i32): void {
  const isRepeated = ack == load<i32>(trouble, LAST_ACK) && load<u32>(trouble, HOLES) > 0;
  store<i32>(trouble, isRepeated ? load<i32>(trouble, DUPLICATE_ACKS) + 1 : 0, DUPLICATE_ACKS);
  store<i32>(trouble, ack, LAST_ACK);
}

function countSegments(own: u32, other: u32, payload: i32): u32 {
  const full = segmentOctets(own, other);
  if ((payload as u32) <= full) return 1;
  store<u32>(own, load<u32>(own, STATE) | HAS_SUPER_SEGMENTS, STATE);
  return ((payload as u32) + full - 1) / full;
}

@inline
function segmentOctets(own: u32, other: u32): u32 {
  const mine = load<u32>(own, MSS_AND_ID) & 0xffff;
  const theirs = load<u32>(other, MSS_AND_ID) & 0xffff;
  let mss = mine == 0 ? theirs : theirs == 0 ? mine : min(mine, theirs);
  if (mss == 0) mss = MSS_ASSUMED;
  if ((load<u32>(own, STATE) & HAS_TIMESTAMPS) == 0) return mss;
  return mss > TIMESTAMP_OCTETS ? mss - TIMESTAMP_OCTETS : 1;
}

@inline
function advance(bytes: u32, row: u32, direction: u32, own: u32, octets: i32): void {
  const p1 = base + row, p4 = base + (row << 2);
  const seq = load<i32>(p4, Column.seq);
  const next = seq + octets;
  const trouble = load<u32>(own, TROUBLE);
  if (trouble != 0) {
    const at = troubleAt(trouble);
    store<f64>(at, load<f64>(at, POSITION) + (octets as f64), POSITION);
  }
  store<i32>(own, next, NEXT);
  let state = load<u32>(own, STATE);
  if (next - load<i32>(own, BASE) < 0) state |= IS_FAR;
  const tsVal = load<u32>(p4, Column.optionTsVal);
  if (load<u8>(p1, Column.optionHasTimestamps) == 1) {
    store<u32>(own, tsVal, TS_VAL);
    state |= HAS_TIMESTAMPS;
  } else state &= ~HAS_TIMESTAMPS;
  if (load<u8>(p1, Column.fragment) != 0) state |= IS_FRAGMENTED;
  const id = load<u8>(p1, Column.ipVersion) == 4 ? load<u32>(p4, Column.ipId) & 0xffff : 0;
  if (id != 0) {
    const mssAndId = load<u32>(own, MSS_AND_ID);
    const last = mssAndId >>> 16;
    const step = (((id - last) << 16) as i32) >> 16;
    if (last != 0 && (step > ID_STEP_MAX || step < -ID_STEP_MAX)) state |= ARE_IDS_BROKEN;
    if (last == 0 || step > 0) store<u32>(own, (mssAndId & 0xffff) | (id << 16), MSS_AND_ID);
  }
  store<u32>(own, state, STATE);
  const ids = id != 0
    ? id << 16
    : be16(bytes + load<u32>(p4, Column.l4Offset) + CHECKSUM_OFFSET);
  remember(row, direction * DIRECTION_WORDS, seq, octets, tsVal, ids);
}

@inline
function remember(row: u32, key: u32, seq: i32, octets: i32, tsVal: u32, ids: u32): void {
  const mixed = ((seq as u32) ^ (key * 0x9e3779b1)) * 0x85ebca6b;
  const entry = remembered + ((mixed >>> (32 - ENTRIES_BITS)) << ENTRY_LOG2);
  store<u32>(entry, key + 1, KEY);
  store<i32>(entry, seq, SEQ);
  store<i32>(entry, octets, LENGTH);
  store<u32>(entry, tsVal, ENTRY_TS_VAL);
  store<u32>(entry, ids, IDS);
  store<f64>(entry, load<f64>(base + (row << 3), Column.flowTimeNs), TIME);
}

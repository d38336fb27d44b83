/**
 * The compiled twin of the frequent part of `flow/`: the search for the flows of packets, opening
 * flows as long as none had to make room, and taking packets in. AssemblyScript.
 */
import { base, Column, RowState } from "./columns";
import { KIND_IPV6, KIND_PORTS, NO_FLOW, readKeys } from "./flow_keys";
import {
  Cold,
  coldRecord,
  Count,
  counts,
  flowOfTcp,
  flowsMax,
  Hot,
  hotRecord,
  poolRow,
  State,
} from "./flow_records";
import { be32 } from "./octets";
import { swapped, turn, word0, word1, word3 } from "./vectors";

const TCP: u32 = 6, UDP: u32 = 17, UDP_LITE: u32 = 136;
const FIN: u32 = 1, SYN: u32 = 2, RST: u32 = 4, ACK: u32 = 16;
const NEW_FLOW: u8 = 1;

// flow/hash_index.ts
const ID_MASK: u32 = 0x1fffff, PROBES_MAX: u32 = 128;
/** No slot is free where searches look. */
const NO_ROOM: i32 = i32.MIN_VALUE;

/**
 * Takes rows in from `from` on, to their flows in the index `slots`; the row that TypeScript must take,
 * or `count`. `bytes`: what offsets count from; `frame`: number of row 0 in the capture.
 */
export function takeFlows(
  bytes: u32,
  from: u32,
  count: u32,
  slots: u32,
  mask: u32,
  frame: u32,
): u32 {
  const columns = base;
  if (from == 0) {
    memory.fill(columns + Column.flowIsNew, 0, Column.flowTimeNs - Column.flowIsNew);
    readKeys(bytes, count);
    touchRecords(columns, count, slots, mask);
  }
  for (let row = from; row < count; row++) {
    const p1 = columns + row, p4 = columns + (row << 2), p8 = columns + (row << 3);
    const flags = load<u16>(columns + (row << 1), Column.tcpFlags) as u32;
    let isTcp = true;
    if (load<u8>(p1, Column.state) != RowState.keyed) {
      const kind = load<u32>(p4, Column.keyKind);
      if (kind == NO_FLOW) {
        store<i32>(p4, -1, Column.flowFlow);
        store<i32>(p4, -1, Column.flowTcp);
        store<u8>(p1, 0, Column.flowDirection);
        continue;
      }
      if (load<u8>(p1, Column.fragment) != 0) return row;
      isTcp = (kind & (KIND_PORTS | 0xff)) == (KIND_PORTS | TCP);
    }
    // Without flags, the header may not be there.
    if (isTcp && flags == 0) return row;
    let found = find(bytes, columns, row, slots, mask);
    let referenced: u32 = State.referenced;
    if (found < 0) {
      if (found == NO_ROOM || !canOpen(mask)) return row;
      found = open(bytes, p4, slots, ~found, frame + row) << 1;
      store<u8>(p1, NEW_FLOW, Column.flowIsNew);
      referenced = 0;
    }
    const direction = (found as u32) & 1;
    const id = (found as u32) >>> 1;
    const record = hotRecord(id);
    let state = load<u32>(record, Hot.state);
    if (isTcp) {
      const odd = (flags & (FIN | SYN | RST)) | (state & State.headless) |
        (~state & State.bothBasesKnown);
      if (odd != 0) {
        if (isOther(p4, id, direction, state, flags)) return row;
        state = track(p4, id, direction, state, flags, referenced == 0);
      }
    }
    store<u32>(p4, id, Column.flowFlow);
    store<u32>(p4, load<u32>(record, Hot.tcp), Column.flowTcp);
    store<u8>(p1, direction as u8, Column.flowDirection);
    store<u32>(record, state | referenced, Hot.state);
    const packets = record + (direction << 2);
    store<u32>(packets, load<u32>(packets, Hot.packets) + 1, Hot.packets);
    const octets = record + (direction << 3);
    const wire = load<f64>(p8, Column.wireLength);
    store<f64>(octets, load<f64>(octets, Hot.octets) + wire, Hot.octets);
    // Of a packet without a time it is no number.
    const time = load<f64>(p8, Column.flowTimeNs);
    if (time > load<f64>(record, Hot.lastNs)) store<f64>(record, time, Hot.lastNs);
    else if (load<u8>(p1, Column.noTime) != 1) addTime(record, id, time);
  }
  return count;
}

/** Loads the records that the rows probably are of: none of the loads waits for another. */
function touchRecords(columns: u32, count: u32, slots: u32, mask: u32): void {
  let touched: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const hash = load<u32>(columns + (row << 2), Column.keyHash);
    const id = load<u32>(slots + ((hash & mask) << 2)) & ID_MASK;
    touched ^= load<u32>(hotRecord(max(id, 1) - 1));
  }
  // Stored, so that the loads are made.
  store<u32>(columns, touched, Column.keyTouched);
}

/**
 * Twice the id of the flow of a row, plus the direction; if it is not there the complement of the slot
 * that it belongs in, or `NO_ROOM`.
 */
@inline
function find(bytes: u32, columns: u32, row: u32, slots: u32, mask: u32): i32 {
  const key = v128.load(columns + (row << 4), Column.keyRow);
  const hash = load<u32>(columns + (row << 2), Column.keyHash);
  let at = hash & mask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(slots + (at << 2));
    if (entry == 0) return ~(at as i32);
    if (((entry ^ hash) & ~ID_MASK) == 0) {
      const id = (entry & ID_MASK) - 1;
      const record = hotRecord(id);
      const tenant = load<u32>(columns + (row << 2), Column.keyTenant);
      const direction = match(bytes, key, record);
      if (direction >= 0 && load<u32>(record, Hot.tenant) == tenant) {
        return ((id << 1) as i32) + direction;
      }
    }
    at = (at + 1) & mask;
  }
  return NO_ROOM;
}

/** The direction of a key in the flow at `record`, -1 if it is of another flow; tenants apart. */
@inline
function match(bytes: u32, key: v128, record: u32): i32 {
  const known = v128.load(record);
  let forward = v128.xor(known, key);
  let backward = v128.xor(known, turned(key));
  // The kind of the key is at hand before that of the record.
  if ((word3(key) & KIND_IPV6) != 0) {
    const start = poolRow(select<u32>(word0(known), 0, (word3(known) & KIND_IPV6) != 0));
    const sideA = v128.load(start), sideB = v128.load(start, 16);
    const src = swapped(v128.load(bytes + word0(key)));
    const dst = swapped(v128.load(bytes + word1(key)));
    const rest = i32x4(0, 0, -1, -1);
    forward = v128.or(
      v128.and(forward, rest),
      v128.or(v128.xor(sideA, src), v128.xor(sideB, dst)),
    );
    backward = v128.or(
      v128.and(backward, rest),
      v128.or(v128.xor(sideA, dst), v128.xor(sideB, src)),
    );
  }
  const isNotForward = v128.any_true(forward) as i32;
  const isNotBackward = v128.any_true(backward) as i32;
  return (isNotForward & isNotBackward) == 0 ? isNotForward : -1;
}

/** A key as the other side would send it. */
@inline
function turned(key: v128): v128 {
  return i8x16.relaxed_swizzle(key, turn);
}

/** True while numbers are given for the first time and the index needs not grow. */
function canOpen(mask: u32): bool {
  const size = load<u32>(counts, Count.flows);
  return load<u32>(counts, Count.isAnyEnded) == 0 && size < flowsMax && (size + 1) * 2 <= mask + 1;
}

/** Opens a flow for a row in the free slot `at`; its id. */
function open(bytes: u32, p4: u32, slots: u32, at: u32, frame: u32): u32 {
  const kind = load<u32>(p4, Column.keyKind);
  const id = next(Count.flows);
  const hash = load<u32>(p4, Column.keyHash);
  store<u32>(slots + (at << 2), (hash & ~ID_MASK) | (id + 1));
  const record = hotRecord(id);
  memory.fill(record, 0, Hot.lastNs);
  store<u32>(record, load<u32>(p4, Column.keyPorts), Hot.ports);
  store<u32>(record, kind, Hot.kind);
  store<u32>(record, load<u32>(p4, Column.keyTenant), Hot.tenant);
  store<u32>(record, hash, Hot.hash);
  store<f64>(record, NaN, Hot.lastNs);
  const src = load<u32>(p4, Column.keySrc);
  const dst = load<u32>(p4, Column.keyDst);
  const isIpv6 = (kind & KIND_IPV6) != 0;
  store<u32>(record, isIpv6 ? poolAddresses(bytes + src, bytes + dst) : src, Hot.addressA);
  if (!isIpv6) store<u32>(record, dst, Hot.addressB);
  const protocol = kind & 0xff;
  const hasPorts = (kind & KIND_PORTS) != 0;
  let tcp: u32 = -1, stream: u32 = -1;
  if (hasPorts && protocol == TCP) {
    tcp = next(Count.tcp);
    store<u32>(flowOfTcp(tcp), id + 1);
    stream = next(Count.tcpStreams);
  } else if (hasPorts && (protocol == UDP || protocol == UDP_LITE)) stream = next(Count.udpStreams);
  store<u32>(record, tcp, Hot.tcp);
  const rest = coldRecord(id);
  store<f64>(rest, NaN, Cold.firstNs);
  store<u32>(rest, frame, Cold.firstFrame);
  store<u32>(rest, stream, Cold.stream);
  return id;
}

/** Counts one more; what the count was. */
@inline
function next(which: u32): u32 {
  const count = load<u32>(counts + which);
  store<u32>(counts + which, count + 1);
  return count;
}

/** Keeps the addresses at `src` and `dst`; their row. */
function poolAddresses(src: u32, dst: u32): u32 {
  const row = next(Count.pool);
  const start = poolRow(row);
  for (let word: u32 = 0; word < 16; word += 4) {
    store<u32>(start + word, be32(src + word));
    store<u32>(start + word, be32(dst + word), 16);
  }
  return row;
}

/** True if TypeScript must look: the ports may belong to a new connection, or the first header came late. */
function isOther(p4: u32, id: u32, direction: u32, state: u32, flags: u32): bool {
  if ((state & State.headless) != 0) return true;
  if ((flags & (SYN | ACK)) != SYN || (state & (State.baseKnown << direction)) == 0) return false;
  return load<u32>(coldRecord(id) + (direction << 2), Cold.base) != load<u32>(p4, Column.seq);
}

/** The twin of `flow/tcp_begin.ts`; the state that a row makes of `state`. */
function track(p4: u32, id: u32, direction: u32, state: u32, flags: u32, isNew: bool): u32 {
  const own = State.baseKnown << direction;
  const others = State.bothBasesKnown ^ own;
  const bases = coldRecord(id);
  if ((flags & (SYN | ACK)) == (SYN | ACK) || (state & own) == 0) {
    const seq = load<u32>(p4, Column.seq);
    store<u32>(bases + (direction << 2), (flags & SYN) != 0 ? seq : seq - 1, Cold.base);
    state |= own;
  }
  if ((flags & ACK) != 0 && (state & others) == 0) {
    store<u32>(bases + ((1 - direction) << 2), load<u32>(p4, Column.ack) - 1, Cold.base);
    state |= others;
  }
  if ((flags & FIN) != 0) state |= State.fin << direction;
  if ((flags & RST) != 0) state |= State.reset;
  if ((flags & SYN) == 0) return state;
  if ((flags & ACK) != 0) return isNew ? state | State.initiatorIsB : state;
  if ((state & State.synSeen) != 0) return state;
  const initiator = direction == 1 ? State.initiatorIsB : 0;
  return (state & ~State.initiatorIsB) | State.synSeen | initiator;
}

/** Takes in the time of a row that is not the latest of its flow, or the first. */
function addTime(record: u32, id: u32, time: f64): void {
  if (!(time <= load<f64>(record, Hot.lastNs))) store<f64>(record, time, Hot.lastNs);
  const first = coldRecord(id);
  if (!(time >= load<f64>(first, Cold.firstNs))) store<f64>(first, time, Cold.firstNs);
}

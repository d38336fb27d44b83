/**
 * The compiled twin of the frequent part of `flow/`: keys of packets, the search for their flows,
 * and taking in packets of flows that are there and go on as flows do. Records are laid out as in
 * `flow/flow_record.ts`. AssemblyScript.
 */
import { base, Column } from "./columns";
import { be32 } from "./octets";

const NO_FLOW: u32 = 0xffffffff;
const VXLAN: u32 = 5, GENEVE: u32 = 6;
const TCP: u32 = 6;
const KIND_PORTS: u32 = 0x100, KIND_IPV6: u32 = 0x200;
const FIN_SYN_RST: u32 = 7;

// flow/hash_index.ts
const ID_MASK: u32 = 0x1fffff, PROBES_MAX: u32 = 128;

// Octets of the hot record.
const ADDRESS_A: u32 = 0, ADDRESS_B: u32 = 4, PORTS: u32 = 8, KIND: u32 = 12, TENANT: u32 = 16;
const STATE: u32 = 24, TCP_NUMBER: u32 = 28, PACKETS: u32 = 32, OCTETS: u32 = 40, LAST_NS: u32 = 56;
const HOT_LOG2: u32 = 6, POOL_LOG2: u32 = 5;
const BOTH_BASES_KNOWN: u32 = 3, REFERENCED: u32 = 32;

/** Keys of the hash; see `flow/flow_hash.ts`. */
let k0: u32 = 0, k1: u32 = 0, k2: u32 = 0, k3: u32 = 0;
let k4: u32 = 0, k5: u32 = 0, k6: u32 = 0, k7: u32 = 0;
/** Where the hot records and the pool of IPv6 addresses are. */
let hot: u32 = 0, pool: u32 = 0;

/** Told once: the keys of the hash, eight words, and where the records are. */
export function bindFlows(keys: u32, hotRecords: u32, addressPool: u32): void {
  k0 = load<u32>(keys);
  k1 = load<u32>(keys, 4);
  k2 = load<u32>(keys, 8);
  k3 = load<u32>(keys, 12);
  k4 = load<u32>(keys, 16);
  k5 = load<u32>(keys, 20);
  k6 = load<u32>(keys, 24);
  k7 = load<u32>(keys, 28);
  hot = hotRecords;
  pool = addressPool;
}

@inline
function mix(word: u32): u32 {
  const x = (word ^ k3) * k0;
  return x ^ (x >>> 16);
}

@inline
function next(x: u32, word: u32, key: u32): u32 {
  const y = (x ^ (word * key)) * k7;
  return y ^ (y >>> 15);
}

@inline
function last(x: u32, beside: u32): u32 {
  const y = (x ^ (beside * k1)) * k2;
  return y ^ (y >>> 15);
}

@inline
function end6(at: u32, beside: u32): u32 {
  let x = mix(be32(at));
  x = next(x, be32(at + 4), k4);
  x = next(x, be32(at + 8), k5);
  x = next(x, be32(at + 12), k6);
  return last(x, beside);
}

@inline
function pair(one: u32, other: u32, kind: u32, tenant: u32): u32 {
  let x = one + other;
  x = (x ^ (kind * k3)) * k7;
  x ^= x >>> 15;
  x = (x ^ (tenant * k1)) * k2;
  return x ^ (x >>> 16);
}

/** Reads the keys of rows 0 to `count` - 1 and finds their flows; `bytes` is what offsets count from. */
export function findFlows(bytes: u32, count: u32, slots: u32, mask: u32): void {
  let touched: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    readKey(bytes, row);
    const hash = load<u32>(base + (row << 2), Column.keyHash);
    touched ^= load<u32>(slots + ((hash & mask) << 2));
  }
  for (let row: u32 = 0; row < count; row++) {
    const hash = load<u32>(base + (row << 2), Column.keyHash);
    const id = load<u32>(slots + ((hash & mask) << 2)) & ID_MASK;
    if (id != 0) touched ^= load<u32>(hot + ((id - 1) << HOT_LOG2));
  }
  // Stored, so that the reads above are made: the search finds slots and records in the cache.
  store<u32>(base, touched, Column.keyTouched);
  for (let row: u32 = 0; row < count; row++) {
    store<i32>(base + (row << 2), find(bytes, row, slots, mask), Column.keyFound);
  }
}

function readKey(bytes: u32, row: u32): void {
  const p4 = base + (row << 2);
  const length = load<u8>(base + row, Column.addressLength) as u32;
  if (length == 0) {
    store<u32>(p4, NO_FLOW, Column.keyKind);
    store<u32>(p4, 0, Column.keyHash);
    return;
  }
  let kind = (load<i16>(base + (row << 1), Column.l4Protocol) as u32) & 0xff;
  const srcPort = load<i32>(p4, Column.srcPort);
  let ports: u32 = 0;
  if (srcPort >= 0) {
    kind |= KIND_PORTS;
    ports = ((srcPort as u32) << 16) | load<u32>(p4, Column.dstPort);
  }
  const tunnel = load<u8>(base + row, Column.tunnelKind) as u32;
  const tenant = tunnel == VXLAN || tunnel == GENEVE ? load<u32>(p4, Column.tunnelId) : 0;
  let src = load<u32>(p4, Column.srcOffset);
  let dst = load<u32>(p4, Column.dstOffset);
  if (length == 4) {
    src = be32(bytes + src);
    dst = be32(bytes + dst);
    const one = last(mix(src), ports >>> 16);
    const other = last(mix(dst), ports & 0xffff);
    store<u32>(p4, pair(one, other, kind, tenant), Column.keyHash);
  } else {
    kind |= KIND_IPV6;
    const one = end6(bytes + src, ports >>> 16);
    const other = end6(bytes + dst, ports & 0xffff);
    store<u32>(p4, pair(one, other, kind, tenant), Column.keyHash);
  }
  store<u32>(p4, kind, Column.keyKind);
  store<u32>(p4, tenant, Column.keyTenant);
  store<u32>(p4, ports, Column.keyPorts);
  store<u32>(p4, src, Column.keySrc);
  store<u32>(p4, dst, Column.keyDst);
}

/** Twice the id of the flow of a row, plus the direction; -1 if it is not there. */
@inline
function find(bytes: u32, row: u32, slots: u32, mask: u32): i32 {
  const p4 = base + (row << 2);
  const kind = load<u32>(p4, Column.keyKind);
  if (kind == NO_FLOW) return -1;
  const hash = load<u32>(p4, Column.keyHash);
  let at = hash & mask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(slots + (at << 2));
    if (entry == 0) return -1;
    if (((entry ^ hash) & ~ID_MASK) == 0) {
      const id = (entry & ID_MASK) - 1;
      const direction = match(bytes, p4, kind, hot + (id << HOT_LOG2));
      if (direction >= 0) return ((id << 1) as i32) + direction;
    }
    at = (at + 1) & mask;
  }
  return -1;
}

/** The direction of a row in the flow at `record`, -1 if it is of another flow. */
@inline
function match(bytes: u32, p4: u32, kind: u32, record: u32): i32 {
  const different = (load<u32>(record, KIND) ^ kind) |
    (load<u32>(record, TENANT) ^ load<u32>(p4, Column.keyTenant));
  // Of another family, the first address would be no row of the pool.
  if (different != 0) return -1;
  const ports = load<u32>(p4, Column.keyPorts);
  const known = load<u32>(record, PORTS);
  const src = load<u32>(p4, Column.keySrc);
  const dst = load<u32>(p4, Column.keyDst);
  const a = load<u32>(record, ADDRESS_A);
  let forward = known ^ ports;
  let backward = known ^ rotl<u32>(ports, 16);
  if ((kind & KIND_IPV6) == 0) {
    const b = load<u32>(record, ADDRESS_B);
    forward |= (a ^ src) | (b ^ dst);
    backward |= (a ^ dst) | (b ^ src);
  } else {
    const start = pool + (a << POOL_LOG2);
    for (let word: u32 = 0; word < 16; word += 4) {
      const from = be32(bytes + src + word);
      const to = be32(bytes + dst + word);
      const sideA = load<u32>(start + word);
      const sideB = load<u32>(start + word, 16);
      forward |= (sideA ^ from) | (sideB ^ to);
      backward |= (sideA ^ to) | (sideB ^ from);
    }
  }
  const isNotForward = (forward | (0 - forward)) >>> 31;
  const isNotBackward = (backward | (0 - backward)) >>> 31;
  return (isNotForward & isNotBackward) == 0 ? isNotForward as i32 : -1;
}

/**
 * Takes rows in from `from` on, as long as their flows are there and go on as flows do; the row that
 * TypeScript must take, or `count`.
 */
export function addKnownFlows(from: u32, count: u32): u32 {
  for (let row = from; row < count; row++) {
    const p1 = base + row, p4 = base + (row << 2);
    const kind = load<u32>(p4, Column.keyKind);
    if (kind == NO_FLOW) {
      store<i32>(p4, -1, Column.flowFlow);
      store<i32>(p4, -1, Column.flowTcp);
      store<u8>(p1, 0, Column.flowDirection);
      continue;
    }
    if (load<u8>(p1, Column.fragment) != 0) return row;
    const found = load<i32>(p4, Column.keyFound);
    if (found < 0) return row;
    const direction = (found as u32) & 1;
    const record = hot + (((found as u32) >>> 1) << HOT_LOG2);
    const state = load<u32>(record, STATE);
    if ((kind & (KIND_PORTS | 0xff)) == (KIND_PORTS | TCP)) {
      const flags = load<u16>(base + (row << 1), Column.tcpFlags) as u32;
      if (flags == 0 || (flags & FIN_SYN_RST) != 0) return row;
      if ((state & BOTH_BASES_KNOWN) != BOTH_BASES_KNOWN) return row;
    }
    const time = load<f64>(base + (row << 3), Column.flowTimeNs);
    const hasTime = load<u8>(p1, Column.noTime) != 1;
    // A time that went back may be the least of the flow: that is kept elsewhere.
    if (hasTime && !(time >= load<f64>(record, LAST_NS))) return row;
    store<u32>(p4, (found as u32) >>> 1, Column.flowFlow);
    store<u32>(p4, load<u32>(record, TCP_NUMBER), Column.flowTcp);
    store<u8>(p1, direction as u8, Column.flowDirection);
    store<u32>(record, state | REFERENCED, STATE);
    const packets = record + (direction << 2);
    store<u32>(packets, load<u32>(packets, PACKETS) + 1, PACKETS);
    const octets = record + (direction << 3);
    const wire = load<f64>(base + (row << 3), Column.wireLength);
    store<f64>(octets, load<f64>(octets, OCTETS) + wire, OCTETS);
    if (hasTime) store<f64>(record, time, LAST_NS);
  }
  return count;
}

/** The compiled twin of `flow/flow_keys.ts` and `flow/flow_hash.ts`. AssemblyScript. */
import { base, Column } from "./columns";
import { be32 } from "./octets";

/** Kind of a packet that belongs to no flow. */
export const NO_FLOW: u32 = 0xffffffff;
/** Bits of the kind above those of the protocol. */
export const KIND_PORTS: u32 = 0x100, KIND_IPV6: u32 = 0x200;

const VXLAN: u32 = 5, GENEVE: u32 = 6;

/** Keys of the hash; see `flow/flow_hash.ts`. */
let k0: u32 = 0, k1: u32 = 0, k2: u32 = 0, k3: u32 = 0;
let k4: u32 = 0, k5: u32 = 0, k6: u32 = 0, k7: u32 = 0;

/** Told once: the keys of the hash, eight words. */
export function bindHash(keys: u32): void {
  k0 = load<u32>(keys);
  k1 = load<u32>(keys, 4);
  k2 = load<u32>(keys, 8);
  k3 = load<u32>(keys, 12);
  k4 = load<u32>(keys, 16);
  k5 = load<u32>(keys, 20);
  k6 = load<u32>(keys, 24);
  k7 = load<u32>(keys, 28);
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

/**
 * Fills the keys of rows 0 to `count` - 1; `bytes` is what offsets count from, `slots` and `mask` are
 * the index that will be searched: its words are on their way when the keys are done.
 */
export function readKeys(bytes: u32, count: u32, slots: u32, mask: u32): void {
  const columns = base;
  let touched: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const hash = readKey(bytes, columns, row);
    touched ^= load<u32>(slots + ((hash & mask) << 2));
  }
  // Stored, so that the reads above are made.
  store<u32>(columns, touched, Column.keyTouched);
}

@inline
function readKey(bytes: u32, columns: u32, row: u32): u32 {
  const p4 = columns + (row << 2);
  const length = load<u8>(columns + row, Column.addressLength) as u32;
  if (length == 0) {
    store<u32>(p4, NO_FLOW, Column.keyKind);
    store<u32>(p4, 0, Column.keyHash);
    return 0;
  }
  let kind = (load<i16>(columns + (row << 1), Column.l4Protocol) as u32) & 0xff;
  const srcPort = load<i32>(p4, Column.srcPort);
  let ports: u32 = 0;
  if (srcPort >= 0) {
    kind |= KIND_PORTS;
    ports = ((srcPort as u32) << 16) | load<u32>(p4, Column.dstPort);
  }
  const tunnel = load<u8>(columns + row, Column.tunnelKind) as u32;
  const tenant = tunnel == VXLAN || tunnel == GENEVE ? load<u32>(p4, Column.tunnelId) : 0;
  let src = load<u32>(p4, Column.srcOffset);
  let dst = load<u32>(p4, Column.dstOffset);
  let hash: u32 = 0;
  if (length == 4) {
    src = be32(bytes + src);
    dst = be32(bytes + dst);
    hash = pair(last(mix(src), ports >>> 16), last(mix(dst), ports & 0xffff), kind, tenant);
  } else {
    kind |= KIND_IPV6;
    const one = end6(bytes + src, ports >>> 16);
    hash = pair(one, end6(bytes + dst, ports & 0xffff), kind, tenant);
  }
  store<u32>(p4, hash, Column.keyHash);
  store<u32>(p4, kind, Column.keyKind);
  store<u32>(p4, tenant, Column.keyTenant);
  store<u32>(p4, ports, Column.keyPorts);
  store<u32>(p4, src, Column.keySrc);
  store<u32>(p4, dst, Column.keyDst);
  return hash;
}

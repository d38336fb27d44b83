/** The compiled twin of `flow/flow_keys.ts` and `flow/flow_hash.ts`. AssemblyScript. */
import { base, Column, RowState } from "./columns";
import { be32 } from "./octets";
import {
  highHalves,
  highs,
  lowHalves,
  lows,
  splat,
  swapped,
  where,
  word0,
  word1,
  word2,
  word3,
} from "./vectors";

/** Kind of a packet that belongs to no flow. */
export const NO_FLOW: u32 = 0xffffffff;
/** Bits of the kind above those of the protocol. */
export const KIND_PORTS: u32 = 0x100, KIND_IPV6: u32 = 0x200;

const TCP: u32 = 6;
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

@inline
function mixFour(words: v128): v128 {
  const x = i32x4.mul(v128.xor(words, splat(k3)), splat(k0));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

@inline
function nextFour(x: v128, words: v128, key: u32): v128 {
  const y = i32x4.mul(v128.xor(x, i32x4.mul(words, splat(key))), splat(k7));
  return v128.xor(y, i32x4.shr_u(y, 15));
}

@inline
function lastFour(x: v128, beside: v128): v128 {
  const y = i32x4.mul(v128.xor(x, i32x4.mul(beside, splat(k1))), splat(k2));
  return v128.xor(y, i32x4.shr_u(y, 15));
}

/** Hash of four ends: of the IPv4 addresses `words`, or of the IPv6 addresses at `at`. */
@inline
function endFour(words: v128, bytes: u32, at: v128, beside: v128, isIpv6: v128): v128 {
  if (!v128.any_true(isIpv6)) return lastFour(mixFour(words), beside);
  const a = v128.load(bytes + word0(at));
  const b = v128.load(bytes + word1(at));
  const c = v128.load(bytes + word2(at));
  const d = v128.load(bytes + word3(at));
  let ab = lows(a, b), cd = lows(c, d);
  const x = mixFour(v128.bitselect(swapped(lowHalves(ab, cd)), words, isIpv6));
  let y = nextFour(x, swapped(highHalves(ab, cd)), k4);
  ab = highs(a, b);
  cd = highs(c, d);
  y = nextFour(y, swapped(lowHalves(ab, cd)), k5);
  y = nextFour(y, swapped(highHalves(ab, cd)), k6);
  return lastFour(v128.bitselect(y, x, isIpv6), beside);
}

/** Fills the keys of four rows of TCP without tunnel, whose headers are whole, at `p4` in columns of words. */
@inline
export function keyFour(
  bytes: u32,
  columns: u32,
  p4: u32,
  ip: v128,
  isIpv6: v128,
  srcOffset: v128,
  dstOffset: v128,
  ports: v128,
): void {
  let ab = v128.load64_zero(bytes + word0(ip), 12);
  ab = v128.load64_lane(bytes + word1(ip), ab, 1, 12);
  let cd = v128.load64_zero(bytes + word2(ip), 12);
  cd = v128.load64_lane(bytes + word3(ip), cd, 1, 12);
  const srcWords = swapped(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6));
  const dstWords = swapped(v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
  const kind = v128.or(splat(KIND_PORTS | TCP), where(isIpv6, splat(KIND_IPV6)));
  const srcPort = i32x4.shr_u(ports, 16);
  const dstPort = v128.and(ports, splat(0xffff));
  // What is read of an IPv4 packet in vain lies within its headers.
  let x = i32x4.add(
    endFour(srcWords, bytes, srcOffset, srcPort, isIpv6),
    endFour(dstWords, bytes, dstOffset, dstPort, isIpv6),
  );
  x = i32x4.mul(v128.xor(x, i32x4.mul(kind, splat(k3))), splat(k7));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, splat(k2));
  v128.store(p4, v128.xor(x, i32x4.shr_u(x, 16)), Column.keyHash);
  v128.store(p4, kind, Column.keyKind);
  v128.store(p4, splat(0), Column.keyTenant);
  v128.store(p4, ports, Column.keyPorts);
  const src = v128.bitselect(srcOffset, srcWords, isIpv6);
  const dst = v128.bitselect(dstOffset, dstWords, isIpv6);
  v128.store(p4, src, Column.keySrc);
  v128.store(p4, dst, Column.keyDst);
  const rows = p4 + 3 * (p4 - columns);
  const lowEnds = lows(src, dst), lowRest = lows(ports, kind);
  const highEnds = highs(src, dst), highRest = highs(ports, kind);
  v128.store(rows, lowHalves(lowEnds, lowRest), Column.keyRow);
  v128.store(rows, highHalves(lowEnds, lowRest), Column.keyRow + 16);
  v128.store(rows, lowHalves(highEnds, highRest), Column.keyRow + 32);
  v128.store(rows, highHalves(highEnds, highRest), Column.keyRow + 48);
}

/** Fills the keys of those of rows 0 to `count` - 1 that have none yet; `bytes` is what offsets count from. */
export function readKeys(bytes: u32, count: u32): void {
  const columns = base;
  for (let row: u32 = 0; row < count; row++) {
    if (load<u8>(columns + row, Column.state) != RowState.keyed) readKey(bytes, columns, row);
  }
}

@inline
function readKey(bytes: u32, columns: u32, row: u32): void {
  const p4 = columns + (row << 2);
  const length = load<u8>(columns + row, Column.addressLength) as u32;
  if (length == 0) {
    store<u32>(p4, NO_FLOW, Column.keyKind);
    store<u32>(p4, 0, Column.keyHash);
    return;
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
  const key = i32x4.replace_lane(i32x4.splat(src as i32), 1, dst as i32);
  const rest = i32x4.replace_lane(i32x4.splat(ports as i32), 1, kind as i32);
  v128.store(columns + (row << 4), lowHalves(key, rest), Column.keyRow);
}

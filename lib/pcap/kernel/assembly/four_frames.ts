/**
 * Four frames at a time, if all are of the most usual kind: TCP, IPv4 or IPv6, at most one tag, on
 * paths that came up before. Most of the work is the same for each, so that one instruction does it
 * for four; `frames.ts` takes the others. AssemblyScript.
 */
import { appOfPorts, contentProtocol, ODD_CONTENT, saysMore, TCP_PORT_MAX } from "./app_protocols";
import { Column, paths, tcpPorts } from "./columns";
import { keyFour } from "./flow_keys";
import { be32 } from "./octets";
import {
  byOctet,
  highHalves,
  highs,
  lowHalves,
  lows,
  plus,
  splat,
  swapped,
  where,
  word0,
  word1,
  word2,
  word3,
} from "./vectors";

const ETHERNET_4: u64 = 0x0001000100010001, TCP_4: u64 = 0x0006000600060006;
const IPV4: u32 = 0x0800, IPV6: u32 = 0x86dd, TAG_SWAPPED: u32 = 0x0081;
const TCP: u32 = 6, DATA: u32 = 62;
const FRAME_MIN: u32 = 42, TCP_MIN: u32 = 20;
/** Bits of a wire length that is too long to compute with. */
const WIRE_BITS: i32 = 29;
/** A bit for each row. */
const ALL: u32 = 15;

/**
 * Fills rows `row` to `row` + 3, and their keys if `keyed`. Returns a bit for each row that is not
 * usual: what it got is not its own, and it must be taken by itself.
 */
@inline
export function dissectFour(bytes: u32, columns: u32, row: u32, keyed: bool): u32 {
  const p1 = columns + row, p2 = columns + (row << 1);
  const p4 = columns + (row << 2), p8 = columns + (row << 3);
  if (load<u64>(p2, Column.linkType) != ETHERNET_4) return ALL;
  if (load<u32>(p1, Column.fcsLength) != 0) return ALL;
  const start = v128.load(p4, Column.offset);
  const captured = v128.load(p4, Column.capturedLength);
  const wire = lowHalves(
    i32x4.trunc_sat_f64x2_u_zero(v128.load(p8, Column.wireLength)),
    i32x4.trunc_sat_f64x2_u_zero(v128.load(p8, Column.wireLength + 16)),
  );
  const cannot = v128.or(i32x4.shr_u(wire, WIRE_BITS), i32x4.lt_s(captured, splat(FRAME_MIN)));
  if (v128.any_true(cannot)) return ALL;
  const captureEnd = plus(start, captured);
  const frameEnd = plus(start, i32x4.max_s(wire, captured));

  let tags = v128.load32_zero(bytes + word0(start), 12);
  tags = v128.load32_lane(bytes + word1(start), tags, 1, 12);
  tags = v128.load32_lane(bytes + word2(start), tags, 2, 12);
  tags = v128.load32_lane(bytes + word3(start), tags, 3, 12);
  const isTagged = i32x4.eq(v128.and(tags, splat(0xffff)), splat(TAG_SWAPPED));
  let ip = plus(plus(start, splat(14)), where(isTagged, splat(4)));

  // Each load: two octets before the type (those of a tag), the type, three words of the header.
  let a = v128.load(bytes + word0(ip) - 4);
  let b = v128.load(bytes + word1(ip) - 4);
  let c = v128.load(bytes + word2(ip) - 4);
  let d = v128.load(bytes + word3(ip) - 4);
  let ab = lows(a, b), cd = lows(c, d);
  const before = swapped(lowHalves(ab, cd));
  const first = swapped(highHalves(ab, cd));
  ab = highs(a, b);
  cd = highs(c, d);
  const second = swapped(lowHalves(ab, cd));
  const third = swapped(highHalves(ab, cd));

  const type = v128.and(before, splat(0xffff));
  const isIpv6 = i32x4.eq(type, splat(IPV6));
  const shape = v128.or(i32x4.shl(type, 8), i32x4.shr_u(first, 24));
  const isIp = v128.bitselect(
    i32x4.eq(i32x4.shr_u(shape, 4), splat(IPV6 << 4 | 6)),
    i32x4.eq(shape, splat(IPV4 << 8 | 0x45)),
    isIpv6,
  );
  const length = i32x4.shr_u(second, 16);
  let l4 = plus(plus(ip, splat(20)), where(isIpv6, splat(20)));
  const wireEnd = v128.bitselect(
    plus(l4, length),
    plus(ip, v128.and(first, splat(0xffff))),
    isIpv6,
  );
  const end = i32x4.min_s(captureEnd, wireEnd);
  // A fragment, or a jumbogram.
  const isPart = v128.bitselect(
    i32x4.eq(length, splat(0)),
    i32x4.ne(v128.and(second, splat(0x3fff)), splat(0)),
    isIpv6,
  );
  const protocol = v128.and(
    v128.bitselect(i32x4.shr_u(second, 8), i32x4.shr_u(third, 16), isIpv6),
    splat(0xff),
  );
  let isUsual = v128.andnot(v128.and(isIp, i32x4.eq(protocol, splat(TCP))), isPart);
  isUsual = v128.and(isUsual, i32x4.le_s(wireEnd, frameEnd));
  isUsual = v128.and(isUsual, i32x4.le_s(plus(l4, splat(TCP_MIN)), end));
  let rest = i32x4.bitmask(isUsual) as u32 ^ ALL;
  if (rest != 0) {
    if (rest == ALL) return ALL;
    // Read where a usual row is, which is within its packet.
    l4 = v128.bitselect(l4, usualOf(l4, rest), isUsual);
    ip = v128.bitselect(ip, usualOf(ip, rest), isUsual);
  }

  a = v128.load(bytes + word0(l4));
  b = v128.load(bytes + word1(l4));
  c = v128.load(bytes + word2(l4));
  d = v128.load(bytes + word3(l4));
  ab = lows(a, b);
  cd = lows(c, d);
  const ports = swapped(lowHalves(ab, cd));
  const seq = swapped(highHalves(ab, cd));
  ab = highs(a, b);
  cd = highs(c, d);
  const ack = swapped(lowHalves(ab, cd));
  const bits = swapped(highHalves(ab, cd));
  const header = i32x4.shl(i32x4.shr_u(bits, 28), 2);
  const payload = plus(l4, header);
  const isHeader = v128.and(i32x4.ge_s(header, splat(TCP_MIN)), i32x4.le_s(payload, end));
  rest |= i32x4.bitmask(isHeader) as u32 ^ ALL;

  const srcPort = i32x4.shr_u(ports, 16);
  const dstPort = v128.and(ports, splat(0xffff));
  const hasPayload = i32x4.lt_s(payload, wireEnd);
  const lower = i32x4.min_s(srcPort, dstPort);
  let app = splat(load<u8>(tcpPorts + word0(lower)) as u32);
  app = i32x4.replace_lane(app, 1, load<u8>(tcpPorts + word1(lower)) as i32);
  app = i32x4.replace_lane(app, 2, load<u8>(tcpPorts + word2(lower)) as i32);
  app = i32x4.replace_lane(app, 3, load<u8>(tcpPorts + word3(lower)) as i32);
  const isOpen = v128.and(
    i32x4.eq(app, splat(0)),
    i32x4.le_s(i32x4.max_s(srcPort, dstPort), splat(TCP_PORT_MAX)),
  );
  if (v128.any_true(isOpen)) app = appsOfPorts(ports);
  app = where(hasPayload, app);
  // The first octets, as far as five were captured, say more than ports.
  const hasContent = i32x4.le_s(plus(payload, splat(5)), end);
  const at = v128.bitselect(payload, l4, hasContent);
  let content = v128.load32_zero(bytes + word0(at));
  content = v128.load32_lane(bytes + word1(at), content, 1);
  content = v128.load32_lane(bytes + word2(at), content, 2);
  content = v128.load32_lane(bytes + word3(at), content, 3);
  if (v128.any_true(v128.and(hasContent, sayMore(content)))) {
    app = appsOfContents(bytes, at, hasContent, app);
    rest |= i32x4.bitmask(i32x4.eq(app, splat(ODD_CONTENT))) as u32;
  }

  const leaf = v128.bitselect(where(hasPayload, splat(DATA)), app, i32x4.eq(app, splat(0)));
  const place = v128.or(
    v128.or(leaf, where(isIpv6, splat(256))),
    where(isTagged, splat(512)),
  );
  const places = i32x4.shl(place, 1);
  const path0 = load<u16>(paths + word0(places)) as u32;
  const path1 = load<u16>(paths + word1(places)) as u32;
  const path2 = load<u16>(paths + word2(places)) as u32;
  const path3 = load<u16>(paths + word3(places)) as u32;
  // What is left of the four says nothing of the others.
  const unknown: u32 = (path0 == 0 ? 1 : 0) | (path1 == 0 ? 2 : 0) | (path2 == 0 ? 4 : 0) |
    (path3 == 0 ? 8 : 0);
  if ((unknown & ~rest) != 0) return ALL;

  store<u32>(p2, path0 | path1 << 16, Column.path);
  store<u32>(p2, path2 | path3 << 16, Column.path + 4);
  v128.store(p4, i32x4.max_s(i32x4.sub(end, payload), splat(0)), Column.payloadCaptured);
  v128.store(p4, i32x4.sub(wireEnd, payload), Column.payloadWire);
  v128.store(p4, seq, Column.seq);
  v128.store(p4, ack, Column.ack);
  v128.store(p4, v128.andnot(length, isIpv6), Column.ipId);
  const src = plus(ip, v128.bitselect(splat(8), splat(12), isIpv6));
  const dst = plus(src, v128.bitselect(splat(16), splat(4), isIpv6));
  v128.store(p4, src, Column.srcOffset);
  v128.store(p4, dst, Column.dstOffset);
  v128.store(p4, srcPort, Column.srcPort);
  v128.store(p4, dstPort, Column.dstPort);
  v128.store(p4, ip, Column.l3Offset);
  v128.store(p4, l4, Column.l4Offset);
  v128.store(p4, payload, Column.payloadOffset);
  const words = i16x8.narrow_i32x4_u(
    v128.and(i32x4.shr_u(bits, 16), splat(0xfff)),
    v128.and(bits, splat(0xffff)),
  );
  v128.store64_lane(p2, words, 0, Column.tcpFlags);
  v128.store64_lane(p2, words, 1, Column.window);
  const vlan = v128.or(
    v128.and(i32x4.shr_u(before, 16), splat(0xfff)),
    v128.not(isTagged),
  );
  v128.store64_lane(p2, i16x8.narrow_i32x4_s(vlan, vlan), 0, Column.vlanId);
  store<u64>(p2, TCP_4, Column.l4Protocol);
  // Four columns of octets in the octets of each word, then sorted by column.
  const ttl = v128.and(v128.bitselect(second, i32x4.shr_u(third, 24), isIpv6), splat(0xff));
  const octets = v128.or(
    v128.or(app, v128.bitselect(splat(0x00100600), splat(0x00040400), isIpv6)),
    i32x4.shl(ttl, 24),
  );
  const sorted = byOctet(octets);
  v128.store32_lane(p1, sorted, 0, Column.app);
  v128.store32_lane(p1, sorted, 1, Column.ipVersion);
  v128.store32_lane(p1, sorted, 2, Column.addressLength);
  v128.store32_lane(p1, sorted, 3, Column.ttl);
  const marks = v128.or(
    where(isTagged, splat(1)),
    where(i32x4.lt_s(captureEnd, frameEnd), splat(0x100)),
  );
  const sortedMarks = byOctet(marks);
  v128.store32_lane(p1, sortedMarks, 0, Column.vlanDepth);
  v128.store32_lane(p1, sortedMarks, 1, Column.cut);
  if (keyed) keyFour(bytes, columns, p4, ip, isIpv6, src, dst, ports);
  return rest;
}

/** The word of the first row that is not in `rest`, four times. */
function usualOf(words: v128, rest: u32): v128 {
  if ((rest & 1) == 0) return splat(word0(words));
  if ((rest & 2) == 0) return splat(word1(words));
  return splat((rest & 4) == 0 ? word2(words) : word3(words));
}

/** Set where the first octets of a TCP payload may tell its protocol; see `saysMore`. */
@inline
function sayMore(content: v128): v128 {
  const first = v128.and(content, splat(0xff));
  // A bit for each upper half of an octet that goes with the lower half: 1, 4, 5 and 15.
  const lowerHalf = i8x16.swizzle(
    i8x16(4, 0, 0, 6, 3, 1, 1, 3, 2, 0, 0, 0, 0, 0, 0, 10),
    v128.and(first, splat(15)),
  );
  const upperHalf = i8x16.swizzle(
    i8x16(0, 1, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8),
    i32x4.shr_u(first, 4),
  );
  return i32x4.ne(v128.and(lowerHalf, upperHalf), splat(0));
}

function appsOfPorts(ports: v128): v128 {
  return i32x4(
    appOfPorts(word0(ports)),
    appOfPorts(word1(ports)),
    appOfPorts(word2(ports)),
    appOfPorts(word3(ports)),
  );
}

function appsOfContents(bytes: u32, at: v128, hasContent: v128, apps: v128): v128 {
  return i32x4(
    appOfContent(bytes + word0(at), word0(hasContent), word0(apps)),
    appOfContent(bytes + word1(at), word1(hasContent), word1(apps)),
    appOfContent(bytes + word2(at), word2(hasContent), word2(apps)),
    appOfContent(bytes + word3(at), word3(hasContent), word3(apps)),
  );
}

function appOfContent(at: u32, hasContent: u32, app: u32): u32 {
  if (hasContent == 0) return app;
  const content = be32(at);
  if (saysMore(content) == 0) return app;
  const said = contentProtocol(content, at);
  return said != 0 ? said : app;
}

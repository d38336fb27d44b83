/**
 * The compiled twin of `dissect/`: ordinary frames (Ethernet II, at most one tag, IPv4 without options
 * or IPv6 without extension headers, whole, TCP or UDP) into columns. Whatever is not ordinary is left
 * to TypeScript, row by row. What differs from packet to packet (family, tag, payload) is chosen by
 * arithmetic: branches on it could not be predicted. AssemblyScript.
 */
import { appOfPorts, contentProtocol, ODD_CONTENT, saysMore, udpProtocol } from "./app_protocols";
import { base, Column, KEYED_4, paths, RowState, udpTunnels } from "./columns";
import { dissectFour } from "./four_frames";
import { be16, be32 } from "./octets";

const ODD: u32 = RowState.odd;
/** Four rows that are done. */
const DONE_4: u32 = RowState.done * 0x01010101;

const ETHERNET: u32 = 1;
const IPV4: u32 = 0x0800, IPV6: u32 = 0x86dd, VLAN: u32 = 0x8100;
const TCP: u32 = 6, UDP: u32 = 17;
const DATA: u32 = 62;
const WIRE_MAX: f64 = 0x1fffffff;
/** The least that holds Ethernet, a tag, IPv4 or the first words of IPv6. */
const FRAME_MIN: u32 = 42;

/**
 * Dissects rows 0 to `count` - 1, and reads keys of them if `keyed`; `bytes` is the address that offsets
 * count from. Returns how many rows are not done; their numbers are in a column of their own.
 */
export function dissectFrames(bytes: u32, count: u32, keyed: bool): u32 {
  const columns = base;
  let left: u32 = 0;
  let row: u32 = 0;
  const mark = keyed ? KEYED_4 : DONE_4;
  for (; row + 4 <= count; row += 4) {
    const p1 = columns + row;
    // What ordinary frames have not is clear already, but for rows that were not ordinary.
    if ((load<u32>(p1, Column.state) & DONE_4) != DONE_4) clearRare(columns, row, row + 4);
    const rest = dissectFour(bytes, columns, row, keyed);
    store<u32>(p1, mark, Column.state);
    if (rest != 0) left = dissectRest(bytes, columns, row, rest, left);
  }
  if (row == count) return left;
  clearRare(columns, row, count);
  return dissectRows(bytes, columns, row, count, left);
}

/** Dissects those of four rows that have a bit in `rest`; how many rows are `left` after them. */
function dissectRest(bytes: u32, columns: u32, from: u32, rest: u32, left: u32): u32 {
  for (let bits = rest; bits != 0; bits &= bits - 1) {
    const row = from + ctz<u32>(bits);
    left = dissectRows(bytes, columns, row, row + 1, left);
  }
  return left;
}

/** Dissects rows one by one, up to `to`; how many rows are `left` after them. */
function dissectRows(bytes: u32, columns: u32, from: u32, to: u32, left: u32): u32 {
  for (let row = from; row < to; row++) {
    const state = dissectFrame(bytes, columns, row);
    store<u8>(columns + row, state as u8, Column.state);
    if (state == RowState.done) continue;
    if (state == ODD) clearUsual(columns, row);
    store<u16>(columns + (left << 1), row as u16, Column.leftRow);
    left++;
  }
  return left;
}

/** "Nothing found" in the columns that no ordinary frame fills. */
function clearRare(columns: u32, from: u32, to: u32): void {
  for (let row = from; row < to; row++) {
    const p1 = columns + row, p2 = columns + (row << 1), p4 = columns + (row << 2);
    store<u8>(p1, 0, Column.tunnelDepth);
    store<u8>(p1, 0, Column.tunnelKind);
    store<u32>(p4, 0, Column.tunnelId);
    store<u8>(p1, 0, Column.fragment);
    store<u32>(p4, 0, Column.fragmentOffset);
    store<u8>(p1, 0, Column.fragmentMore);
    store<u16>(p2, 0, Column.malformed);
    store<i16>(p2, -1, Column.icmpType);
    store<i16>(p2, -1, Column.icmpCode);
  }
}

/** "Nothing found" in the columns that ordinary frames fill. */
function clearUsual(columns: u32, row: u32): void {
  const p1 = columns + row, p2 = columns + (row << 1), p4 = columns + (row << 2);
  store<u16>(p2, 0, Column.path);
  store<u8>(p1, 0, Column.app);
  store<u8>(p1, 0, Column.ipVersion);
  store<u8>(p1, 0, Column.addressLength);
  store<u32>(p4, 0, Column.payloadCaptured);
  store<u32>(p4, 0, Column.payloadWire);
  store<u16>(p2, 0, Column.tcpFlags);
  store<u32>(p4, 0, Column.seq);
  store<u32>(p4, 0, Column.ack);
  store<u16>(p2, 0, Column.window);
  store<u8>(p1, 0, Column.vlanDepth);
  store<u32>(p4, 0, Column.ipId);
  store<u8>(p1, 0, Column.ttl);
  store<u8>(p1, 0, Column.cut);
  store<i32>(p4, -1, Column.srcOffset);
  store<i32>(p4, -1, Column.dstOffset);
  store<i16>(p2, -1, Column.l4Protocol);
  store<i32>(p4, -1, Column.srcPort);
  store<i32>(p4, -1, Column.dstPort);
  store<i32>(p4, -1, Column.l3Offset);
  store<i32>(p4, -1, Column.l4Offset);
  store<i32>(p4, -1, Column.payloadOffset);
  store<i16>(p2, -1, Column.vlanId);
}

@inline
function dissectFrame(bytes: u32, columns: u32, row: u32): u32 {
  const p1 = columns + row, p2 = columns + (row << 1), p4 = columns + (row << 2);
  const start = load<u32>(p4, Column.offset);
  const captured = load<u32>(p4, Column.capturedLength);
  const wireOctets = load<f64>(columns + (row << 3), Column.wireLength);
  const link = ((load<u16>(p2, Column.linkType) as u32) ^ ETHERNET) |
    load<u8>(p1, Column.fcsLength);
  if (link != 0 || captured < FRAME_MIN || wireOctets > WIRE_MAX) return ODD;
  const frame = bytes + start;
  const captureEnd = frame + captured;
  const frameEnd = frame + max<u32>(wireOctets as u32, captured);

  const tag = be32(frame + 12);
  const isTagged = (tag >>> 16 == VLAN) as u32;
  const ip = frame + 14 + (isTagged << 2);
  const type = be16(ip - 2);
  const isIpv6 = (type == IPV6) as u32;
  const first = be32(ip);
  const shape = type << 8 | first >>> 24;
  if (select<u32>(shape >>> 4 ^ (IPV6 << 4 | 6), shape ^ (IPV4 << 8 | 0x45), isIpv6) != 0) {
    return ODD;
  }
  const second = be32(ip + 4);
  const third = be32(ip + 8);
  const l4 = ip + 20 + isIpv6 * 20;
  const length = second >>> 16;
  // A fragment, or a jumbogram.
  if (select<u32>((length == 0) as u32, second & 0x3fff, isIpv6) != 0) return ODD;
  let wireEnd = select<u32>(l4 + length, ip + (first & 0xffff), isIpv6);
  if (wireEnd < l4 || wireEnd > frameEnd) return ODD;
  let end = min(captureEnd, wireEnd);
  const protocol = select<u32>(second >>> 8, third >>> 16, isIpv6) & 0xff;

  let seq: u32 = 0, ack: u32 = 0, bits: u32 = 0, payload: u32 = 0, app: u32 = 0, ports: u32 = 0;
  let family = isTagged << 9 | isIpv6 << 8;
  if (protocol == TCP) {
    if (l4 + 20 > end) return ODD;
    bits = be32(l4 + 12);
    const header = (bits >>> 28) << 2;
    payload = l4 + header;
    if (header < 20 || payload > end) return ODD;
    ports = be32(l4);
    seq = be32(l4 + 4);
    ack = be32(l4 + 8);
    const hasContent = (payload + 5 <= end) as u32;
    const content = be32(select<u32>(payload, l4, hasContent));
    if ((saysMore(content) & hasContent) != 0) {
      app = contentProtocol(content, payload);
      if (app == ODD_CONTENT) return ODD;
    }
    if (app == 0) app = select<u32>(appOfPorts(ports), 0, wireEnd > payload);
  } else if (protocol == UDP) {
    if (l4 + 8 > captureEnd) return ODD;
    const datagram = be16(l4 + 4);
    if (datagram < 8 || l4 + datagram > wireEnd) return ODD;
    wireEnd = l4 + datagram;
    end = min(captureEnd, wireEnd);
    ports = be32(l4);
    if ((load<u8>(udpTunnels + (ports >>> 16)) | load<u8>(udpTunnels + (ports & 0xffff))) != 0) {
      return ODD;
    }
    payload = l4 + 8;
    if (wireEnd > payload) {
      app = udpProtocol(ports, payload, end);
      if (app == ODD_CONTENT) return ODD;
    }
    family |= 128;
  } else return ODD;

  const hasPayload = wireEnd > payload;
  const leaf = select<u32>(app, select<u32>(DATA, 0, hasPayload), app != 0);
  const path = load<u16>(paths + ((family | leaf) << 1)) as u32;
  store<u16>(p2, path as u16, Column.path);
  store<u8>(p1, app as u8, Column.app);
  store<u8>(p1, (4 + (isIpv6 << 1)) as u8, Column.ipVersion);
  store<u8>(p1, (4 + isIpv6 * 12) as u8, Column.addressLength);
  store<u32>(p4, select<u32>(end - payload, 0, end > payload), Column.payloadCaptured);
  store<u32>(p4, wireEnd - payload, Column.payloadWire);
  store<u16>(p2, (bits >>> 16 & 0xfff) as u16, Column.tcpFlags);
  store<u32>(p4, seq, Column.seq);
  store<u32>(p4, ack, Column.ack);
  store<u16>(p2, bits as u16, Column.window);
  store<u8>(p1, isTagged as u8, Column.vlanDepth);
  store<u32>(p4, select<u32>(0, length, isIpv6), Column.ipId);
  store<u8>(p1, select<u32>(second, third >>> 24, isIpv6) as u8, Column.ttl);
  store<u8>(p1, (captureEnd < frameEnd) as u8, Column.cut);
  const l3Offset = ip - bytes;
  const src = l3Offset + 12 - (isIpv6 << 2);
  store<u32>(p4, src, Column.srcOffset);
  store<u32>(p4, src + 4 + isIpv6 * 12, Column.dstOffset);
  store<u16>(p2, protocol as u16, Column.l4Protocol);
  store<u32>(p4, ports >>> 16, Column.srcPort);
  store<u32>(p4, ports & 0xffff, Column.dstPort);
  store<u32>(p4, l3Offset, Column.l3Offset);
  store<u32>(p4, l4 - bytes, Column.l4Offset);
  store<u32>(p4, payload - bytes, Column.payloadOffset);
  store<u16>(p2, select<u32>(be16(frame + 14) & 0xfff, 0xffff, isTagged) as u16, Column.vlanId);
  return select<u32>(RowState.pathMissing, RowState.done, path == 0);
}

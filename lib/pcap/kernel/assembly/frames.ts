/**
 * The compiled twin of `dissect/`: ordinary frames (Ethernet II,
 * IPv4 without options or IPv6 without extension headers, whole, TCP or UDP) into columns. Whatever
 * is not ordinary is left to TypeScript, row by row. AssemblyScript.
 */
import { base, Column, paths, tcpPorts, udpPorts, udpTunnels } from "./columns";
import { be16, be32 } from "./octets";

/** Marks in the column `state`. */
const DONE: u8 = 0, ODD: u8 = 1, PATH_MISSING: u8 = 2;

const ETHERNET: u16 = 1;
const IPV4: u32 = 0x0800, IPV6: u32 = 0x86dd, VLAN: u32 = 0x8100;
const TCP: u32 = 6, UDP: u32 = 17;
const CUT_PAYLOAD: u8 = 1;
const WIRE_MAX: f64 = 0x1fffffff;

// Ids of dissect/protocol.ts.
const DATA: u32 = 62, DNS: u32 = 66, MDNS: u32 = 67, LLMNR: u32 = 68, TLS: u32 = 69, QUIC: u32 = 70;

/** Dissects rows 0 to `count` - 1; `bytes` is the address that offsets count from. Returns how many rows are not done. */
export function dissectFrames(bytes: u32, count: u32): u32 {
  let left: u32 = 0;
  memory.fill(base + Column.path, 0, Column.srcOffset - Column.path);
  memory.fill(base + Column.srcOffset, 0xff, Column.state - Column.srcOffset);
  for (let row: u32 = 0; row < count; row++) {
    const state = dissectFrame(bytes, row);
    store<u8>(base + row, state as u8, Column.state);
    if (state != DONE) left++;
  }
  return left;
}

function dissectFrame(bytes: u32, row: u32): u32 {
  if (load<u16>(base + Column.linkType + (row << 1)) != ETHERNET) return ODD;
  if (load<u8>(base + Column.fcsLength + row) != 0) return ODD;
  const start = load<u32>(base + Column.offset + (row << 2));
  const captured = load<u32>(base + Column.capturedLength + (row << 2));
  const wireOctets = load<f64>(base + Column.wireLength + (row << 3));
  if (captured < 54 || wireOctets > WIRE_MAX) return ODD;
  const wire = max<u32>(wireOctets as u32, captured);
  const pos = bytes + start;
  const type = be16(pos + 12);
  if (type == VLAN) return tagged(bytes, row, pos, pos + captured, pos + wire);
  return inner(bytes, row, type, pos + 14, pos + captured, pos + wire, 0);
}

@inline function inner(
  bytes: u32,
  row: u32,
  type: u32,
  pos: u32,
  captureEnd: u32,
  frameEnd: u32,
  family: u32,
): u32 {
  if (type == IPV4) return ipv4(bytes, row, pos, captureEnd, frameEnd, family);
  return type == IPV6 ? ipv6(bytes, row, pos, captureEnd, frameEnd, family | 256) : ODD;
}

/** One IEEE 802.1Q tag. */
function tagged(bytes: u32, row: u32, frame: u32, captureEnd: u32, frameEnd: u32): u32 {
  const p1 = base + row;
  const p2 = base + (row << 1);
  if (captureEnd - frame < 58) return ODD;
  const tag = be32(frame + 14);
  const state = inner(bytes, row, tag & 0xffff, frame + 18, captureEnd, frameEnd, 512);
  if (state == ODD) return ODD;
  store<u8>(p1, 1, Column.vlanDepth);
  store<u16>(p2, ((tag >>> 16) & 0xfff) as u16, Column.vlanId);
  return state;
}

function ipv4(
  bytes: u32,
  row: u32,
  pos: u32,
  captureEnd: u32,
  frameEnd: u32,
  family: u32,
): u32 {
  const p1 = base + row;
  const p2 = base + (row << 1);
  const p4 = base + (row << 2);
  const first = be32(pos);
  if (first >>> 24 != 0x45) return ODD;
  const identification = be32(pos + 4);
  if ((identification & 0x3fff) != 0) return ODD;
  const wireEnd = pos + (first & 0xffff);
  if (wireEnd < pos + 20 || wireEnd > frameEnd) return ODD;
  const word = be32(pos + 8);
  const protocol = (word >>> 16) & 0xff;
  const end = min(captureEnd, wireEnd);
  const state = transport(bytes, row, pos + 20, protocol, end, wireEnd, family);
  if (state == ODD) return ODD;
  store<u8>(p1, 4, Column.ipVersion);
  store<u8>(p1, 4, Column.addressLength);
  store<u32>(p4, pos + 12 - bytes, Column.srcOffset);
  store<u32>(p4, pos + 16 - bytes, Column.dstOffset);
  store<u32>(p4, pos - bytes, Column.l3Offset);
  store<u16>(p2, protocol as u16, Column.l4Protocol);
  store<u8>(p1, (word >>> 24) as u8, Column.ttl);
  store<u32>(p4, identification >>> 16, Column.ipId);
  if (captureEnd < frameEnd) store<u8>(p1, CUT_PAYLOAD, Column.cut);
  return state;
}

function ipv6(
  bytes: u32,
  row: u32,
  pos: u32,
  captureEnd: u32,
  frameEnd: u32,
  family: u32,
): u32 {
  const p1 = base + row;
  const p2 = base + (row << 1);
  const p4 = base + (row << 2);
  if (load<u8>(pos) >> 4 != 6) return ODD;
  const word = be32(pos + 4);
  const length = word >>> 16;
  const wireEnd = pos + 40 + length;
  if (length == 0 || wireEnd > frameEnd || pos + 40 > captureEnd) return ODD;
  const protocol = (word >>> 8) & 0xff;
  const end = min(captureEnd, wireEnd);
  const state = transport(bytes, row, pos + 40, protocol, end, wireEnd, family);
  if (state == ODD) return ODD;
  store<u8>(p1, (6) as u8, Column.ipVersion);
  store<u8>(p1, (16) as u8, Column.addressLength);
  store<u32>(p4, pos + 8 - bytes, Column.srcOffset);
  store<u32>(p4, pos + 24 - bytes, Column.dstOffset);
  store<u32>(p4, pos - bytes, Column.l3Offset);
  store<u16>(p2, protocol as u16, Column.l4Protocol);
  store<u8>(p1, (word & 0xff) as u8, Column.ttl);
  if (captureEnd < frameEnd) store<u8>(p1, CUT_PAYLOAD, Column.cut);
  return state;
}

@inline function transport(
  bytes: u32,
  row: u32,
  pos: u32,
  protocol: u32,
  end: u32,
  wireEnd: u32,
  family: u32,
): u32 {
  if (protocol == TCP) return tcp(bytes, row, pos, end, wireEnd, family);
  return protocol == UDP ? udp(bytes, row, pos, end, wireEnd, family | 128) : ODD;
}

function tcp(bytes: u32, row: u32, pos: u32, end: u32, wireEnd: u32, family: u32): u32 {
  const p2 = base + (row << 1);
  const p4 = base + (row << 2);
  if (pos + 20 > end) return ODD;
  const bits = be32(pos + 12);
  const header = (bits >>> 28) << 2;
  const payload = pos + header;
  if (header < 20 || payload > end) return ODD;
  const ports = be32(pos);
  let app: u32 = 0;
  if (wireEnd > payload) {
    app = tcpContent(payload, end);
    if (app == DATA) return ODD;
    if (app == 0) app = byPort(tcpPorts, ports);
  }
  store<u32>(p4, pos - bytes, Column.l4Offset);
  store<u32>(p4, ports >>> 16, Column.srcPort);
  store<u32>(p4, ports & 0xffff, Column.dstPort);
  store<u32>(p4, be32(pos + 4), Column.seq);
  store<u32>(p4, be32(pos + 8), Column.ack);
  store<u16>(p2, ((bits >>> 16) & 0xfff) as u16, Column.tcpFlags);
  store<u16>(p2, (bits & 0xffff) as u16, Column.window);
  setPayload(bytes, row, payload, end, wireEnd);
  return setPath(row, family, app, wireEnd > payload);
}

/** Protocol by the first octets; `DATA` if TypeScript must look closer, 0 if they say nothing. */
@inline function tcpContent(at: u32, end: u32): u32 {
  if (at + 5 > end) return 0;
  const word = be32(at);
  const first = word >>> 24;
  if (first >= 20 && first <= 23) {
    const version = (word >>> 8) & 0xffff;
    const length = ((word & 0xff) << 8) | load<u8>(at + 4);
    return version >= 0x0300 && version <= 0x0304 && length > 0 && length <= 18432 ? TLS : 0;
  }
  // First octets of HTTP/1, SSH and BGP.
  return first == 0x47 || first == 0x48 || first == 0x50 || first == 0x44 || first == 0x4f ||
      first == 0x43 || first == 0x53 || first == 0xff
    ? word == 0x47455420 || word == 0x48545450 || word == 0x504f5354 || word == 0x50555420 ||
        word == 0x48454144 || word == 0x44454c45 || word == 0x4f505449 || word == 0x434f4e4e ||
        word == 0x50415443 || word == 0x5353482d || word == 0xffffffff
      ? DATA
      : 0
    : 0;
}

/** Protocol of either port, the lower one first. */
@inline function byPort(table: u32, ports: u32): u32 {
  if ((ports >>> 16) > 8443 && (ports & 0xffff) > 8443) return 0;
  const src = ports >>> 16;
  const dst = ports & 0xffff;
  const found = load<u8>(table + min(src, dst)) as u32;
  return found != 0 ? found : load<u8>(table + max(src, dst)) as u32;
}

function udp(bytes: u32, row: u32, pos: u32, captureEnd: u32, ipEnd: u32, family: u32): u32 {
  const p4 = base + (row << 2);
  if (pos + 8 > captureEnd) return ODD;
  const length = be16(pos + 4);
  const wireEnd = pos + length;
  if (length < 8 || wireEnd > ipEnd) return ODD;
  const end = min(captureEnd, wireEnd);
  const ports = be32(pos);
  const tunnels = udpTunnels;
  if ((load<u8>(tunnels + (ports >>> 16)) | load<u8>(tunnels + (ports & 0xffff))) != 0) return ODD;
  const payload = pos + 8;
  let app: u32 = 0;
  if (wireEnd > payload) {
    app = byPort(udpPorts, ports);
    if (app == 0 || app == QUIC) app = quic(payload, end, app == QUIC);
    else if (app == DNS || app == MDNS || app == LLMNR) {
      if (!isDnsHeader(payload, end)) return ODD;
    } else return ODD;
  }
  store<u32>(p4, pos - bytes, Column.l4Offset);
  store<u32>(p4, ports >>> 16, Column.srcPort);
  store<u32>(p4, ports & 0xffff, Column.dstPort);
  setPayload(bytes, row, payload, end, wireEnd);
  return setPath(row, family, app, wireEnd > payload);
}

/** True if octets can be the header of a DNS message (RFC 1035 4.1.1). */
@inline function isDnsHeader(at: u32, end: u32): bool {
  return at + 12 <= end && ((load<u8>(at + 2) >> 3) & 15) <= 6 && be16(at + 4) <= 64;
}

/** QUIC by its long header, on its own port by the fixed bit too (RFC 9000 17). */
function quic(at: u32, end: u32, ownPort: bool): u32 {
  if (at >= end) return 0;
  const first = load<u8>(at);
  if (ownPort && (first & 0xc0) == 0x40) return QUIC;
  if (end - at < 7 || (first & 0xc0) != 0xc0) return 0;
  const version = be32(at + 1);
  const known = version == 1 || version == 0x6b3343cf || version >>> 8 == 0xff0000;
  return known && load<u8>(at + 5) <= 20 ? QUIC : 0;
}

@inline function setPayload(bytes: u32, row: u32, at: u32, end: u32, wireEnd: u32): void {
  const p4 = base + (row << 2);
  store<u32>(p4, at - bytes, Column.payloadOffset);
  store<u32>(p4, end > at ? end - at : 0, Column.payloadCaptured);
  store<u32>(p4, wireEnd - at, Column.payloadWire);
}

/** Takes the path from the table that TypeScript fills as paths come up. */
@inline function setPath(row: u32, family: u32, app: u32, hasPayload: bool): u32 {
  const p1 = base + row;
  const p2 = base + (row << 1);
  if (app != 0) store<u8>(p1, (app) as u8, Column.app);
  const leaf = app != 0 ? app : hasPayload ? DATA : 0;
  const path = load<u16>(paths + ((family | leaf) << 1)) as u32;
  store<u16>(p2, (path) as u16, Column.path);
  return path == 0 ? PATH_MISSING : DONE;
}

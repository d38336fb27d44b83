/** The compiled twin of the frequent part of `dissect/app/`: what ports and first octets say. AssemblyScript. */
import { tcpPorts, udpPorts } from "./columns";
import { be16, be32 } from "./octets";

// Ids of dissect/protocol.ts.
const DNS: u32 = 66, MDNS: u32 = 67, LLMNR: u32 = 68, TLS: u32 = 69, QUIC: u32 = 70;

/** TypeScript must look closer. */
export const ODD_CONTENT: u32 = 255;

/** The highest port of the table for TCP. */
export const TCP_PORT_MAX: u32 = 8443;

/** First octets of TLS records, and of HTTP/1, SSH and BGP; a bit each, from 0, from 64, from 128 or 192. */
const FIRST_LOW: u64 = 0xf00000;
const FIRST_MIDDLE: u64 = 1 << 0x03 | 1 << 0x04 | 1 << 0x07 | 1 << 0x08 | 1 << 0x0f | 1 << 0x10 |
  1 << 0x13;
const FIRST_HIGH: u64 = 1 << 63;

/** 1 if the first four octets of a TCP payload may tell its protocol; hardly ever otherwise. */
@inline
export function saysMore(content: u32): u32 {
  const first = content >>> 24;
  const bits = select<u64>(
    select<u64>(FIRST_LOW, FIRST_MIDDLE, first < 64),
    FIRST_HIGH,
    first < 128,
  );
  return ((bits >>> (first as u64 & 63)) & 1) as u32;
}

/** Protocol by the first five octets, of which `content` is four; `ODD_CONTENT`, or 0 if they say nothing. */
export function contentProtocol(content: u32, at: u32): u32 {
  const first = content >>> 24;
  if (first >= 20 && first <= 23) {
    const version = (content >>> 8) & 0xffff;
    const length = ((content & 0xff) << 8) | load<u8>(at + 4);
    return version >= 0x0300 && version <= 0x0304 && length > 0 && length <= 18432 ? TLS : 0;
  }
  return content == 0x47455420 || content == 0x48545450 || content == 0x504f5354 ||
      content == 0x50555420 || content == 0x48454144 || content == 0x44454c45 ||
      content == 0x4f505449 || content == 0x434f4e4e || content == 0x50415443 ||
      content == 0x5353482d || content == 0xffffffff
    ? ODD_CONTENT
    : 0;
}

/** Protocol of either TCP port, the lower one first. */
@inline
export function appOfPorts(ports: u32): u32 {
  const src = ports >>> 16;
  const dst = ports & 0xffff;
  const found = load<u8>(tcpPorts + min(src, dst)) as u32;
  const higher = max(src, dst);
  if (found != 0 || higher > TCP_PORT_MAX) return found;
  return load<u8>(tcpPorts + higher) as u32;
}

/** Protocol of a UDP payload, 0 if unknown, or `ODD_CONTENT`. */
export function udpProtocol(ports: u32, at: u32, end: u32): u32 {
  const src = ports >>> 16;
  const dst = ports & 0xffff;
  let app = load<u8>(udpPorts + min(src, dst)) as u32;
  if (app == 0) app = load<u8>(udpPorts + max(src, dst)) as u32;
  if (app == 0 || app == QUIC) return quic(at, end, app == QUIC);
  if (app != DNS && app != MDNS && app != LLMNR) return ODD_CONTENT;
  return isDnsHeader(at, end) ? app : ODD_CONTENT;
}

/** True if octets can be the header of a DNS message (RFC 1035 4.1.1). */
@inline
function isDnsHeader(at: u32, end: u32): bool {
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

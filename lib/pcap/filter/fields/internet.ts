/**
 * Fields of IP, ICMP and the tunnels over them.
 *
 * @module
 */
import { Protocol } from "../../dissect/protocol.ts";
import { type Field, numberField, rangeField } from "../field.ts";
import { type HeaderView, octets, u16, u32, u8 } from "../header_view.ts";

const IP = [Protocol.ip];
const IPV6 = [Protocol.ipv6];
const ICMP = [Protocol.icmp];
const ICMPV6 = [Protocol.icmpv6];

const src4 = octets(12, 4);
const dst4 = octets(16, 4);
const src6 = octets(8, 16);
const dst6 = octets(24, 16);

const GRE_CHECKSUM = 0x8000, GRE_KEY = 0x2000, GRE_VERSION = 7;

/** The key of a GRE header that has one (RFC 2890 2); PPTP (version 1) has other things there. */
function greKey(h: HeaderView): number {
  if (!h.has(4)) return NaN;
  const flags = h.view.getUint16(h.pos);
  if ((flags & (GRE_KEY | GRE_VERSION)) !== GRE_KEY) return NaN;
  return u32((flags & GRE_CHECKSUM) !== 0 ? 8 : 4)(h);
}

/** Identifier and sequence number stand in echo messages only (RFC 792, RFC 4443 4). */
function ofEcho(request: number, reply: number, at: number): (h: HeaderView) => number {
  const read = u16(at);
  return (h) => {
    const type = h.has(1) ? h.view.getUint8(h.pos) : -1;
    return type === request || type === reply ? read(h) : NaN;
  };
}

/** The rows. */
export const INTERNET_FIELDS: readonly Field[] = [
  // Wireshark shows the version of IPv6 under this name too.
  numberField("ip.version", [Protocol.ip, Protocol.ipv6], [u8(0, 4)]),
  numberField("ip.hdr_len", IP, [(h) => u8(0, 0, 15)(h) * 4]),
  numberField("ip.dsfield.dscp", IP, [u8(1, 2)]),
  numberField("ip.dsfield.ecn", IP, [u8(1, 0, 3)]),
  numberField("ip.len", IP, [u16(2)]),
  numberField("ip.id", IP, [u16(4)]),
  numberField("ip.flags.df", IP, [u16(6, 14, 1)], "boolean"),
  numberField("ip.flags.mf", IP, [u16(6, 13, 1)], "boolean"),
  // As shown by Wireshark 4.0, in units of eight octets.
  numberField("ip.frag_offset", IP, [u16(6, 0, 0x1fff)]),
  numberField("ip.ttl", IP, [u8(8)]),
  numberField("ip.proto", IP, [u8(9)]),
  numberField("ip.checksum", IP, [u16(10)]),
  rangeField("ip.src", "ipv4", IP, [src4]),
  rangeField("ip.dst", "ipv4", IP, [dst4]),
  rangeField("ip.addr", "ipv4", IP, [src4, dst4]),
  numberField("ipv6.tclass", IPV6, [u16(0, 4, 0xff)]),
  numberField("ipv6.flow", IPV6, [u32(0, 0, 0xfffff)]),
  numberField("ipv6.plen", IPV6, [u16(4)]),
  numberField("ipv6.nxt", IPV6, [u8(6)]),
  numberField("ipv6.hlim", IPV6, [u8(7)]),
  rangeField("ipv6.src", "ipv6", IPV6, [src6]),
  rangeField("ipv6.dst", "ipv6", IPV6, [dst6]),
  rangeField("ipv6.addr", "ipv6", IPV6, [src6, dst6]),
  numberField("icmp.type", ICMP, [u8(0)]),
  numberField("icmp.code", ICMP, [u8(1)]),
  numberField("icmp.ident", ICMP, [ofEcho(8, 0, 4)]),
  numberField("icmp.seq", ICMP, [ofEcho(8, 0, 6)]),
  numberField("icmpv6.type", ICMPV6, [u8(0)]),
  numberField("icmpv6.code", ICMPV6, [u8(1)]),
  numberField("icmpv6.echo.identifier", ICMPV6, [ofEcho(128, 129, 4)]),
  numberField("icmpv6.echo.sequence_number", ICMPV6, [ofEcho(128, 129, 6)]),
  numberField("gre.proto", [Protocol.gre], [u16(2)]),
  numberField("gre.key", [Protocol.gre], [greKey]),
  numberField("vxlan.vni", [Protocol.vxlan], [u32(4, 8)]),
  numberField("geneve.vni", [Protocol.geneve], [u32(4, 8)]),
  numberField("gtp.message", [Protocol.gtp], [u8(1)]),
  numberField("gtp.teid", [Protocol.gtp], [u32(4)]),
];

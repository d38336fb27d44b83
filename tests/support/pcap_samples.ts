/**
 * Packets of every link type and encapsulation, written by hand after the documented formats, and
 * the batches that tests dissect. No checksum in them is right; none is looked at.
 *
 * @module
 */

import { BATCH_PACKETS, type PacketBatch } from "../../lib/pcap/batch.ts";

/** A packet with its protocol path. */
export interface Sample {
  readonly name: string;
  readonly linkType: number;
  /** Hexadecimal octets. */
  readonly hex: string;
  /** Expected path, without `frame`. */
  readonly path: string;
  /** Path of tshark 4.0 where it differs, with the reason. */
  readonly tshark?: { readonly path: string; readonly because: string };
}

function u8(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function u16(value: number): string {
  return value.toString(16).padStart(4, "0");
}

function octets(hex: string): number {
  return hex.length / 2;
}

/** 10.1.2.3 to 10.4.5.6, TTL 64, id 0x1234. */
export function ipv4(protocol: number, payload: string, fragment = 0): string {
  return `4500${u16(20 + octets(payload))}1234${u16(fragment)}40${
    u8(protocol)
  }00000a0102030a040506` +
    payload;
}

/** 2001:db8::1 to 2001:db8::2, hop limit 64. */
export function ipv6(next: number, payload: string): string {
  return `60000000${u16(octets(payload))}${u8(next)}40` +
    "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + payload;
}

/** 12345 to 9999, seq 1, ack 2, PSH ACK, window 512. */
export function tcp(payload: string): string {
  return "3039270f00000001000000025018020000000000" + payload;
}

export function udp(srcPort: number, dstPort: number, payload: string): string {
  return u16(srcPort) + u16(dstPort) + u16(8 + octets(payload)) + "0000" + payload;
}

export const MAC = "020000000002020000000001";
/** Five octets that no protocol claims. */
export const HELLO = "68656c6c6f";
const TCP4 = ipv4(6, tcp(HELLO));
const TCP6 = ipv6(6, tcp(HELLO));
const ETH_TCP4 = MAC + "0800" + TCP4;
const NFLOG_PAYLOAD_LE = `${u8(4 + octets(TCP4))}000900${TCP4}`;
const NFLOG_PAYLOAD_BE = `${u16(4 + octets(TCP4))}0009${TCP4}`;
const WLAN_DATA = "08010000" + "020000000001" + "020000000002" + "020000000003" + "0000";
const WLAN_QOS = "88010000" + "020000000001" + "020000000002" + "020000000003" + "0000" + "0000";
const SNAP4 = "aaaa030000000800" + TCP4;
const DNS = "1234010000010000000000000161000001" + "0001";
const QUIC_INITIAL = "c000000001" + "080102030405060708" + "00" + "00" + "4010" + "00".repeat(16);
const BGP_KEEPALIVE = "f".repeat(32) + "001304";
const NTP = "23" + "00".repeat(47);

/** Headers of `tcp`, with other ports. */
function tcpPorts(srcPort: number, dstPort: number, payload: string): string {
  return u16(srcPort) + u16(dstPort) + "00000001000000025018020000000000" + payload;
}

function nested(depth: number, inner: string): string {
  return depth === 0 ? inner : ipv4(4, nested(depth - 1, inner));
}

const NO_DATA_NAME = "tshark names no further protocol here";

export const SAMPLES: readonly Sample[] = [
  { name: "Ethernet, IPv4, TCP", linkType: 1, hex: ETH_TCP4, path: "eth:ip:tcp:data" },
  { name: "Ethernet, IPv6, TCP", linkType: 1, hex: MAC + "86dd" + TCP6, path: "eth:ipv6:tcp:data" },
  {
    name: "Ethernet padding",
    linkType: 1,
    hex: MAC + "0800" + ipv4(6, tcp("")) + "000000000000",
    path: "eth:ip:tcp",
  },
  {
    name: "Ethernet, ARP",
    linkType: 1,
    hex: MAC + "0806" + "0001080006040001" + "0200000000010a010203" + "0000000000000a040506",
    path: "eth:arp",
  },
  {
    name: "802.3 with LLC, SNAP",
    linkType: 1,
    hex: MAC + u16(octets(SNAP4)) + SNAP4,
    path: "eth:llc:ip:tcp:data",
  },
  {
    name: "802.3 with LLC, spanning tree",
    linkType: 1,
    hex: MAC + "0026" + "424203" + "0000000000" + "80000200000000010000000080000200000000018001" +
      "0000140002000f00" + "0000000000000000",
    path: "eth:llc:stp",
  },
  {
    name: "802.1Q",
    linkType: 1,
    hex: MAC + "8100" + "2064" + "0800" + TCP4,
    path: "eth:vlan:ip:tcp:data",
  },
  {
    name: "802.1ad QinQ",
    linkType: 1,
    hex: MAC + "88a8" + "0064" + "8100" + "00c8" + "0800" + TCP4,
    path: "eth:ieee8021ad:vlan:ip:tcp:data",
  },
  {
    name: "0x9100 three deep",
    linkType: 1,
    hex: MAC + "9100" + "0001" + "9100" + "0002" + "8100" + "0003" + "0800" + TCP4,
    path: "eth:vlan:vlan:vlan:ip:tcp:data",
  },
  {
    name: "MPLS, one label",
    linkType: 1,
    hex: MAC + "8847" + "000641ff" + TCP4,
    path: "eth:mpls:ip:tcp:data",
  },
  {
    name: "MPLS, three labels, IPv6",
    linkType: 1,
    hex: MAC + "8847" + "000640ff" + "000650ff" + "000661ff" + TCP6,
    path: "eth:mpls:mpls:mpls:ipv6:tcp:data",
  },
  {
    name: "MPLS pseudowire with control word",
    linkType: 1,
    hex: MAC + "8847" + "000641ff" + "00000000" + ETH_TCP4,
    path: "eth:mpls:pwethcw:eth:ip:tcp:data",
    tshark: {
      path: "eth:mpls:pwethheuristic:pwethnocw:eth:data",
      because: "tshark guesses that there is no control word",
    },
  },
  {
    name: "SLL",
    linkType: 113,
    hex: "000000010006020000000001" + "0000" + "0800" + TCP4,
    path: "sll:ip:tcp:data",
  },
  {
    name: "SLL with VLAN inside",
    linkType: 113,
    hex: "000000010006020000000001" + "0000" + "8100" + "0064" + "0800" + TCP4,
    path: "sll:vlan:ip:tcp:data",
  },
  {
    name: "SLL2",
    linkType: 276,
    hex: "0800" + "0000" + "00000002" + "0001" + "00" + "06" + "0200000000010000" + TCP4,
    path: "sll:ip:tcp:data",
  },
  { name: "RAW 101, IPv4", linkType: 101, hex: TCP4, path: "raw:ip:tcp:data" },
  { name: "RAW 12, IPv6", linkType: 12, hex: TCP6, path: "raw:ipv6:tcp:data" },
  { name: "IPV4 228", linkType: 228, hex: TCP4, path: "ip:tcp:data" },
  { name: "IPV6 229", linkType: 229, hex: TCP6, path: "ipv6:tcp:data" },
  {
    name: "NULL little-endian, AF 2",
    linkType: 0,
    hex: "02000000" + TCP4,
    path: "null:ip:tcp:data",
  },
  { name: "NULL big-endian, AF 2", linkType: 0, hex: "00000002" + TCP4, path: "null:ip:tcp:data" },
  {
    name: "NULL little-endian, AF 24",
    linkType: 0,
    hex: "18000000" + TCP6,
    path: "null:ipv6:tcp:data",
  },
  {
    name: "NULL big-endian, AF 28",
    linkType: 0,
    hex: "0000001c" + TCP6,
    path: "null:ipv6:tcp:data",
  },
  {
    name: "NULL little-endian, AF 30",
    linkType: 0,
    hex: "1e000000" + TCP6,
    path: "null:ipv6:tcp:data",
  },
  { name: "LOOP, AF 24", linkType: 108, hex: "00000018" + TCP6, path: "null:ipv6:tcp:data" },
  { name: "PPP with HDLC framing", linkType: 9, hex: "ff030021" + TCP4, path: "ppp:ip:tcp:data" },
  { name: "PPP, two-octet protocol", linkType: 9, hex: "0057" + TCP6, path: "ppp:ipv6:tcp:data" },
  { name: "PPP, one-octet protocol", linkType: 9, hex: "21" + TCP4, path: "ppp:ip:tcp:data" },
  { name: "Cisco HDLC", linkType: 104, hex: "0f000800" + TCP4, path: "chdlc:ip:tcp:data" },
  {
    name: "PPPoE link type",
    linkType: 51,
    hex: "11000001" + u16(2 + octets(TCP4)) + "0021" + TCP4,
    path: "pppoes:ppp:ip:tcp:data",
  },
  {
    name: "PPPoE on Ethernet",
    linkType: 1,
    hex: MAC + "8864" + "11000001" + u16(2 + octets(TCP4)) + "0021" + TCP4,
    path: "eth:pppoes:ppp:ip:tcp:data",
  },
  {
    name: "NFLOG little-endian",
    linkType: 239,
    hex: "02000000" + "08000100" + "08000100" + NFLOG_PAYLOAD_LE,
    path: "nflog:ip:tcp:data",
  },
  {
    name: "NFLOG big-endian",
    linkType: 239,
    hex: "02000000" + "00080001" + "08000100" + NFLOG_PAYLOAD_BE,
    path: "nflog:ip:tcp:data",
    tshark: {
      path: "nflog",
      because: "tshark takes the byte order of the file for that of the host",
    },
  },
  { name: "802.11 data", linkType: 105, hex: WLAN_DATA + SNAP4, path: "wlan:llc:ip:tcp:data" },
  { name: "802.11 QoS data", linkType: 105, hex: WLAN_QOS + SNAP4, path: "wlan:llc:ip:tcp:data" },
  {
    name: "802.11 protected data",
    linkType: 105,
    hex: "0841" + WLAN_DATA.slice(4) + "0011223344556677" + "00".repeat(24),
    path: "wlan:data",
  },
  {
    name: "radiotap, FCS at the end",
    linkType: 127,
    hex: "0000" + "0a00" + "02000000" + "10" + "00" + WLAN_DATA + SNAP4 + "deadbeef",
    path: "radiotap:wlan:llc:ip:tcp:data",
  },
  {
    name: "unknown link type",
    linkType: 147,
    hex: "0102030405",
    path: "unknown",
    tshark: { path: "user_dlt:data", because: "tshark has a dissector for user link types" },
  },
  {
    name: "IPv4 options",
    linkType: 101,
    hex: "4600" + u16(24 + 20) + "1234000040060000" + "0a0102030a040506" + "01010100" + tcp(""),
    path: "raw:ip:tcp",
  },
  {
    name: "IPv4 first fragment",
    linkType: 101,
    hex: ipv4(17, udp(1000, 2000, HELLO.repeat(4)), 0x2000),
    path: "raw:ip:udp",
    tshark: {
      path: "raw:ip:data",
      because: "tshark waits for the other fragments; we read the ports",
    },
  },
  { name: "IPv4 later fragment", linkType: 101, hex: ipv4(17, HELLO, 0x0064), path: "raw:ip:data" },
  {
    name: "IPv4 total length 0",
    linkType: 101,
    hex: TCP4.replace("4500002d", "45000000"),
    path: "raw:ip:tcp:data",
  },
  {
    name: "IPv4 total length beyond the frame",
    linkType: 101,
    hex: TCP4.replace("4500002d", "45000fff"),
    path: "raw:ip:tcp:data",
  },
  {
    name: "IPv4 total length below the header",
    linkType: 101,
    hex: TCP4.replace("4500002d", "4500000a"),
    path: "raw:ip:_ws.malformed",
    tshark: { path: "raw:ip", because: NO_DATA_NAME },
  },
  {
    name: "IPv4 header length 2",
    linkType: 101,
    hex: "42" + TCP4.slice(2),
    path: "raw:ip:_ws.malformed",
    tshark: { path: "raw:ip", because: NO_DATA_NAME },
  },
  {
    name: "IPv6 extension headers",
    linkType: 101,
    hex: ipv6(0, "3c00010400000000" + "2b00010400000000" + "06000000" + "00000000" + tcp(HELLO)),
    path: "raw:ipv6:tcp:data",
  },
  {
    name: "IPv6 later fragment",
    linkType: 101,
    hex: ipv6(44, "1100" + "0065" + "00000007" + HELLO),
    path: "raw:ipv6:data",
  },
  {
    name: "GRE, IPv4",
    linkType: 1,
    hex: MAC + "0800" + ipv4(47, "00000800" + TCP4),
    path: "eth:ip:gre:ip:tcp:data",
  },
  {
    name: "GRE with key, transparent Ethernet",
    linkType: 1,
    hex: MAC + "0800" + ipv4(47, "20006558" + "00000007" + ETH_TCP4),
    path: "eth:ip:gre:eth:ip:tcp:data",
  },
  {
    name: "GRE, ERSPAN II",
    linkType: 1,
    hex: MAC + "0800" + ipv4(47, "100088be" + "00000001" + "1001000200000000" + ETH_TCP4),
    path: "eth:ip:gre:erspan:eth:ip:tcp:data",
  },
  {
    name: "VXLAN",
    linkType: 1,
    hex: MAC + "0800" + ipv4(17, udp(50000, 4789, "0800000000002a00" + ETH_TCP4)),
    path: "eth:ip:udp:vxlan:eth:ip:tcp:data",
  },
  {
    name: "Geneve with an option",
    linkType: 1,
    hex: MAC + "0800" +
      ipv4(17, udp(50000, 6081, "0200655800002a00" + "0102010100000000" + ETH_TCP4)),
    path: "eth:ip:udp:geneve:eth:ip:tcp:data",
  },
  {
    name: "GTP-U",
    linkType: 1,
    hex: MAC + "0800" + ipv4(17, udp(2152, 2152, "30ff" + u16(octets(TCP4)) + "00000063" + TCP4)),
    path: "eth:ip:udp:gtp:ip:tcp:data",
  },
  {
    name: "GTP-U with an extension header",
    linkType: 1,
    hex: MAC + "0800" +
      ipv4(
        17,
        udp(
          2152,
          2152,
          "34ff" + u16(8 + octets(TCP4)) + "00000063" + "00000085" + "01000900" + TCP4,
        ),
      ),
    path: "eth:ip:udp:gtp:ip:tcp:data",
  },
  { name: "IP in IP", linkType: 101, hex: ipv4(4, TCP4), path: "raw:ip:ip:tcp:data" },
  { name: "6in4", linkType: 101, hex: ipv4(41, TCP6), path: "raw:ip:ipv6:tcp:data" },
  { name: "4in6", linkType: 101, hex: ipv6(4, TCP4), path: "raw:ipv6:ip:tcp:data" },
  {
    name: "IP in IP 60 deep",
    linkType: 101,
    hex: nested(60, TCP4),
    path: "raw:" + "ip:".repeat(17) + "_ws.malformed",
    tshark: { path: "raw:" + "ip:".repeat(61) + "tcp:data", because: "our bound is 16 tunnels" },
  },
  {
    name: "MACsec",
    linkType: 1,
    hex: MAC + "88e5" + "2c000000000102000000000100010800" + "00".repeat(32),
    path: "eth:macsec",
    tshark: { path: "eth:macsec:data", because: "we do not look into what is encrypted" },
  },
  {
    name: "TCP data offset 2",
    linkType: 101,
    hex: ipv4(6, tcp(HELLO).replace("5018", "2018")),
    path: "raw:ip:tcp:_ws.malformed",
    tshark: { path: "raw:ip:tcp", because: NO_DATA_NAME },
  },
  {
    name: "UDP length 3",
    linkType: 101,
    hex: ipv4(17, "03e807d000030000" + HELLO),
    path: "raw:ip:udp:_ws.malformed",
    tshark: { path: "raw:ip:udp", because: NO_DATA_NAME },
  },
  {
    name: "UDP length 60000",
    linkType: 101,
    hex: ipv4(17, "03e807d0ea600000" + HELLO),
    path: "raw:ip:udp:data",
  },
  { name: "UDP, DNS", linkType: 101, hex: ipv4(17, udp(5000, 53, DNS)), path: "raw:ip:udp:dns" },
  {
    name: "UDP, mDNS",
    linkType: 101,
    hex: ipv4(17, udp(5353, 5353, DNS)),
    path: "raw:ip:udp:mdns",
  },
  {
    name: "UDP, LLMNR",
    linkType: 101,
    hex: ipv4(17, udp(5000, 5355, DNS)),
    path: "raw:ip:udp:llmnr",
  },
  { name: "UDP, NTP", linkType: 101, hex: ipv4(17, udp(123, 123, NTP)), path: "raw:ip:udp:ntp" },
  {
    name: "UDP, QUIC Initial",
    linkType: 101,
    hex: ipv4(17, udp(5000, 9443, QUIC_INITIAL)),
    path: "raw:ip:udp:quic",
  },
  {
    name: "TCP, TLS record",
    linkType: 101,
    hex: ipv4(6, tcpPorts(5000, 443, "1503010002" + "0100")),
    path: "raw:ip:tcp:tls",
  },
  {
    name: "TCP, HTTP request",
    linkType: 101,
    hex: ipv4(6, tcpPorts(5000, 80, "474554202f20485454502f312e310d0a0d0a")),
    path: "raw:ip:tcp:http",
  },
  {
    name: "TCP, SSH banner",
    linkType: 101,
    hex: ipv4(6, tcpPorts(5000, 22, "5353482d322e302d780d0a")),
    path: "raw:ip:tcp:ssh",
  },
  {
    name: "TCP, BGP",
    linkType: 101,
    hex: ipv4(6, tcpPorts(5000, 179, BGP_KEEPALIVE)),
    path: "raw:ip:tcp:bgp",
  },
  {
    name: "ICMP quoting a packet",
    linkType: 101,
    hex: ipv4(1, "0303000000000000" + ipv4(17, udp(1, 2, ""))),
    path: "raw:ip:icmp",
    tshark: {
      path: "raw:ip:icmp:ip:udp",
      because: "frame.protocols lists the quoted headers; io,phs does not",
    },
  },
  {
    name: "ICMPv6 echo",
    linkType: 101,
    hex: ipv6(58, "8000000000010001"),
    path: "raw:ipv6:icmpv6",
  },
  {
    name: "SCTP",
    linkType: 101,
    hex: ipv4(132, "0bb80fa0" + "00000001" + "00000000" + "0b000004"),
    path: "raw:ip:sctp",
  },
  {
    name: "UDP-Lite",
    linkType: 101,
    hex: ipv4(136, "03e807d000080000" + HELLO),
    path: "raw:ip:udplite:data",
  },
  {
    name: "AH, then TCP",
    linkType: 101,
    hex: ipv4(51, "06040000" + "00000001" + "00000001" + "00".repeat(12) + tcp(HELLO)),
    path: "raw:ip:ah:tcp:data",
  },
  {
    name: "MPLS pseudowire without control word",
    linkType: 1,
    hex: MAC + "8847" + "000641ff" + ETH_TCP4,
    path: "eth:mpls:pwethnocw:eth:ip:tcp:data",
    tshark: {
      path: "eth:mpls:pwethheuristic:pwethcw:eth:llc:data",
      because: "tshark guesses that there is a control word",
    },
  },
  {
    name: "MPLS in IP",
    linkType: 101,
    hex: ipv4(137, "000641ff" + TCP4),
    path: "raw:ip:mpls:ip:tcp:data",
  },
  {
    name: "EtherIP",
    linkType: 101,
    hex: ipv4(97, "3000" + ETH_TCP4),
    path: "raw:ip:etherip:eth:ip:tcp:data",
  },
  {
    name: "GRE, ERSPAN I",
    linkType: 101,
    hex: ipv4(47, "000088be" + ETH_TCP4),
    path: "raw:ip:gre:erspan:eth:ip:tcp:data",
  },
  {
    name: "GRE, ERSPAN III",
    linkType: 101,
    hex: ipv4(47, "100022eb" + "00000001" + "2001000200000000" + "00000000" + ETH_TCP4),
    path: "raw:ip:gre:erspan:eth:ip:tcp:data",
  },
  {
    name: "GRE, ERSPAN III with platform header",
    linkType: 101,
    hex: ipv4(
      47,
      "100022eb" + "00000001" + "2001000200000000" + "00000001" + "0000000000000000" + ETH_TCP4,
    ),
    path: "raw:ip:gre:erspan:eth:ip:tcp:data",
  },
  {
    name: "GRE version 1 with PPP",
    linkType: 101,
    hex: ipv4(
      47,
      "3081880b" + u16(4 + octets(TCP4)) + "0001" + "00000001" + "00000001" + "ff030021" + TCP4,
    ),
    path: "raw:ip:gre:ppp:ip:tcp:data",
  },
  {
    name: "802.11 A-MSDU",
    linkType: 105,
    hex: WLAN_QOS.slice(0, -4) + "8000" + "020000000001020000000002" + u16(octets(SNAP4)) + SNAP4,
    path: "wlan:llc:ip:tcp:data",
  },
  {
    name: "802.11 with four addresses",
    linkType: 105,
    hex: "0803" + WLAN_DATA.slice(4) + "020000000004" + SNAP4,
    path: "wlan:llc:ip:tcp:data",
  },
  { name: "802.11 null data", linkType: 105, hex: "4801" + WLAN_DATA.slice(4), path: "wlan" },
  { name: "PPP with direction", linkType: 204, hex: "00ff030021" + TCP4, path: "ppp:ip:tcp:data" },
  { name: "PPP, LCP", linkType: 9, hex: "c021" + "09010008" + "00000001", path: "ppp:lcp" },
  {
    name: "LLDP",
    linkType: 1,
    hex: MAC + "88cc" + "0207040200000000010403056131" + "060200780000",
    path: "eth:lldp",
  },
  {
    name: "TCP in a later IPv6 header after a fragment header",
    linkType: 101,
    hex: ipv6(44, "0600" + "0000" + "00000007" + tcp(HELLO)),
    path: "raw:ipv6:tcp:data",
  },
];

/** Octets of a hexadecimal text. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A packet to put into a batch. */
export interface BatchPacket {
  readonly linkType: number;
  readonly octets: Uint8Array;
  /** Wire length if more than captured. */
  readonly wireLength?: number;
  readonly fcsLength?: number;
}

/** An empty batch over the given view. */
export function emptyBatch(bytes: Uint8Array, view: DataView): PacketBatch {
  return {
    bytes,
    view,
    count: 0,
    firstFrame: 1,
    offset: new Int32Array(BATCH_PACKETS),
    capturedLength: new Int32Array(BATCH_PACKETS),
    wireLength: new Float64Array(BATCH_PACKETS),
    timeSec: new Float64Array(BATCH_PACKETS),
    timeNsec: new Int32Array(BATCH_PACKETS),
    linkType: new Uint16Array(BATCH_PACKETS),
    interfaceId: new Uint16Array(BATCH_PACKETS),
    fcsLength: new Uint8Array(BATCH_PACKETS),
    noTime: new Uint8Array(BATCH_PACKETS),
  };
}

/** A batch of the packets, one after another, the first at offset `lead`. */
export function batchOf(packets: readonly BatchPacket[], lead = 0, fill = 0): PacketBatch {
  const size = packets.reduce((sum, packet) => sum + packet.octets.length, lead);
  const bytes = new Uint8Array(size).fill(fill, 0, lead);
  const batch = emptyBatch(bytes, new DataView(bytes.buffer));
  let offset = lead;
  for (const packet of packets) {
    const row = batch.count++;
    bytes.set(packet.octets, offset);
    batch.offset[row] = offset;
    batch.capturedLength[row] = packet.octets.length;
    batch.wireLength[row] = packet.wireLength ?? packet.octets.length;
    batch.linkType[row] = packet.linkType;
    batch.fcsLength[row] = packet.fcsLength ?? 0;
    offset += packet.octets.length;
  }
  return batch;
}

/** A classic little-endian microsecond capture file of packets of one link type. */
export function pcapFile(linkType: number, packets: readonly Uint8Array[]): Uint8Array {
  const size = packets.reduce((sum, packet) => sum + 16 + packet.length, 24);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262144, true);
  view.setUint32(20, linkType, true);
  let pos = 24;
  packets.forEach((packet, index) => {
    view.setUint32(pos, 1_700_000_000 + index, true);
    view.setUint32(pos + 8, packet.length, true);
    view.setUint32(pos + 12, packet.length, true);
    bytes.set(packet, pos + 16);
    pos += 16 + packet.length;
  });
  return bytes;
}

/** Batches over a classic little-endian microsecond capture file, one after another. */
export function* batchesOf(file: Uint8Array): Generator<PacketBatch> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const linkType = view.getUint32(20, true) & 0xffff;
  const batch = emptyBatch(file, view);
  let pos = 24;
  let frame = 1;
  while (pos + 16 <= file.length) {
    batch.count = 0;
    batch.firstFrame = frame;
    while (batch.count < BATCH_PACKETS && pos + 16 <= file.length) {
      const captured = view.getUint32(pos + 8, true);
      const row = batch.count++;
      batch.offset[row] = pos + 16;
      batch.capturedLength[row] = captured;
      batch.wireLength[row] = view.getUint32(pos + 12, true);
      batch.linkType[row] = linkType;
      pos += 16 + captured;
      frame++;
    }
    yield batch;
  }
}

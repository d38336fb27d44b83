/**
 * Captures whose packets are nasty: fragments, lying lengths, deep nesting, broken options, DNS that
 * points at itself. The files around them are in order.
 *
 * @module
 */
import { hex } from "../support/capture_bytes.ts";
import { ipv4, ipv6, MAC, SAMPLES, tcp, udp } from "../support/pcap_samples.ts";
import { interfaceBlock, join, packetBlock, pcap, section } from "./capture_writer.ts";
import type { NastyCapture } from "./nasty_captures.ts";

const RAW_IP = 101;

function word(value: number, octets: number): string {
  return value.toString(16).padStart(2 * octets, "0");
}

/** A TCP segment; `options` are whole words. */
function segment(
  { srcPort = 12345, dstPort = 9999, seq = 1, flags = 0x18, options = "", payload = "" }: {
    readonly srcPort?: number;
    readonly dstPort?: number;
    readonly seq?: number;
    readonly flags?: number;
    readonly options?: string;
    readonly payload?: string;
  },
): string {
  const offset = 5 + options.length / 8;
  return word(srcPort, 2) + word(dstPort, 2) + word(seq, 4) + "00000002" + word(offset, 1)[1] +
    "0" +
    word(flags, 1) + "020000000000" + options + payload;
}

/** A capture of raw IP packets in hexadecimal, all read whole. */
function raw(
  name: string,
  packets: readonly string[],
  expected: { readonly flows?: number; readonly malformed?: number } = {},
): NastyCapture {
  return {
    name,
    bytes: () => pcap(packets.map(hex), { linkType: RAW_IP }),
    outcome: { packets: packets.length, complete: true, warnings: [], ...expected },
  };
}

const DATAGRAM = udp(1000, 2000, "ab".repeat(32));
/** First 24 and last 16 octets of the datagram; 0x2000 is "more fragments" (RFC 791 §3.1). */
const FIRST = ipv4(17, DATAGRAM.slice(0, 48), 0x2000);
const LAST = ipv4(17, DATAGRAM.slice(48), 0x0003);
/** Next header, reserved, offset and flags, identification (RFC 8200 §4.5). */
const FIRST6 = ipv6(44, "1100" + "0001" + "00000007" + DATAGRAM.slice(0, 48));
const LAST6 = ipv6(44, "1100" + "0018" + "00000007" + DATAGRAM.slice(48));

const FRAGMENTS: readonly NastyCapture[] = [
  raw("fragments in order", [FIRST, LAST], { malformed: 0 }),
  raw("fragments in reverse", [LAST, FIRST], { malformed: 0 }),
  raw("fragments that overlap", [FIRST, ipv4(17, DATAGRAM.slice(32), 0x0002), LAST]),
  raw("fragments without the first", [LAST, LAST]),
  raw("fragments without the last", Array<string>(500).fill(FIRST)),
  raw("a first fragment of eight octets", [
    ipv4(6, tcp("").slice(0, 16), 0x2000),
    ipv4(6, tcp("").slice(16), 0x0001),
  ]),
  raw("a fragment that ends beyond 65,535", [ipv4(1, "00".repeat(100), 0x1ffd)]),
  raw("a fragment of no octet that says more follow", [ipv4(17, "", 0x2000)]),
  raw("IPv6 fragments", [FIRST6, LAST6], { malformed: 0 }),
  raw("an IPv6 fragment header cut", [ipv6(44, "11000001")], { malformed: 1 }),
];

const TCP = ipv4(6, tcp("68656c6c6f"));
const LAND = ipv4(6, segment({ srcPort: 7, dstPort: 7, flags: 2 }))
  .replace("0a0102030a040506", "0a0102030a010203");
const HUGE_PAYLOAD = "5a".repeat(60_000);

const IP: readonly NastyCapture[] = [
  raw("IPv4 header length 2", ["42" + TCP.slice(2)], { malformed: 1 }),
  raw("IPv4 header length 15 with nothing there", ["4f" + ipv4(6, "").slice(2)], { malformed: 1 }),
  raw("IPv4 total length 0", [TCP.replace("4500002d", "45000000")], { malformed: 0, flows: 1 }),
  raw("IPv4 total length beyond the frame", [TCP.replace("4500002d", "45000fff")], {
    malformed: 1,
  }),
  raw("IPv4 total length below the header", [TCP.replace("4500002d", "4500000a")], {
    malformed: 1,
  }),
  raw("IP version 5", ["55" + TCP.slice(2)], { malformed: 1 }),
  raw("IPv4 options that run over", [
    "4600" + word(24 + 20, 2) + "1234000040060000" + "0a0102030a040506" + "07ff0400" + tcp(""),
  ]),
  raw("IPv6 payload length beyond the frame", [
    ipv6(6, tcp("")).replace("600000000014", "60000000ffff"),
  ], { malformed: 1 }),
  raw("IPv6 payload length 0 without a jumbo option", [
    ipv6(6, tcp("")).replace("600000000014", "600000000000"),
  ]),
  raw("an IPv6 jumbogram", [
    ipv6(0, "0600c204" + "00000028" + segment({ payload: "ab".repeat(12) }))
      .replace("600000000028", "600000000000"),
  ], { malformed: 0, flows: 1 }),
  raw("150 IPv6 extension headers", [
    ipv6(60, "3c00010400000000".repeat(149) + "0600010400000000" + tcp("")),
  ], { malformed: 0, flows: 1 }),
  raw("20,000 IPv6 extension headers", [ipv6(60, "3c00010400000000".repeat(8000))], {
    malformed: 1,
  }),
  raw("an IPv6 extension header that runs over", [ipv6(60, "06ff010400000000")], { malformed: 1 }),
  raw("one octet of IP", ["45"], { malformed: 1 }),
  {
    name: "Ethernet padding",
    bytes: () => pcap([hex(MAC + "0800" + ipv4(6, tcp("")) + "00".repeat(6))]),
    outcome: { packets: 1, complete: true, warnings: [], flows: 1, malformed: 0 },
  },
  {
    name: "an FCS of four octets, and a frame shorter than that",
    bytes: () =>
      pcap([hex(MAC + "0800" + TCP + "deadbeef"), hex("0200")], { linkType: 0x2400_0001 }),
    outcome: { packets: 2, complete: true, warnings: [], flows: 1, malformed: 1 },
  },
];

const TRANSPORT: readonly NastyCapture[] = [
  raw("TCP data offset 2", [TCP.replace("5018", "2018")], { malformed: 1 }),
  raw("TCP data offset 15 with nothing there", [ipv4(6, tcp("")).replace("5018", "f018")], {
    malformed: 1,
  }),
  raw(
    "TCP options of length 0 and 1, and one that runs over",
    ["02000000", "02010000", "080a0000", "01010508", "ffffffff", "03030303"].map((options) =>
      ipv4(6, segment({ options }))
    ),
    { flows: 1, malformed: 0 },
  ),
  raw("TCP SACK option of odd length", [
    ipv4(6, segment({ options: "0101050900000000010000000" + "0000000" })),
  ]),
  raw("window scale 255 on both SYNs", [
    ipv4(6, segment({ flags: 0x02, options: "0303ff00" })),
    ipv4(6, segment({ flags: 0x12, srcPort: 9999, dstPort: 12345, options: "0303ff00" })),
  ]),
  raw(
    "a sequence number that wraps within a segment",
    [0xfffffffe, 3, 0xfffffffe, 8].map((seq) => ipv4(6, segment({ seq, payload: "6162636465" }))),
    { flows: 1, malformed: 0 },
  ),
  raw("all flags at once, and none", [
    ipv4(6, segment({ flags: 0xff })),
    ipv4(6, segment({ flags: 0 })),
  ], { malformed: 0 }),
  raw("60,000 octets of TCP in a frame", [ipv4(6, segment({ payload: HUGE_PAYLOAD }))], {
    flows: 1,
    malformed: 0,
  }),
  raw("70,000 octets in a frame that tells no length", [
    ipv4(6, segment({ payload: HUGE_PAYLOAD.slice(0, 2) }))
      .replace("45000029", "45000000") + "5a".repeat(70_000),
  ], { flows: 1, malformed: 0 }),
  raw("one address and port at both ends", [LAND, LAND], { flows: 1, malformed: 0 }),
  raw("UDP length 0", [ipv4(17, "03e807d000000000" + "6869")]),
  raw("UDP length 3", [ipv4(17, "03e807d000030000" + "6869")], { malformed: 1 }),
  raw("UDP length 60,000", [ipv4(17, "03e807d0ea600000" + "6869")], { malformed: 1 }),
  raw("UDP cut in its header", [ipv4(17, "03e807")], { malformed: 1 }),
];

const QUESTION = "0161000001" + "0001";
/** A DNS message: id, flags, counts of questions and answers, and the rest. */
function dns(id: number, flags: number, counts: string, rest: string): string {
  return word(id, 2) + word(flags, 2) + counts + rest;
}
const QUERY = dns(0x1234, 0x0100, "0001000000000000", QUESTION);
const ANSWER = dns(
  0x1234,
  0x8180,
  "0001000100000000",
  QUESTION + "c00c00010001000000010004" + "0a000001",
);

function dnsQuery(message: string): string {
  return ipv4(17, udp(5000, 53, message));
}

function question(name: string): string {
  return dnsQuery(dns(1, 0x0100, "0001000000000000", name + "00010001"));
}

/** Text as one DNS label. */
function label(text: string): string {
  const octets = new TextEncoder().encode(text);
  return word(octets.length, 1) + octets.toHex();
}

function stream(seq: number, payload: string): string {
  return ipv4(6, segment({ dstPort: 53, seq, payload }));
}

const TWO_MESSAGES = [QUERY, QUERY].map((one) => word(one.length / 2, 2) + one).join("");

const DNS: readonly NastyCapture[] = [
  raw("a label that is no UTF-8", [question("04ff80c3280000")]),
  raw("a compression pointer at itself", [question("c00c")]),
  raw("compression pointers at each other", [question("c00ec00c")]),
  raw("a compression pointer forward", [question("c0ff")]),
  raw("65,535 questions, answers, authorities and additionals in 20 octets", [
    dnsQuery(dns(1, 0x8180, "ffffffffffffffff", QUESTION)),
  ]),
  raw("line breaks, escapes and markup in labels", [
    question(label("a\r\nb") + label("\u001b[2J") + label("<script>") + label("a.b") + "00"),
  ]),
  raw("a label type that nobody uses", [question("80410000")]),
  raw("a name of 300 octets", [question(label("x".repeat(63)).repeat(5) + "00")]),
  raw("one transaction id of two clients", [
    ipv4(17, udp(5000, 53, QUERY)),
    ipv4(17, udp(5001, 53, QUERY)),
    ipv4(17, udp(53, 5001, ANSWER)).replace("0a0102030a040506", "0a0405060a010203"),
  ], { flows: 2 }),
  raw("DNS cut in its header", [dnsQuery("1234"), dnsQuery("")]),
  raw("DNS over TCP, two messages in one segment", [stream(1, TWO_MESSAGES)]),
  raw("DNS over TCP, a message split within its length", [
    stream(1, TWO_MESSAGES.slice(0, 2)),
    stream(2, TWO_MESSAGES.slice(2)),
  ], { flows: 1 }),
  raw("DNS over TCP that announces 65,535 octets", [stream(1, "ffff" + QUERY), stream(30, "00")]),
];

const TUNNELS: readonly NastyCapture[] = [
  {
    name: "every link type and encapsulation, an interface each",
    bytes: () =>
      join(
        section(),
        ...SAMPLES.map(({ linkType }) => interfaceBlock(linkType)),
        ...SAMPLES.map((one, from) => packetBlock(hex(one.hex), { from })),
      ),
    outcome: { packets: SAMPLES.length, complete: true, warnings: [] },
  },
  {
    name: "200 VLAN tags",
    bytes: () => pcap([hex(MAC + "81000001".repeat(200) + "0800" + TCP)]),
    outcome: { packets: 1, complete: true, warnings: [], malformed: 1 },
  },
  {
    name: "10,000 MPLS labels without an end",
    bytes: () => pcap([hex(MAC + "8847" + "000640ff".repeat(10_000))]),
    outcome: { packets: 1, complete: true, warnings: [], malformed: 1 },
  },
  {
    name: "VXLAN in VXLAN, 100 deep",
    bytes: () => {
      let frame = MAC + "0800" + TCP;
      for (let depth = 0; depth < 100; depth++) {
        frame = MAC + "0800" + ipv4(17, udp(50_000, 4789, "0800000000002a00" + frame));
      }
      return pcap([hex(frame)]);
    },
    outcome: { packets: 1, complete: true, warnings: [], malformed: 1 },
  },
  raw("GRE that routes nowhere", [ipv4(47, "ffffffff")]),
  {
    name: "50,000 SYNs of 50,000 connections",
    bytes: () => {
      const packet = hex(ipv4(6, segment({ flags: 2 })));
      const view = new DataView(packet.buffer);
      return pcap(
        Array.from({ length: 50_000 }, (_, number) => {
          view.setUint32(12, 0x0a000000 + number);
          return packet.slice();
        }),
        { linkType: RAW_IP },
      );
    },
    outcome: { packets: 50_000, complete: true, warnings: [], flows: 50_000 },
  },
];

/** All packets. */
export const NASTY_PACKETS: readonly NastyCapture[] = [
  ...FRAGMENTS,
  ...IP,
  ...TRANSPORT,
  ...DNS,
  ...TUNNELS,
];

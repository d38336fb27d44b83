/**
 * Fields of ICMP (RFC 792, RFC 1191) and of IGMP (RFC 2236, RFC 3376). The packet that an error
 * quotes is decoded as layers of its own.
 *
 * @module
 */
import { headerChecksum } from "../checksum_field.ts";
import { ABSENT, type Around, type LayerReader, type Words } from "../layer_reader.ts";

const ECHO_REPLY = 0, UNREACHABLE = 3, REDIRECT = 5, ECHO = 8, PARAMETER = 12;
const TIMESTAMP = 13, TIMESTAMP_REPLY = 14;
const FRAGMENTATION_NEEDED = 4;

/** Types (IANA icmp-parameters). */
const TYPES = {
  0: "echo reply",
  3: "destination unreachable",
  4: "source quench, deprecated",
  5: "redirect",
  8: "echo request",
  9: "router advertisement",
  10: "router solicitation",
  11: "time exceeded",
  12: "parameter problem",
  13: "timestamp",
  14: "timestamp reply",
  42: "extended echo request",
  43: "extended echo reply",
};

/** Codes by type. */
const CODES: Readonly<Record<number, Words>> = {
  3: {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    3: "port unreachable",
    4: "fragmentation needed, but DF is set",
    5: "source route failed",
    6: "network unknown",
    7: "host unknown",
    9: "network administratively prohibited",
    10: "host administratively prohibited",
    13: "communication administratively prohibited",
  },
  5: { 0: "for the network", 1: "for the host" },
  11: { 0: "TTL ran out in transit", 1: "reassembly took too long" },
  12: { 0: "see the pointer", 1: "an option is missing", 2: "bad length" },
};

/** Header and what its type puts into the second word. */
export function icmpFields(layer: LayerReader, around: Around): void {
  const type = layer.number("icmp.type", 0, 1, TYPES);
  const code = layer.number("icmp.code", 1, 1, CODES[type]);
  if (around.ip?.isFragment === true) {
    layer.hexNumber("icmp.checksum", 2, 2);
    layer.add("icmp.checksum.status", "Unverified", "the datagram is in several packets");
  } else headerChecksum(layer, around, "icmp.checksum", 2, layer.wireEnd - layer.pos);
  if (type === ECHO || type === ECHO_REPLY || type === TIMESTAMP || type === TIMESTAMP_REPLY) {
    layer.number("icmp.ident", 4, 2);
    layer.number("icmp.seq", 6, 2);
  } else if (type === REDIRECT) layer.address("icmp.redir_gw", 4, 4);
  else if (type === PARAMETER) layer.number("icmp.pointer", 4, 1);
  else if (type === UNREACHABLE && code === FRAGMENTATION_NEEDED) {
    const mtu = layer.uint(6, 2);
    if (mtu !== ABSENT) layer.add("icmp.mtu", mtu, mtu === 0 ? "not told" : "next-hop MTU");
  }
}

const IGMP_TYPES = {
  0x11: "membership query",
  0x12: "membership report, version 1",
  0x16: "membership report, version 2",
  0x17: "leave group",
  0x22: "membership report, version 3",
};

/** Type and group of IGMP. */
export function igmpFields(layer: LayerReader, around: Around): void {
  const type = layer.hexNumber("igmp.type", 0, 1, IGMP_TYPES);
  headerChecksum(layer, around, "igmp.checksum", 2, layer.wireEnd - layer.pos);
  if (type === 0x22) layer.number("igmp.num_grp_recs", 6, 2);
  else layer.address("igmp.maddr", 4, 4);
}

/**
 * Fields of ICMPv6 (RFC 4443) and of neighbour discovery with its options (RFC 4861 §4).
 *
 * @module
 */
import { segmentChecksum } from "../checksum_field.ts";
import { ABSENT, type Around, type LayerReader, type Words } from "../layer_reader.ts";

const ICMPV6 = 58;
const TOO_BIG = 2, PARAMETER = 4, ECHO = 128, ECHO_REPLY = 129;
const ROUTER_SOLICITATION = 133, ROUTER_ADVERTISEMENT = 134;
const NEIGHBOUR_SOLICITATION = 135, NEIGHBOUR_ADVERTISEMENT = 136, REDIRECT = 137;

/** Types (IANA icmpv6-parameters). */
const TYPES = {
  1: "destination unreachable",
  2: "packet too big",
  3: "time exceeded",
  4: "parameter problem",
  128: "echo request",
  129: "echo reply",
  130: "multicast listener query",
  131: "multicast listener report",
  132: "multicast listener done",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbour solicitation",
  136: "neighbour advertisement",
  137: "redirect",
  143: "multicast listener report, version 2",
};

/** Codes by type. */
const CODES: Readonly<Record<number, Words>> = {
  1: {
    0: "no route",
    1: "administratively prohibited",
    2: "beyond the scope of the source address",
    3: "address unreachable",
    4: "port unreachable",
    5: "source address failed policy",
    6: "route rejected",
  },
  3: { 0: "hop limit ran out in transit", 1: "reassembly took too long" },
  4: { 0: "wrong header field", 1: "unknown next header", 2: "unknown option" },
};

/** Header, what its type puts behind it, and the options of neighbour discovery. */
export function icmpv6Fields(layer: LayerReader, around: Around): void {
  const type = layer.number("icmpv6.type", 0, 1, TYPES);
  layer.number("icmpv6.code", 1, 1, CODES[type]);
  segmentChecksum(layer, around, "icmpv6.checksum", 2, layer.wireEnd - layer.pos, ICMPV6);
  switch (type) {
    case TOO_BIG:
      layer.number("icmpv6.mtu", 4, 4);
      return;
    case PARAMETER:
      layer.number("icmpv6.pointer", 4, 4);
      return;
    case ECHO:
    case ECHO_REPLY:
      layer.hexNumber("icmpv6.echo.identifier", 4, 2);
      layer.number("icmpv6.echo.sequence_number", 6, 2);
      return;
    case ROUTER_SOLICITATION:
      options(layer, 8);
      return;
    case ROUTER_ADVERTISEMENT:
      routerAdvertisement(layer);
      return;
    case NEIGHBOUR_SOLICITATION:
      layer.address("icmpv6.nd.ns.target_address", 8, 16);
      options(layer, 24);
      return;
    case NEIGHBOUR_ADVERTISEMENT:
      layer.flag("icmpv6.nd.na.flag.r", 4, 1, 7);
      layer.flag("icmpv6.nd.na.flag.s", 4, 1, 6);
      layer.flag("icmpv6.nd.na.flag.o", 4, 1, 5);
      layer.address("icmpv6.nd.na.target_address", 8, 16);
      options(layer, 24);
      return;
    case REDIRECT:
      layer.address("icmpv6.rd.na.target_address", 8, 16);
      layer.address("icmpv6.rd.rd.dest_address", 24, 16);
      options(layer, 40);
  }
}

function routerAdvertisement(layer: LayerReader): void {
  layer.number("icmpv6.nd.ra.cur_hop_limit", 4, 1);
  layer.flag("icmpv6.nd.ra.flag.m", 5, 1, 7);
  layer.flag("icmpv6.nd.ra.flag.o", 5, 1, 6);
  layer.number("icmpv6.nd.ra.router_lifetime", 6, 2);
  layer.number("icmpv6.nd.ra.reachable_time", 8, 4);
  layer.number("icmpv6.nd.ra.retrans_timer", 12, 4);
  options(layer, 16);
}

const SOURCE_LINK = 1, TARGET_LINK = 2, PREFIX = 3, MTU = 5, RESOLVERS = 25;

/** Option types (IANA icmpv6-parameters). */
const OPTIONS = {
  1: "source link-layer address",
  2: "target link-layer address",
  3: "prefix information",
  4: "redirected header",
  5: "MTU",
  14: "nonce",
  24: "route information",
  25: "recursive DNS server",
  31: "DNS search list",
};

/** Most options that are shown. */
const OPTIONS_MAX = 16;

function options(layer: LayerReader, from: number): void {
  let at = from;
  for (let count = 0; count < OPTIONS_MAX && layer.has(at, 2); count++) {
    const type = layer.number("icmpv6.opt.type", at, 1, OPTIONS);
    const units = layer.number("icmpv6.opt.length", at + 1, 1);
    if (units === 0) {
      layer.note(at, "option length 0");
      return;
    }
    option(layer, type, at, units * 8);
    at += units * 8;
  }
}

function option(layer: LayerReader, type: number, at: number, length: number): void {
  if (type === SOURCE_LINK) layer.mac("icmpv6.opt.src_linkaddr", at + 2);
  else if (type === TARGET_LINK) layer.mac("icmpv6.opt.target_linkaddr", at + 2);
  else if (type === MTU) layer.number("icmpv6.opt.mtu", at + 4, 4);
  else if (type === PREFIX && length === 32) {
    layer.number("icmpv6.opt.prefix.length", at + 2, 1);
    layer.flag("icmpv6.opt.prefix.flag.l", at + 3, 1, 7);
    layer.flag("icmpv6.opt.prefix.flag.a", at + 3, 1, 6);
    layer.number("icmpv6.opt.prefix.valid_lifetime", at + 4, 4);
    layer.number("icmpv6.opt.prefix.preferred_lifetime", at + 8, 4);
    layer.address("icmpv6.opt.prefix", at + 16, 16);
  } else if (type === RESOLVERS) {
    const lifetime = layer.uint(at + 4, 4);
    if (lifetime !== ABSENT) layer.add("icmpv6.opt.rdnss.lifetime", lifetime);
    for (let server = at + 8; server + 16 <= at + length; server += 16) {
      layer.address("icmpv6.opt.rdnss", server, 16);
    }
  }
}

/**
 * Fields of IPv6 and of its extension headers, which the path counts as part of it (RFC 8200 §3, §4).
 *
 * @module
 */
import { ABSENT, type Around, type LayerReader } from "../layer_reader.ts";
import { IP_PROTOCOL_WORDS } from "../words.ts";
import { DSCP_WORDS, ECN_WORDS } from "./traffic_class.ts";

const HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60;

/** Most extension headers that are shown. */
const HEADERS_MAX = 16;

/** Fixed header, then extension headers; tells the transport which addresses are around it. */
export function ipv6Fields(layer: LayerReader, around: Around): void {
  around.ip = null;
  layer.bits("ipv6.version", 0, 1, 4, 15);
  layer.bits("ipv6.tclass.dscp", 0, 2, 6, 63, DSCP_WORDS);
  layer.bits("ipv6.tclass.ecn", 0, 2, 4, 3, ECN_WORDS);
  const flow = layer.uint(1, 3);
  if (flow !== ABSENT) {
    layer.add("ipv6.flow", `0x${(flow & 0xfffff).toString(16).padStart(5, "0")}`);
  }
  layer.number("ipv6.plen", 4, 2, { 0: "jumbogram, or left to segmentation offload" });
  const next = layer.number("ipv6.nxt", 6, 1, IP_PROTOCOL_WORDS);
  layer.number("ipv6.hlim", 7, 1);
  layer.address("ipv6.src", 8, 16);
  layer.address("ipv6.dst", 24, 16);
  if (!layer.has(0, 40)) return;
  const isFragment = extensions(layer, next);
  around.ip = { addressLength: 16, src: layer.pos + 8, dst: layer.pos + 24, isFragment };
}

/** Shows the headers that belong to IPv6; true if one says that this is a part of a datagram. */
function extensions(layer: LayerReader, first: number): boolean {
  let next = first;
  let at = 40;
  let isFragment = false;
  for (let count = 0; count < HEADERS_MAX && layer.has(at, 8); count++) {
    const following = layer.uint(at, 1);
    const length = next === FRAGMENT ? 8 : (layer.uint(at + 1, 1) + 1) * 8;
    if (next === HOP_BY_HOP) optionHeader(layer, "ipv6.hopopts", at, length);
    else if (next === DESTINATION) optionHeader(layer, "ipv6.dstopts", at, length);
    else if (next === ROUTING) routing(layer, at);
    else if (next === FRAGMENT) isFragment = fragment(layer, at) || isFragment;
    else return isFragment;
    next = following;
    at += length;
  }
  return isFragment;
}

function fragment(layer: LayerReader, at: number): boolean {
  layer.number("ipv6.fraghdr.nxt", at, 1, IP_PROTOCOL_WORDS);
  const field = layer.uint(at + 2, 2);
  layer.add("ipv6.fraghdr.offset", field >>> 3, `${field & 0xfff8} octets`);
  layer.add("ipv6.fraghdr.more", (field & 1) === 1);
  layer.hexNumber("ipv6.fraghdr.ident", at + 4, 4);
  // Offset 0 without more is a whole datagram (RFC 6946).
  return (field & 0xfff9) !== 0;
}

const ROUTING_TYPES = { 0: "source route, deprecated", 2: "Mobile IPv6", 3: "RPL", 4: "segments" };

function routing(layer: LayerReader, at: number): void {
  layer.number("ipv6.routing.nxt", at, 1, IP_PROTOCOL_WORDS);
  layer.number("ipv6.routing.type", at + 2, 1, ROUTING_TYPES);
  layer.number("ipv6.routing.segleft", at + 3, 1);
}

const PAD_1 = 0, PAD_N = 1, ROUTER_ALERT = 5, JUMBO = 0xc2;

/** Option types (IANA ipv6-parameters). */
const OPTIONS = {
  0: "Pad1",
  1: "PadN",
  4: "tunnel encapsulation limit",
  5: "router alert",
  7: "CALIPSO",
  0x26: "quick start",
  0xc2: "jumbo payload",
  0xc9: "home address",
};

function optionHeader(layer: LayerReader, name: string, at: number, length: number): void {
  layer.number(`${name}.nxt`, at, 1, IP_PROTOCOL_WORDS);
  const end = at + length;
  for (let option = at + 2; option < end && layer.has(option, 1);) {
    const type = layer.hexNumber("ipv6.opt.type", option, 1, OPTIONS);
    if (type === PAD_1) {
      option++;
      continue;
    }
    const size = layer.number("ipv6.opt.length", option + 1, 1);
    if (size === ABSENT) return;
    if (option + 2 + size > end) {
      layer.note(option, `option length ${size} with ${end - option - 2} octets left`);
      return;
    }
    if (type === JUMBO) layer.number("ipv6.opt.jumbo", option + 2, 4);
    else if (type === ROUTER_ALERT) layer.number("ipv6.opt.router_alert", option + 2, 2);
    else if (type !== PAD_N) layer.octets("ipv6.opt.unknown", option + 2, size);
    option += 2 + size;
  }
}

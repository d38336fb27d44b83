/**
 * Fields of links that are no Ethernet: Linux cooked, BSD loopback, PPP and its kin, netfilter log.
 *
 * @module
 */
import { ABSENT, type Around, type LayerReader, type Words } from "../layer_reader.ts";
import { ETHER_TYPE_WORDS, PPP_WORDS } from "../words.ts";

const LINKTYPE_SLL2 = 276;
const LINKTYPE_PPP_WITH_DIRECTION = 204;

const PACKET_TYPES = {
  0: "unicast to us",
  1: "broadcast",
  2: "multicast",
  3: "unicast to another host",
  4: "sent by us",
};
const HARDWARE_TYPES = {
  1: "Ethernet",
  512: "PPP",
  768: "IP in IP",
  772: "loopback",
  776: "6in4",
  778: "GRE",
  824: "netlink",
  65534: "none",
};

/** Linux cooked capture, version 1 or 2 by the link type (LINKTYPE_LINUX_SLL, _SLL2). */
export function cookedFields(layer: LayerReader, around: Around): void {
  if (around.linkType === LINKTYPE_SLL2) {
    layer.hexNumber("sll.etype", 0, 2, ETHER_TYPE_WORDS);
    layer.number("sll.ifindex", 4, 4);
    layer.number("sll.hatype", 8, 2, HARDWARE_TYPES);
    layer.number("sll.pkttype", 10, 1, PACKET_TYPES);
    cookedAddress(layer, layer.number("sll.halen", 11, 1), 12);
    return;
  }
  layer.number("sll.pkttype", 0, 2, PACKET_TYPES);
  layer.number("sll.hatype", 2, 2, HARDWARE_TYPES);
  cookedAddress(layer, layer.number("sll.halen", 4, 2), 6);
  layer.hexNumber("sll.etype", 14, 2, ETHER_TYPE_WORDS);
}

function cookedAddress(layer: LayerReader, length: number, at: number): void {
  if (length === 6) layer.mac("sll.src.eth", at);
  else if (length === 4) layer.address("sll.src.ipv4", at, 4);
  else if (length > 0) layer.octets("sll.src.other", at, Math.min(length, 8));
}

const FAMILIES: Words = {
  2: "IPv4",
  10: "IPv6 (Linux)",
  23: "IPv6 (Windows)",
  24: "IPv6 (NetBSD, OpenBSD)",
  28: "IPv6 (FreeBSD)",
  30: "IPv6 (macOS)",
};

/** BSD loopback: a family in either byte order. */
export function loopbackFields(layer: LayerReader): void {
  const little = layer.uint(0, 4, true);
  if (little === ABSENT) return;
  const family = little <= 0xffff ? little : layer.uint(0, 4);
  layer.add("null.family", family, FAMILIES[family]);
}

/** PPP, with or without HDLC framing (RFC 1661 §2, RFC 1662 §3.1). */
export function pppFields(layer: LayerReader, around: Around): void {
  if (around.linkType === LINKTYPE_PPP_WITH_DIRECTION && layer.pos === layer.origin + 1) {
    // On the wire 0 is received; Wireshark's field has 1 for it.
    const isReceived = layer.bytes[layer.origin] === 0;
    layer.add("ppp.direction", isReceived ? 1 : 0, isReceived ? "received" : "sent");
  }
  let at = 0;
  if (layer.uint(0, 2) === 0xff03) {
    layer.hexNumber("ppp.address", 0, 1);
    layer.hexNumber("ppp.control", 1, 1);
    at = 2;
  }
  const first = layer.uint(at, 1);
  if (first === ABSENT) return;
  layer.hexNumber("ppp.protocol", at, (first & 1) === 1 ? 1 : 2, PPP_WORDS);
}

/** Cisco HDLC (RFC 1547 §4.3.1). */
export function ciscoHdlcFields(layer: LayerReader): void {
  layer.hexNumber("chdlc.address", 0, 1, { 0x0f: "unicast", 0x8f: "multicast" });
  layer.hexNumber("chdlc.protocol", 2, 2, ETHER_TYPE_WORDS);
}

const PPPOE_CODES = {
  0x00: "session data",
  0x07: "PADO, active discovery offer",
  0x09: "PADI, active discovery initiation",
  0x19: "PADR, active discovery request",
  0x65: "PADS, active discovery session confirmation",
  0xa7: "PADT, active discovery terminate",
};

/** PPPoE, both stages (RFC 2516 §4). */
export function pppoeFields(layer: LayerReader): void {
  layer.bits("pppoe.version", 0, 1, 4, 15);
  layer.bits("pppoe.type", 0, 1, 0, 15);
  layer.hexNumber("pppoe.code", 1, 1, PPPOE_CODES);
  layer.hexNumber("pppoe.session_id", 2, 2);
  layer.number("pppoe.payload_length", 4, 2);
}

/** Most attributes of a netfilter log message that are shown. */
const ATTRIBUTES_MAX = 32;

/** Attribute types that are small numbers, as Wireshark names them. */
const NFLOG_NUMBERS: Readonly<Record<number, string>> = {
  4: "nflog.ifindex_indev",
  5: "nflog.ifindex_outdev",
  6: "nflog.ifindex_physindev",
  7: "nflog.ifindex_physoutdev",
  11: "nflog.uid",
  14: "nflog.gid",
};
const NFLOG_PACKET_HEADER = 1;
const NFLOG_PREFIX = 10;
const HOOKS = { 0: "prerouting", 1: "input", 2: "forward", 3: "output", 4: "postrouting" };

/** Netfilter log: family, then attributes in the byte order of the host that captured. */
export function nflogFields(layer: LayerReader): void {
  layer.number("nflog.family", 0, 1, { 2: "IPv4", 7: "bridge", 10: "IPv6" });
  layer.number("nflog.version", 1, 1);
  layer.number("nflog.res_id", 2, 2);
  const little = layer.uint(6, 2, true) <= 255;
  let at = 4;
  for (let count = 0; count < ATTRIBUTES_MAX && layer.has(at, 4); count++) {
    const length = layer.uint(at, 2, little);
    const type = layer.uint(at + 2, 2, little) & 0x7fff;
    if (length < 4) {
      layer.note(at, `attribute length ${length} is below 4`);
      return;
    }
    attribute(layer, type, at + 4, length - 4);
    at += (length + 3) & ~3;
  }
}

/** Values are big-endian whatever the host is (NFNETLINK). */
function attribute(layer: LayerReader, type: number, at: number, length: number): void {
  const name = NFLOG_NUMBERS[type];
  if (name !== undefined && length === 4) layer.number(name, at, 4);
  else if (type === NFLOG_PREFIX) layer.text("nflog.prefix", at, Math.max(0, length - 1));
  else if (type === NFLOG_PACKET_HEADER) {
    layer.hexNumber("nflog.protocol", at, 2, ETHER_TYPE_WORDS);
    layer.number("nflog.hook", at + 2, 1, HOOKS);
  }
}

/**
 * Fields of the tunnels over UDP: VXLAN (RFC 7348 §5), Geneve (RFC 8926 §3.4) and GTP-U
 * (3GPP TS 29.281 §5).
 *
 * @module
 */
import { ABSENT, type LayerReader } from "../layer_reader.ts";
import { ETHER_TYPE_WORDS } from "../words.ts";

/** VXLAN header. */
export function vxlanFields(layer: LayerReader): void {
  layer.hexNumber("vxlan.flags", 0, 2);
  layer.number("vxlan.gbp", 2, 2);
  layer.number("vxlan.vni", 4, 3);
}

/** Most options of Geneve that are shown. */
const OPTIONS_MAX = 16;

/** Geneve header and options. */
export function geneveFields(layer: LayerReader): void {
  layer.bits("geneve.version", 0, 1, 6, 3);
  layer.flag("geneve.flags.oam", 1, 1, 7);
  layer.flag("geneve.flags.critical", 1, 1, 6);
  layer.hexNumber("geneve.proto_type", 2, 2, ETHER_TYPE_WORDS);
  layer.hexNumber("geneve.vni", 4, 3);
  if (!layer.has(0, 8)) return;
  const end = 8 + (layer.uint(0, 1) & 0x3f) * 4;
  let at = 8;
  for (let count = 0; count < OPTIONS_MAX && at < end && layer.has(at, 4); count++) {
    const length = 4 + (layer.uint(at + 3, 1) & 31) * 4;
    layer.hexNumber("geneve.option.class", at, 2);
    layer.hexNumber("geneve.option.type", at + 2, 1);
    layer.add("geneve.option.length", length, "octets");
    if (length > 4) layer.octets("geneve.option.unknown.data", at + 4, length - 4);
    at += length;
  }
}

const MESSAGES = {
  1: "echo request",
  2: "echo response",
  26: "error indication",
  31: "supported extension headers",
  254: "end marker",
  255: "G-PDU",
};

const EXTENSIONS = { 0x40: "UDP port", 0x85: "PDU session container", 0xc0: "PDCP PDU number" };

/** Most extension headers that are shown. */
const EXTENSIONS_MAX = 8;

/** GTP-U header with its extension headers. */
export function gtpFields(layer: LayerReader): void {
  const flags = layer.hexNumber("gtp.flags", 0, 1);
  layer.hexNumber("gtp.message", 1, 1, MESSAGES);
  layer.number("gtp.length", 2, 2);
  layer.hexNumber("gtp.teid", 4, 4);
  if (flags === ABSENT || (flags & 7) === 0) return;
  if ((flags & 2) !== 0) layer.hexNumber("gtp.seq_number", 8, 2);
  if ((flags & 1) !== 0) layer.hexNumber("gtp.npdu_number", 10, 1);
  if ((flags & 4) === 0) return;
  let next = layer.hexNumber("gtp.ext_hdr.next", 11, 1, EXTENSIONS);
  let at = 12;
  for (let count = 0; count < EXTENSIONS_MAX && next > 0; count++) {
    const length = layer.number("gtp.ext_hdr.length", at, 1);
    if (length <= 0) return;
    next = layer.hexNumber("gtp.ext_hdr.next", at + length * 4 - 1, 1, EXTENSIONS);
    at += length * 4;
  }
}

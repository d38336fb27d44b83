/**
 * Fields of GRE (RFC 2784, RFC 2890, RFC 2637), ERSPAN and EtherIP.
 *
 * @module
 */
import type { LayerReader } from "../layer_reader.ts";
import { ETHER_TYPE_WORDS } from "../words.ts";

/** Flags, protocol and the optional fields. */
export function greFields(layer: LayerReader): void {
  const flags = layer.hexNumber("gre.flags_and_version", 0, 2);
  layer.hexNumber("gre.proto", 2, 2, ETHER_TYPE_WORDS);
  if (flags < 0) return;
  const isPptp = (flags & 7) === 1;
  let at = 4;
  if ((flags & 0x8000) !== 0) {
    layer.hexNumber("gre.checksum", at, 2);
    at += 4;
  }
  if ((flags & 0x2000) !== 0) {
    if (isPptp) {
      layer.number("gre.key.payload_length", at, 2);
      layer.number("gre.key.call_id", at + 2, 2);
    } else layer.hexNumber("gre.key", at, 4);
    at += 4;
  }
  if ((flags & 0x1000) !== 0) {
    layer.number("gre.sequence_number", at, 4);
    at += 4;
  }
  if (isPptp && (flags & 0x0080) !== 0) layer.number("gre.ack_number", at, 4);
}

const VERSIONS = { 1: "type II", 2: "type III" };

/** ERSPAN; type I has no header (draft-foschiano-erspan §4). */
export function erspanFields(layer: LayerReader): void {
  const version = layer.uint(0, 1) >> 4;
  if (layer.has(0, 8) && (version === 1 || version === 2)) {
    layer.add("erspan.version", version, VERSIONS[version]);
    layer.bits("erspan.vlan", 0, 2, 0, 0xfff);
    layer.bits("erspan.cos", 2, 2, 13, 7);
    layer.bits("erspan.truncated", 2, 2, 10, 1);
    layer.bits("erspan.spanid", 2, 2, 0, 0x3ff);
  }
}

/** EtherIP (RFC 3378 §2). */
export function etherIpFields(layer: LayerReader): void {
  layer.bits("etherip.ver", 0, 2, 12, 15);
}

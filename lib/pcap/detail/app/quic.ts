/**
 * Fields of QUIC headers as far as they are not protected (RFC 9000 §17, RFC 9369 §3.2).
 *
 * @module
 */
import { ABSENT, type LayerReader, type Words } from "../layer_reader.ts";

const VERSION_2 = 0x6b3343cf;
const VERSIONS = { 0: "version negotiation", 1: "version 1", 0x6b3343cf: "version 2" };

const TYPES: Words = { 0: "Initial", 1: "0-RTT", 2: "Handshake", 3: "Retry" };
const TYPES_2: Words = { 0: "Retry", 1: "Initial", 2: "0-RTT", 3: "Handshake" };

/** Longest connection id that is shown (RFC 9000 §17.2). */
const ID_MAX = 20;

/** Long header with its connection ids; of a short header the form only. */
export function quicFields(layer: LayerReader): void {
  const first = layer.uint(0, 1);
  if (first === ABSENT) return;
  layer.add("quic.header_form", first >>> 7, first > 127 ? "long header" : "short header");
  layer.add("quic.fixed_bit", (first & 0x40) !== 0);
  if (first <= 127) {
    layer.add("quic.spin_bit", (first & 0x20) !== 0);
    return;
  }
  const version = layer.hexNumber("quic.version", 1, 4, VERSIONS);
  const isV2 = version === VERSION_2;
  const type = (first >>> 4) & 3;
  const name = isV2 ? "quic.long.packet_type_v2" : "quic.long.packet_type";
  const word = (isV2 ? TYPES_2 : TYPES)[type];
  if (version !== 0) layer.add(name, type, word);
  let at = connectionId(layer, 5, "quic.dcil", "quic.dcid");
  if (at !== ABSENT) at = connectionId(layer, at, "quic.scil", "quic.scid");
  if (at === ABSENT || version === 0 || word === "Retry") return;
  if (word === "Initial") {
    const token = variableLength(layer, at);
    if (token === null) return;
    layer.add("quic.token_length", token.value);
    at = token.next + token.value;
  }
  const length = variableLength(layer, at);
  if (length !== null) layer.add("quic.length", length.value, "octets, packet number included");
}

function connectionId(layer: LayerReader, at: number, length: string, id: string): number {
  const size = layer.number(length, at, 1);
  if (size === ABSENT || size > ID_MAX) return ABSENT;
  if (size > 0) layer.octets(id, at + 1, size);
  return at + 1 + size;
}

/** A variable-length integer (RFC 9000 §16); null if it is not there or above 2^53. */
function variableLength(layer: LayerReader, at: number): { value: number; next: number } | null {
  const first = layer.uint(at, 1);
  if (first === ABSENT) return null;
  const octets = 1 << (first >>> 6);
  if (!layer.has(at, octets)) return null;
  let value = first & 0x3f;
  for (let index = 1; index < octets; index++) value = value * 256 + layer.uint(at + index, 1);
  return Number.isSafeInteger(value) ? { value, next: at + octets } : null;
}

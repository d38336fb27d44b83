/**
 * Fields of ARP and RARP (RFC 826, RFC 903).
 *
 * @module
 */
import { ABSENT, type LayerReader } from "../layer_reader.ts";
import { ETHER_TYPE_WORDS } from "../words.ts";

const OPERATIONS = {
  1: "request",
  2: "reply",
  3: "reverse request",
  4: "reverse reply",
  8: "inverse request",
  9: "inverse reply",
};

/** Header and the four addresses. */
export function arpFields(layer: LayerReader): void {
  layer.number("arp.hw.type", 0, 2, { 1: "Ethernet", 6: "IEEE 802", 32: "InfiniBand" });
  const protocol = layer.hexNumber("arp.proto.type", 2, 2, ETHER_TYPE_WORDS);
  const hardwareLength = layer.number("arp.hw.size", 4, 1);
  const protocolLength = layer.number("arp.proto.size", 5, 1);
  layer.number("arp.opcode", 6, 2, OPERATIONS);
  if (hardwareLength === ABSENT || protocolLength === ABSENT) return;
  const isIpv4 = protocol === 0x0800 && protocolLength === 4;
  let at = 8;
  for (const side of ["src", "dst"]) {
    if (hardwareLength === 6) layer.mac(`arp.${side}.hw_mac`, at);
    else layer.octets(`arp.${side}.hw`, at, hardwareLength);
    at += hardwareLength;
    if (isIpv4) layer.address(`arp.${side}.proto_ipv4`, at, 4);
    else layer.octets(`arp.${side}.proto`, at, protocolLength);
    at += protocolLength;
  }
}

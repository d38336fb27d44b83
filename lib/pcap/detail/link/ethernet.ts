/**
 * Fields of Ethernet and what stands between it and IP: VLAN tags, labels, pseudowires, LLC.
 *
 * @module
 */
import { ABSENT, type Around, hexOf, type LayerReader } from "../layer_reader.ts";
import { ETHER_TYPE_WORDS } from "../words.ts";

/** Longest IEEE 802.3 length. */
const LENGTH_MAX = 1500;

/** MAC header (IEEE 802.3 §3.2), and the check sequence where the capture says that it is there. */
export function ethernetFields(layer: LayerReader, around: Around): void {
  layer.mac("eth.dst", 0);
  layer.mac("eth.src", 6);
  const type = layer.uint(12, 2);
  if (type === ABSENT) return;
  if (type <= LENGTH_MAX) layer.add("eth.len", type);
  else layer.hexNumber("eth.type", 12, 2, ETHER_TYPE_WORDS);
  // The bound of the frame is before the check sequence, whose octets may be captured behind it.
  if (layer.pos !== layer.origin || around.fcsLength !== 4) return;
  const { view, wireEnd } = layer;
  if (wireEnd + 4 <= layer.frameEnd) layer.add("eth.fcs", hexOf(view.getUint32(wireEnd), 4));
}

/** C-tag (IEEE 802.1Q §9.6). */
export function vlanFields(layer: LayerReader): void {
  layer.bits("vlan.priority", 0, 2, 13, 7);
  layer.flag("vlan.dei", 0, 2, 12);
  layer.bits("vlan.id", 0, 2, 0, 0xfff);
  layer.hexNumber("vlan.etype", 2, 2, ETHER_TYPE_WORDS);
}

/** S-tag (IEEE 802.1ad). */
export function serviceVlanFields(layer: LayerReader): void {
  layer.bits("ieee8021ad.priority", 0, 2, 13, 7);
  layer.bits("ieee8021ad.dei", 0, 2, 12, 1);
  layer.bits("ieee8021ad.id", 0, 2, 0, 0xfff);
}

const LABELS = {
  0: "IPv4 explicit null",
  1: "router alert",
  2: "IPv6 explicit null",
  3: "implicit null",
  7: "entropy label indicator",
  13: "generic associated channel",
};

/** One label (RFC 3032 §2.1). */
export function mplsFields(layer: LayerReader): void {
  layer.bits("mpls.label", 0, 4, 12, 0xfffff, LABELS);
  layer.bits("mpls.exp", 0, 4, 9, 7);
  layer.bits("mpls.bottom", 0, 4, 8, 1);
  layer.bits("mpls.ttl", 0, 4, 0, 0xff);
}

/** Control word of an Ethernet pseudowire (RFC 4448 §4.6). */
export function controlWordFields(layer: LayerReader): void {
  layer.number("pweth.cw.sequence_number", 2, 2);
}

const SAPS = {
  0x06: "IP",
  0x42: "spanning tree",
  0xaa: "SNAP",
  0xe0: "IPX",
  0xfe: "ISO network layer",
};

/** LLC, and SNAP behind it (IEEE 802.2 §3, RFC 1042). */
export function llcFields(layer: LayerReader): void {
  const dsap = layer.hexNumber("llc.dsap", 0, 1, SAPS);
  layer.hexNumber("llc.ssap", 1, 1, SAPS);
  const control = layer.uint(2, 1);
  if (control === ABSENT) return;
  const isUnnumbered = (control & 3) === 3;
  layer.hexNumber("llc.control", 2, isUnnumbered ? 1 : 2);
  if (dsap !== 0xaa || control !== 3) return;
  layer.hexNumber("llc.oui", 3, 3);
  const oui = layer.uint(3, 3);
  layer.hexNumber(oui === 0 || oui === 0xf8 ? "llc.type" : "llc.pid", 6, 2, ETHER_TYPE_WORDS);
}

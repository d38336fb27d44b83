/**
 * Link types (the LINKTYPE_ registry of the pcap specification), one row each. Types that are not
 * read stay visible with a null layer; types without a row are counted as unknown.
 *
 * @module
 */

import { Layer } from "./layer.ts";

/** A link type and the step that reads its packets. */
export interface LinkTypeRow {
  /** LINKTYPE_ value. */
  readonly code: number;
  /** Name after `LINKTYPE_`. */
  readonly name: string;
  /** The first step, or null if packets of this type are counted only. */
  readonly layer: number | null;
  /** Where the format is defined. */
  readonly reference: string;
}

/** The link types that we know of. */
export const LINK_TYPES: readonly LinkTypeRow[] = [
  { code: 0, name: "NULL", layer: Layer.null, reference: "BSD loopback" },
  { code: 1, name: "ETHERNET", layer: Layer.ethernet, reference: "IEEE 802.3" },
  { code: 6, name: "IEEE802_5", layer: null, reference: "IEEE 802.5" },
  { code: 9, name: "PPP", layer: Layer.ppp, reference: "RFC 1661, RFC 1662" },
  { code: 12, name: "RAW (OpenBSD value 12)", layer: Layer.rawIp, reference: "RFC 791, RFC 8200" },
  { code: 14, name: "RAW (OpenBSD value 14)", layer: Layer.rawIp, reference: "RFC 791, RFC 8200" },
  { code: 50, name: "PPP_HDLC", layer: Layer.ppp, reference: "RFC 1662" },
  { code: 51, name: "PPP_ETHER", layer: Layer.pppoe, reference: "RFC 2516" },
  { code: 101, name: "RAW", layer: Layer.rawIp, reference: "RFC 791, RFC 8200" },
  { code: 104, name: "C_HDLC", layer: Layer.chdlc, reference: "RFC 1547 4.3" },
  { code: 105, name: "IEEE802_11", layer: Layer.wlan, reference: "IEEE 802.11" },
  { code: 107, name: "FRELAY", layer: null, reference: "RFC 2427" },
  { code: 108, name: "LOOP", layer: Layer.null, reference: "OpenBSD loopback" },
  { code: 113, name: "LINUX_SLL", layer: Layer.sll, reference: "LINKTYPE_LINUX_SLL" },
  { code: 119, name: "IEEE802_11_PRISM", layer: null, reference: "LINKTYPE_IEEE802_11_PRISM" },
  { code: 127, name: "IEEE802_11_RADIOTAP", layer: Layer.radiotap, reference: "radiotap.org" },
  { code: 163, name: "IEEE802_11_AVS", layer: null, reference: "LINKTYPE_IEEE802_11_AVS" },
  { code: 166, name: "PPP_PPPD", layer: Layer.ppp, reference: "LINKTYPE_PPP_PPPD" },
  { code: 189, name: "USB_LINUX", layer: null, reference: "LINKTYPE_USB_LINUX" },
  { code: 192, name: "PPI", layer: null, reference: "LINKTYPE_PPI" },
  { code: 195, name: "IEEE802_15_4_WITHFCS", layer: null, reference: "IEEE 802.15.4" },
  { code: 204, name: "PPP_WITH_DIR", layer: Layer.pppWithDirection, reference: "RFC 1661" },
  { code: 228, name: "IPV4", layer: Layer.ip, reference: "RFC 791" },
  { code: 229, name: "IPV6", layer: Layer.ip, reference: "RFC 8200" },
  { code: 239, name: "NFLOG", layer: Layer.nflog, reference: "LINKTYPE_NFLOG" },
  { code: 253, name: "NETLINK", layer: null, reference: "LINKTYPE_NETLINK" },
  { code: 276, name: "LINUX_SLL2", layer: Layer.sll2, reference: "LINKTYPE_LINUX_SLL2" },
];

const LAYER_OF: Uint8Array = layersByCode();

function layersByCode(): Uint8Array {
  const layers = new Uint8Array(65536).fill(Layer.unknownLink);
  for (const row of LINK_TYPES) layers[row.code] = row.layer ?? Layer.unknownLink;
  return layers;
}

/** First step for a link type; `Layer.unknownLink` if it is not read. */
export function linkTypeLayer(code: number): number {
  return LAYER_OF[code] ?? Layer.unknownLink;
}

/**
 * EtherTypes (IEEE registry, IANA ieee-802-numbers), one row each; those without a dissector are
 * named leaves of the path.
 *
 * @module
 */

import { Layer } from "./layer.ts";
import { Protocol } from "./protocol.ts";

/** An EtherType, its step, and its name where it is a leaf. */
export interface EtherTypeRow {
  /** EtherType. */
  readonly code: number;
  /** What it is called. */
  readonly name: string;
  /** The next step; `Layer.leaf` if it is named and not read. */
  readonly layer: number;
  /** Protocol of the path where the step is `Layer.leaf`, else 0. */
  readonly protocol: number;
  /** Where it is defined. */
  readonly reference: string;
}

/** The EtherTypes that we know of. */
export const ETHER_TYPES: readonly EtherTypeRow[] = [
  { code: 0x0800, name: "IPv4", layer: Layer.ip, protocol: 0, reference: "RFC 894" },
  { code: 0x0806, name: "ARP", layer: Layer.arp, protocol: 0, reference: "RFC 826" },
  {
    code: 0x22eb,
    name: "ERSPAN III",
    layer: Layer.erspan3,
    protocol: 0,
    reference: "draft-foschiano-erspan 4.3",
  },
  {
    code: 0x6558,
    name: "Transparent Ethernet",
    layer: Layer.ethernet,
    protocol: 0,
    reference: "RFC 1701",
  },
  { code: 0x8035, name: "RARP", layer: Layer.arp, protocol: 0, reference: "RFC 903" },
  { code: 0x8100, name: "C-VLAN tag", layer: Layer.vlan, protocol: 0, reference: "IEEE 802.1Q" },
  { code: 0x86dd, name: "IPv6", layer: Layer.ipv6, protocol: 0, reference: "RFC 2464 3" },
  {
    code: 0x8809,
    name: "Slow protocols",
    layer: Layer.leaf,
    protocol: Protocol.slow,
    reference: "IEEE 802.3 57A",
  },
  { code: 0x880b, name: "PPP", layer: Layer.ppp, protocol: 0, reference: "RFC 7042 B.1" },
  { code: 0x8847, name: "MPLS", layer: Layer.mpls, protocol: 0, reference: "RFC 3032 5" },
  {
    code: 0x8848,
    name: "MPLS, upstream label",
    layer: Layer.mpls,
    protocol: 0,
    reference: "RFC 5332",
  },
  {
    code: 0x8863,
    name: "PPPoE discovery",
    layer: Layer.pppoeDiscovery,
    protocol: 0,
    reference: "RFC 2516 4",
  },
  { code: 0x8864, name: "PPPoE session", layer: Layer.pppoe, protocol: 0, reference: "RFC 2516 4" },
  {
    code: 0x888e,
    name: "EAPOL",
    layer: Layer.leaf,
    protocol: Protocol.eapol,
    reference: "IEEE 802.1X",
  },
  { code: 0x88a8, name: "S-VLAN tag", layer: Layer.vlan, protocol: 0, reference: "IEEE 802.1ad" },
  {
    code: 0x88be,
    name: "ERSPAN I and II",
    layer: Layer.erspan1or2,
    protocol: 0,
    reference: "draft-foschiano-erspan 4.1",
  },
  {
    code: 0x88cc,
    name: "LLDP",
    layer: Layer.leaf,
    protocol: Protocol.lldp,
    reference: "IEEE 802.1AB",
  },
  {
    code: 0x88e5,
    name: "MACsec",
    layer: Layer.leaf,
    protocol: Protocol.macsec,
    reference: "IEEE 802.1AE",
  },
  { code: 0x88f7, name: "PTP", layer: Layer.leaf, protocol: Protocol.ptp, reference: "IEEE 1588" },
  {
    code: 0x8902,
    name: "CFM",
    layer: Layer.leaf,
    protocol: Protocol.cfm,
    reference: "IEEE 802.1ag",
  },
  {
    code: 0x8906,
    name: "FCoE",
    layer: Layer.leaf,
    protocol: Protocol.fcoe,
    reference: "T11 FC-BB-5",
  },
  { code: 0x894f, name: "NSH", layer: Layer.leaf, protocol: Protocol.nsh, reference: "RFC 8300" },
  {
    code: 0x9000,
    name: "Loopback",
    layer: Layer.leaf,
    protocol: Protocol.loop,
    reference: "DIX Ethernet 2.0",
  },
  {
    code: 0x9100,
    name: "Stacked VLAN tag",
    layer: Layer.vlan,
    protocol: 0,
    reference: "in use, not registered",
  },
  {
    code: 0x9200,
    name: "Stacked VLAN tag",
    layer: Layer.vlan,
    protocol: 0,
    reference: "in use, not registered",
  },
];

const LAYER_OF: Uint8Array = new Uint8Array(65536).fill(Layer.data);
const PROTOCOL_OF: Uint8Array = new Uint8Array(65536);
for (const row of ETHER_TYPES) {
  LAYER_OF[row.code] = row.layer;
  PROTOCOL_OF[row.code] = row.protocol;
}

/** Next step for an EtherType; `Layer.data` if it is not known. */
export function etherTypeLayer(code: number): number {
  return LAYER_OF[code] ?? Layer.data;
}

/** Protocol of a leaf EtherType, else 0. */
export function etherTypeProtocol(code: number): number {
  return PROTOCOL_OF[code] ?? 0;
}

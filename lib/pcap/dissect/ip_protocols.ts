/**
 * IP protocol numbers (IANA protocol-numbers), one row each; those without a dissector are named
 * leaves of the path.
 *
 * @module
 */

import { Layer } from "./layer.ts";
import { Protocol } from "./protocol.ts";

/** A protocol number, its step, and its name where it is a leaf. */
export interface IpProtocolRow {
  /** Protocol number. */
  readonly code: number;
  /** IANA keyword. */
  readonly name: string;
  /** The next step; `Layer.leaf` if it is named and not read. */
  readonly layer: number;
  /** Protocol of the path where the step is `Layer.leaf`, else 0. */
  readonly protocol: number;
  /** Where it is defined. */
  readonly reference: string;
}

/** The protocol numbers that we know of. Extension headers of IPv6 are read in net/ipv6.ts. */
export const IP_PROTOCOLS: readonly IpProtocolRow[] = [
  { code: 1, name: "ICMP", layer: Layer.icmp, protocol: 0, reference: "RFC 792" },
  { code: 2, name: "IGMP", layer: Layer.leaf, protocol: Protocol.igmp, reference: "RFC 3376" },
  { code: 4, name: "IPv4", layer: Layer.ipInIp, protocol: 0, reference: "RFC 2003, RFC 2473" },
  { code: 6, name: "TCP", layer: Layer.tcp, protocol: 0, reference: "RFC 9293" },
  { code: 17, name: "UDP", layer: Layer.udp, protocol: 0, reference: "RFC 768" },
  { code: 33, name: "DCCP", layer: Layer.leaf, protocol: Protocol.dccp, reference: "RFC 4340" },
  { code: 41, name: "IPv6", layer: Layer.ipv6InIp, protocol: 0, reference: "RFC 4213, RFC 2473" },
  { code: 47, name: "GRE", layer: Layer.gre, protocol: 0, reference: "RFC 2784, RFC 2890" },
  { code: 50, name: "ESP", layer: Layer.leaf, protocol: Protocol.esp, reference: "RFC 4303" },
  { code: 51, name: "AH", layer: Layer.ah, protocol: 0, reference: "RFC 4302" },
  { code: 58, name: "IPv6-ICMP", layer: Layer.icmpv6, protocol: 0, reference: "RFC 4443" },
  { code: 88, name: "EIGRP", layer: Layer.leaf, protocol: Protocol.eigrp, reference: "RFC 7868" },
  {
    code: 89,
    name: "OSPF",
    layer: Layer.leaf,
    protocol: Protocol.ospf,
    reference: "RFC 2328, RFC 5340",
  },
  { code: 97, name: "ETHERIP", layer: Layer.etherIp, protocol: 0, reference: "RFC 3378" },
  { code: 103, name: "PIM", layer: Layer.leaf, protocol: Protocol.pim, reference: "RFC 7761" },
  { code: 112, name: "VRRP", layer: Layer.leaf, protocol: Protocol.vrrp, reference: "RFC 9568" },
  { code: 115, name: "L2TP", layer: Layer.leaf, protocol: Protocol.l2tp, reference: "RFC 3931" },
  { code: 132, name: "SCTP", layer: Layer.sctp, protocol: 0, reference: "RFC 9260" },
  {
    code: 135,
    name: "Mobility Header",
    layer: Layer.leaf,
    protocol: Protocol.mipv6,
    reference: "RFC 6275",
  },
  { code: 136, name: "UDPLite", layer: Layer.udplite, protocol: 0, reference: "RFC 3828" },
  { code: 137, name: "MPLS-in-IP", layer: Layer.mplsInIp, protocol: 0, reference: "RFC 4023" },
];

const LAYER_OF: Uint8Array = new Uint8Array(256).fill(Layer.data);
const PROTOCOL_OF: Uint8Array = new Uint8Array(256);
for (const row of IP_PROTOCOLS) {
  LAYER_OF[row.code] = row.layer;
  PROTOCOL_OF[row.code] = row.protocol;
}

/** Next step for a protocol number; `Layer.data` if it is not known. */
export function ipProtocolLayer(code: number): number {
  return LAYER_OF[code] ?? Layer.data;
}

/** Protocol of a leaf protocol number, else 0. */
export function ipProtocolLeaf(code: number): number {
  return PROTOCOL_OF[code] ?? 0;
}

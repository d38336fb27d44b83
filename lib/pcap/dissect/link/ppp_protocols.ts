/**
 * PPP protocol field values (IANA ppp-numbers), one row each.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";

/** A PPP protocol, its step, and its name where it is a leaf. */
export interface PppProtocolRow {
  /** Value of the protocol field. */
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

/** The PPP protocols that we know of. */
export const PPP_PROTOCOLS: readonly PppProtocolRow[] = [
  { code: 0x0021, name: "IPv4", layer: Layer.ip, protocol: 0, reference: "RFC 1332" },
  { code: 0x0057, name: "IPv6", layer: Layer.ipv6, protocol: 0, reference: "RFC 5072" },
  { code: 0x0281, name: "MPLS unicast", layer: Layer.mpls, protocol: 0, reference: "RFC 3032 4.3" },
  {
    code: 0x0283,
    name: "MPLS multicast",
    layer: Layer.mpls,
    protocol: 0,
    reference: "RFC 3032 4.3",
  },
  { code: 0x8021, name: "IPCP", layer: Layer.leaf, protocol: Protocol.ipcp, reference: "RFC 1332" },
  {
    code: 0x8057,
    name: "IPV6CP",
    layer: Layer.leaf,
    protocol: Protocol.ipv6cp,
    reference: "RFC 5072",
  },
  { code: 0xc021, name: "LCP", layer: Layer.leaf, protocol: Protocol.lcp, reference: "RFC 1661" },
  { code: 0xc023, name: "PAP", layer: Layer.leaf, protocol: Protocol.pap, reference: "RFC 1334" },
  { code: 0xc223, name: "CHAP", layer: Layer.leaf, protocol: Protocol.chap, reference: "RFC 1994" },
];

const LAYER_OF: Uint8Array = new Uint8Array(65536).fill(Layer.data);
const PROTOCOL_OF: Uint8Array = new Uint8Array(65536);
for (const row of PPP_PROTOCOLS) {
  LAYER_OF[row.code] = row.layer;
  PROTOCOL_OF[row.code] = row.protocol;
}

/** Next step for a PPP protocol; `Layer.data` if it is not known. */
export function pppProtocolLayer(code: number): number {
  return LAYER_OF[code] ?? Layer.data;
}

/** Protocol of a leaf PPP protocol, else 0. */
export function pppProtocolLeaf(code: number): number {
  return PROTOCOL_OF[code] ?? 0;
}

/**
 * Tunnels over UDP by port (IANA service-names-port-numbers), one row each. A port alone proves
 * nothing, so the first octets must fit as well.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import type { Walk } from "../walk.ts";

/** A UDP port and the tunnel that listens there. */
export interface UdpTunnelRow {
  /** UDP port. */
  readonly port: number;
  /** What it is called. */
  readonly name: string;
  /** The next step, or null if it is not read. */
  readonly layer: number | null;
  /** Where it is defined. */
  readonly reference: string;
}

/** The tunnels that we know of. */
export const UDP_TUNNELS: readonly UdpTunnelRow[] = [
  { port: 1701, name: "L2TP", layer: null, reference: "RFC 2661" },
  { port: 2152, name: "GTP-U", layer: Layer.gtpU, reference: "3GPP TS 29.281 5.1" },
  { port: 3544, name: "Teredo", layer: null, reference: "RFC 4380" },
  { port: 4754, name: "GRE in UDP", layer: null, reference: "RFC 8086" },
  { port: 4789, name: "VXLAN", layer: Layer.vxlan, reference: "RFC 7348 5" },
  { port: 4790, name: "VXLAN-GPE", layer: null, reference: "draft-ietf-nvo3-vxlan-gpe" },
  { port: 6081, name: "Geneve", layer: Layer.geneve, reference: "RFC 8926 3" },
  { port: 6635, name: "MPLS in UDP", layer: null, reference: "RFC 7510" },
  { port: 8472, name: "VXLAN, Linux before registration", layer: Layer.vxlan, reference: "in use" },
];

/** Step by UDP port, `Layer.done` if there is no tunnel. */
export const UDP_TUNNEL_LAYER_BY_PORT: Uint8Array = new Uint8Array(65536);
for (const row of UDP_TUNNELS) UDP_TUNNEL_LAYER_BY_PORT[row.port] = row.layer ?? Layer.done;

/** Step for a tunnel at either port, `Layer.done` if there is none. */
export function udpTunnelLayer(walk: Walk, srcPort: number, dstPort: number): number {
  let layer = UDP_TUNNEL_LAYER_BY_PORT[dstPort] ?? Layer.done;
  if (layer === Layer.done) layer = UDP_TUNNEL_LAYER_BY_PORT[srcPort] ?? Layer.done;
  if (layer === Layer.done || walk.end - walk.pos < 8) return Layer.done;
  const first = walk.view.getUint8(walk.pos);
  const fits = layer === Layer.vxlan
    ? (first & 0x08) !== 0
    : layer === Layer.geneve
    ? first >> 6 === 0
    : first >> 4 === 3;
  return fits ? layer : Layer.done;
}

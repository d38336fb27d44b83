/**
 * VXLAN (RFC 7348 5) and Geneve (RFC 8926 3.4).
 *
 * @module
 */

import { Tunnel } from "../columns.ts";
import { etherTypeLayer } from "../ether_types.ts";
import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads a VXLAN header; an Ethernet frame follows. */
export function dissectVxlan(walk: Walk): number {
  walk.enter(Protocol.vxlan);
  const pos = walk.pos;
  if (walk.end - pos < 8) return walk.short(Protocol.vxlan);
  walk.columns.tunnelId[walk.row] = walk.view.getUint32(pos + 4) >>> 8;
  walk.pos = pos + 8;
  return walk.tunnel(Tunnel.vxlan, Protocol.vxlan, Layer.ethernet);
}

/** Reads a Geneve header with its options and goes on by the protocol type. */
export function dissectGeneve(walk: Walk): number {
  walk.enter(Protocol.geneve);
  const pos = walk.pos;
  if (walk.end - pos < 8) return walk.short(Protocol.geneve);
  const length = 8 + ((walk.view.getUint8(pos) & 0x3f) << 2);
  if (walk.end - pos < length) return walk.short(Protocol.geneve);
  walk.columns.tunnelId[walk.row] = walk.view.getUint32(pos + 4) >>> 8;
  walk.type = walk.view.getUint16(pos + 2);
  walk.pos = pos + length;
  if (walk.wireEnd <= walk.pos) return Layer.done;
  if (walk.type <= 1500 || etherTypeLayer(walk.type) === Layer.data) return walk.data();
  return walk.tunnel(Tunnel.geneve, Protocol.geneve, Layer.etherType);
}

/**
 * What IP carries, and IP whose version only its first nibble tells.
 *
 * @module
 */

import { Tunnel } from "../columns.ts";
import { ipProtocolLayer, ipProtocolLeaf } from "../ip_protocols.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Goes on with IPv4 or IPv6. */
export function dissectIp(walk: Walk): number {
  if (walk.end - walk.pos >= 1 && walk.view.getUint8(walk.pos) >> 4 === 6) return Layer.ipv6;
  return Layer.ipv4;
}

/** Goes on by `walk.type`, a protocol number. */
export function dissectIpProtocol(walk: Walk): number {
  const layer = ipProtocolLayer(walk.type);
  switch (layer) {
    case Layer.leaf:
      walk.enter(ipProtocolLeaf(walk.type));
      walk.columns.l4Offset[walk.row] = walk.pos;
      return Layer.done;
    case Layer.data:
      walk.payload(walk.pos);
      return walk.data();
    case Layer.ipInIp:
      return walk.tunnel(Tunnel.ipInIp, Protocol.ip, Layer.ipv4);
    case Layer.ipv6InIp:
      return walk.tunnel(Tunnel.ipv6InIp, Protocol.ipv6, Layer.ipv6);
    case Layer.mplsInIp:
      return walk.tunnel(Tunnel.mplsInIp, Protocol.mpls, Layer.mpls);
    default:
      return layer;
  }
}

/** Reads an authentication header after IPv4 (RFC 4302 2). */
export function dissectAh(walk: Walk): number {
  walk.enter(Protocol.ah);
  const pos = walk.pos;
  if (walk.end - pos < 12) return walk.short(Protocol.ah);
  const length = (walk.view.getUint8(pos + 1) + 2) << 2;
  if (length < 12) return walk.bad(Protocol.ah, Reason.headerLengthTooSmall);
  if (walk.end - pos < length) return walk.short(Protocol.ah);
  walk.type = walk.view.getUint8(pos);
  walk.columns.l4Protocol[walk.row] = walk.type;
  walk.pos = pos + length;
  return Layer.ipProtocol;
}

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443). The packet that an error quotes is not part of the path.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads type and code of ICMP. */
export function dissectIcmp(walk: Walk): number {
  return typeAndCode(walk, Protocol.icmp);
}

/** Reads type and code of ICMPv6. */
export function dissectIcmpv6(walk: Walk): number {
  return typeAndCode(walk, Protocol.icmpv6);
}

function typeAndCode(walk: Walk, protocol: number): number {
  walk.enter(protocol);
  const pos = walk.pos;
  walk.columns.l4Offset[walk.row] = pos;
  if (walk.end - pos < 4) return walk.short(protocol);
  walk.columns.icmpType[walk.row] = walk.view.getUint8(pos);
  walk.columns.icmpCode[walk.row] = walk.view.getUint8(pos + 1);
  if (walk.wireEnd - pos >= 8) walk.payload(pos + 8);
  return Layer.done;
}

/**
 * ARP and RARP (RFC 826, RFC 903).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Checks that header and addresses are there. */
export function dissectArp(walk: Walk): number {
  walk.enter(Protocol.arp);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 8) return walk.short(Protocol.arp);
  if (walk.columns.ipVersion[walk.row] === 0) walk.columns.l3Offset[walk.row] = pos;
  const length = 8 + 2 * (view.getUint8(pos + 4) + view.getUint8(pos + 5));
  return walk.end - pos < length ? walk.short(Protocol.arp) : Layer.done;
}

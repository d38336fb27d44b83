/**
 * Ethernet II and IEEE 802.3 frames (IEEE 802.3 3.2).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads the MAC header; the EtherType or length is judged by the next step. */
export function dissectEthernet(walk: Walk): number {
  walk.enter(Protocol.eth);
  const pos = walk.pos;
  if (walk.end - pos < 14) return walk.short(Protocol.eth);
  walk.type = walk.view.getUint16(pos + 12);
  walk.pos = pos + 14;
  return Layer.etherType;
}

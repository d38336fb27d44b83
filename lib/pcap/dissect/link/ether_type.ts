/**
 * The field after a MAC header or VLAN tag: an EtherType from 0x0600 on, a length up to 1500
 * (IEEE 802.3 3.2.6).
 *
 * @module
 */

import { etherTypeLayer, etherTypeProtocol } from "../ether_types.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Longest IEEE 802.3 length. */
const LENGTH_MAX = 1500;

/** Goes on by the EtherType, or with LLC within the length. */
export function dissectEtherType(walk: Walk): number {
  const type = walk.type;
  if (type <= LENGTH_MAX) return withinLength(walk, type);
  const layer = etherTypeLayer(type);
  if (layer === Layer.leaf) {
    walk.enter(etherTypeProtocol(type));
    return Layer.done;
  }
  return layer === Layer.data ? walk.data() : layer;
}

function withinLength(walk: Walk, length: number): number {
  if (walk.pos + length > walk.wireEnd) {
    walk.note(Protocol.eth, Reason.lengthBeyondEnclosure);
  }
  walk.narrow(walk.pos + length, Reason.linkLength);
  if (walk.end - walk.pos >= 2 && walk.view.getUint16(walk.pos) === 0xffff) {
    // Novell's frames before IEEE 802.2 begin with an IPX checksum that is always 0xffff.
    walk.enter(Protocol.ipx);
    return Layer.done;
  }
  return Layer.llc;
}

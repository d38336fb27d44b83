/**
 * VLAN tags in any number up to a bound: IEEE 802.1Q, 802.1ad and the unregistered 0x9100, 0x9200.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Most tags that are followed in one stack. */
const VLAN_DEPTH_MAX = 32;

/** Reads one stack of tags; `walk.type` is the EtherType of the first one. */
export function dissectVlan(walk: Walk): number {
  const columns = walk.columns;
  const row = walk.row;
  const outside = !walk.tunneled;
  let tags = 0;
  while (isTag(walk.type)) {
    const protocol = walk.type === 0x88a8 ? Protocol.ieee8021ad : Protocol.vlan;
    if (tags++ === VLAN_DEPTH_MAX) return walk.bad(protocol, Reason.depth);
    walk.enter(protocol);
    const pos = walk.pos;
    if (walk.end - pos < 4) return walk.short(protocol);
    if (outside) {
      if (columns.vlanDepth[row] === 0) columns.vlanId[row] = walk.view.getUint16(pos) & 0xfff;
      columns.vlanDepth[row] = tags;
    }
    walk.type = walk.view.getUint16(pos + 2);
    walk.pos = pos + 4;
  }
  return Layer.etherType;
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}

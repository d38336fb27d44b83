/**
 * Logical link control and SNAP (IEEE 802.2 3, RFC 1042).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads the LLC header and, of SNAP, the EtherType. */
export function dissectLlc(walk: Walk): number {
  walk.enter(Protocol.llc);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 3) return walk.short(Protocol.llc);
  const dsap = view.getUint8(pos);
  const control = view.getUint8(pos + 2);
  if (dsap === 0xaa && control === 0x03) return dissectSnap(walk);
  // Unnumbered control fields are one octet, all others two (IEEE 802.2 5.3).
  const size = (control & 3) === 3 ? 3 : 4;
  if (walk.end - pos < size) return walk.short(Protocol.llc);
  walk.pos = pos + size;
  switch (dsap) {
    case 0x06:
      return Layer.ip;
    case 0x42:
      walk.enter(Protocol.stp);
      return Layer.done;
    case 0xe0:
      walk.enter(Protocol.ipx);
      return Layer.done;
    case 0xfe:
      walk.enter(Protocol.osi);
      return Layer.done;
    default:
      return walk.data();
  }
}

function dissectSnap(walk: Walk): number {
  const pos = walk.pos;
  if (walk.end - pos < 8) return walk.short(Protocol.llc);
  const oui = walk.view.getUint32(pos + 2) & 0xffffff;
  walk.pos = pos + 8;
  // 00-00-00 carries EtherTypes; 00-00-f8 does so for bridged tunnels (IEEE 802.1H).
  if (oui !== 0x000000 && oui !== 0x0000f8) return walk.data();
  const type = walk.view.getUint16(pos + 6);
  if (type <= 1500) return walk.data();
  walk.type = type;
  return Layer.etherType;
}

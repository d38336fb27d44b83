/**
 * SCTP common header (RFC 9260 3.1).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads the ports; the payload columns hold all chunks. */
export function dissectSctp(walk: Walk): number {
  walk.enter(Protocol.sctp);
  const columns = walk.columns;
  const pos = walk.pos;
  const available = walk.end - pos;
  columns.l4Offset[walk.row] = pos;
  if (available >= 4) {
    columns.srcPort[walk.row] = walk.view.getUint16(pos);
    columns.dstPort[walk.row] = walk.view.getUint16(pos + 2);
  }
  if (available < 12) return walk.short(Protocol.sctp);
  walk.payload(pos + 12);
  return Layer.done;
}

/**
 * GTP-U version 1 (3GPP TS 29.281 5.1, 5.2).
 *
 * @module
 */

import { Tunnel } from "../columns.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Message type of a G-PDU, the only one that carries a packet. */
const G_PDU = 255;

/** Most extension headers that are followed. */
const EXTENSIONS_MAX = 32;

/** Reads the header with its extensions and goes on with IP. */
export function dissectGtpU(walk: Walk): number {
  walk.enter(Protocol.gtp);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 8) return walk.short(Protocol.gtp);
  const flags = view.getUint8(pos);
  const length = view.getUint16(pos + 2);
  if (pos + 8 + length > walk.wireEnd) walk.note(Protocol.gtp, Reason.lengthBeyondEnclosure);
  walk.narrow(pos + 8 + length, Reason.tunnelLength);
  if (view.getUint8(pos + 1) !== G_PDU) return Layer.done;
  walk.columns.tunnelId[walk.row] = view.getUint32(pos + 4);
  walk.pos = pos + 8;
  if ((flags & 0x07) !== 0 && !skipOptional(walk, (flags & 0x04) !== 0)) return Layer.done;
  if (walk.wireEnd <= walk.pos) return Layer.done;
  if (walk.end - walk.pos < 1) return walk.short(Protocol.gtp);
  const version = view.getUint8(walk.pos) >> 4;
  if (version !== 4 && version !== 6) return walk.data();
  return walk.tunnel(Tunnel.gtpU, Protocol.gtp, Layer.ip);
}

/** Skips sequence number, N-PDU number and extension headers; false if they do not fit. */
function skipOptional(walk: Walk, extended: boolean): boolean {
  const view = walk.view;
  if (walk.end - walk.pos < 4) return ended(walk);
  let next = extended ? view.getUint8(walk.pos + 3) : 0;
  walk.pos += 4;
  for (let headers = 0; next !== 0; headers++) {
    if (headers === EXTENSIONS_MAX) {
      walk.bad(Protocol.gtp, Reason.depth);
      return false;
    }
    if (walk.end - walk.pos < 1) return ended(walk);
    const length = view.getUint8(walk.pos) << 2;
    if (length === 0) {
      walk.bad(Protocol.gtp, Reason.lengthTooSmall);
      return false;
    }
    if (walk.end - walk.pos < length) return ended(walk);
    next = view.getUint8(walk.pos + length - 1);
    walk.pos += length;
  }
  return true;
}

function ended(walk: Walk): boolean {
  walk.short(Protocol.gtp);
  return false;
}

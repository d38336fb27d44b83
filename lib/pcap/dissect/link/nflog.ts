/**
 * Linux netfilter log messages (LINKTYPE_NFLOG): a family, then type-length-value attributes in the
 * byte order of the host that captured, one of which is the packet.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** NFULA_PAYLOAD. */
const ATTRIBUTE_PAYLOAD = 9;

/** Attribute types are small; a value beyond this is one read in the wrong byte order. */
const ATTRIBUTE_TYPE_MAX = 255;

/** Reads attributes until the payload, then goes on by the family. */
export function dissectNflog(walk: Walk): number {
  walk.enter(Protocol.nflog);
  const view = walk.view;
  let pos = walk.pos;
  if (walk.end - pos < 4) return walk.short(Protocol.nflog);
  const family = view.getUint8(pos);
  pos += 4;
  if (walk.end - pos < 4) return walk.short(Protocol.nflog);
  const little = view.getUint16(pos + 2, true) <= ATTRIBUTE_TYPE_MAX;
  while (walk.end - pos >= 4) {
    const length = view.getUint16(pos, little);
    const type = view.getUint16(pos + 2, little) & 0x7fff;
    if (length < 4) return walk.bad(Protocol.nflog, Reason.lengthTooSmall);
    if (type === ATTRIBUTE_PAYLOAD) {
      if (pos + length > walk.wireEnd) walk.note(Protocol.nflog, Reason.lengthBeyondEnclosure);
      walk.narrow(pos + length, Reason.linkLength);
      walk.pos = pos + 4;
      return byFamily(walk, family);
    }
    pos += (length + 3) & ~3;
  }
  return pos < walk.wireEnd ? walk.short(Protocol.nflog) : Layer.done;
}

function byFamily(walk: Walk, family: number): number {
  if (family === 2) return Layer.ip;
  if (family === 10) return Layer.ipv6;
  return walk.data();
}

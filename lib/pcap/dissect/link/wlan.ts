/**
 * IEEE 802.11 frames (IEEE 802.11 9.2, 9.3): data frames that are not encrypted lead to LLC, all
 * others end here.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

const FLAG_DISTRIBUTION = 0x03;
const FLAG_MORE_FRAGMENTS = 0x04;
const FLAG_PROTECTED = 0x40;
const FLAG_ORDER = 0x80;
const SUBTYPE_NO_DATA = 0x4;
const SUBTYPE_QOS = 0x8;

/** Reads a frame at the start of a packet, without radiotap. */
export function dissectWlan(walk: Walk): number {
  walk.enter(Protocol.wlan);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 2) return walk.short(Protocol.wlan);
  const control = view.getUint8(pos);
  if ((control & 3) !== 0) return walk.bad(Protocol.wlan, Reason.version);
  const kind = (control >> 2) & 3;
  if (kind === 0) {
    walk.enter(Protocol.wlanMgt);
    return Layer.done;
  }
  return kind === 2 ? dissectData(walk, control >> 4, view.getUint8(pos + 1)) : Layer.done;
}

function dissectData(walk: Walk, subtype: number, flags: number): number {
  const view = walk.view;
  const pos = walk.pos;
  const padded = walk.type === 1;
  let header = (flags & FLAG_DISTRIBUTION) === FLAG_DISTRIBUTION ? 30 : 24;
  const qosAt = header;
  if ((subtype & SUBTYPE_QOS) !== 0) header += (flags & FLAG_ORDER) !== 0 ? 6 : 2;
  if (walk.end - pos < header) return walk.short(Protocol.wlan);
  const aggregate = (subtype & SUBTYPE_QOS) !== 0 && (view.getUint8(pos + qosAt) & 0x80) !== 0;
  const fragment = view.getUint8(pos + 22) & 0x0f;
  walk.pos = pos + (padded ? (header + 3) & ~3 : header);
  if ((subtype & SUBTYPE_NO_DATA) !== 0) return Layer.done;
  if ((flags & FLAG_PROTECTED) !== 0) return walk.data();
  if (fragment !== 0 || (flags & FLAG_MORE_FRAGMENTS) !== 0) return walk.data();
  return aggregate ? dissectFirstSubframe(walk) : Layer.llc;
}

/** Of an A-MSDU the first subframe is read (IEEE 802.11 9.3.2.2.2). */
function dissectFirstSubframe(walk: Walk): number {
  const pos = walk.pos;
  if (walk.end - pos < 14) return walk.short(Protocol.wlan);
  const length = walk.view.getUint16(pos + 12);
  walk.pos = pos + 14;
  if (pos + 14 + length > walk.wireEnd) walk.note(Protocol.wlan, Reason.lengthBeyondEnclosure);
  walk.narrow(pos + 14 + length, Reason.linkLength);
  return Layer.llc;
}

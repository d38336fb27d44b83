/**
 * Radiotap headers in front of 802.11 frames (radiotap.org): read for their length and for the
 * flags that say whether the frame ends with a check sequence and pads its header.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

const FLAG_FCS = 0x10;
const FLAG_DATA_PAD = 0x20;

/** Most words of the presence bitmap that are followed. */
const PRESENT_WORDS_MAX = 32;

/** Reads the header; `walk.type` becomes 1 if the 802.11 header is padded to four octets. */
export function dissectRadiotap(walk: Walk): number {
  walk.enter(Protocol.radiotap);
  const view = walk.view;
  const start = walk.pos;
  if (walk.end - start < 8) return walk.short(Protocol.radiotap);
  const length = view.getUint16(start + 2, true);
  if (length < 8) return walk.bad(Protocol.radiotap, Reason.headerLengthTooSmall);
  if (walk.end - start < length) return walk.short(Protocol.radiotap);
  const flags = radiotapFlags(walk, start, start + length);
  walk.pos = start + length;
  walk.type = (flags & FLAG_DATA_PAD) !== 0 ? 1 : 0;
  if ((flags & FLAG_FCS) !== 0 && walk.wireEnd - walk.pos >= 4) {
    walk.narrow(walk.wireEnd - 4, Reason.frameEnd);
  }
  return Layer.wlan;
}

function radiotapFlags(walk: Walk, start: number, end: number): number {
  const view = walk.view;
  const present = view.getUint32(start + 4, true);
  let pos = start + 8;
  let word = present;
  for (let words = 1; (word & 0x80000000) !== 0; words++) {
    if (words > PRESENT_WORDS_MAX || end - pos < 4) return 0;
    word = view.getUint32(pos, true);
    pos += 4;
  }
  if ((present & 2) === 0) return 0;
  // Field 0, TSFT, is eight octets aligned to eight from the start of the header.
  if ((present & 1) !== 0) pos = start + ((pos - start + 7) & ~7) + 8;
  return pos < end ? view.getUint8(pos) : 0;
}

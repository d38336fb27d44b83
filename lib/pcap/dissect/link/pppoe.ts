/**
 * PPP over Ethernet, session stage (RFC 2516 4).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads the header; only code 0 carries PPP. */
export function dissectPppoe(walk: Walk): number {
  walk.enter(Protocol.pppoes);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 6) return walk.short(Protocol.pppoes);
  const length = view.getUint16(pos + 4);
  walk.pos = pos + 6;
  if (pos + 6 + length > walk.wireEnd) {
    walk.note(Protocol.pppoes, Reason.lengthBeyondEnclosure);
  }
  walk.narrow(pos + 6 + length, Reason.linkLength);
  return view.getUint8(pos + 1) === 0 ? Layer.ppp : Layer.done;
}

/** Names the discovery stage; its tags carry no packets. */
export function dissectPppoeDiscovery(walk: Walk): number {
  walk.enter(Protocol.pppoed);
  return walk.end - walk.pos < 6 ? walk.short(Protocol.pppoed) : Layer.done;
}

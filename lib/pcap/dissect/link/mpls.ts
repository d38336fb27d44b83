/**
 * MPLS label stacks (RFC 3032) and what follows them: IP, or an Ethernet pseudowire with or without
 * control word (RFC 4448, RFC 4385). The stack does not say what it carries, so the first nibble
 * and, for a pseudowire, a known EtherType decide.
 *
 * @module
 */

import { Tunnel } from "../columns.ts";
import { etherTypeLayer } from "../ether_types.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Most labels that are followed. */
const MPLS_DEPTH_MAX = 32;

/** Reads the labels to the bottom of the stack; each is a level of the path, as in tshark's tree. */
export function dissectMpls(walk: Walk): number {
  for (let labels = 0; labels < MPLS_DEPTH_MAX; labels++) {
    walk.enter(Protocol.mpls);
    const pos = walk.pos;
    if (walk.end - pos < 4) return walk.short(Protocol.mpls);
    const bottom = walk.view.getUint8(pos + 2) & 1;
    walk.pos = pos + 4;
    if (bottom === 1) return belowStack(walk);
  }
  return walk.bad(Protocol.mpls, Reason.depth);
}

function belowStack(walk: Walk): number {
  const pos = walk.pos;
  if (walk.end - pos < 1) return walk.end < walk.wireEnd ? walk.short(Protocol.mpls) : Layer.done;
  const nibble = walk.view.getUint8(pos) >> 4;
  if (nibble === 4) return Layer.ipv4;
  if (nibble === 6) return Layer.ipv6;
  if (nibble === 1) {
    walk.enter(Protocol.pwach);
    return Layer.done;
  }
  if (nibble === 0 && isEthernet(walk, pos + 4)) {
    walk.enter(Protocol.pwethcw);
    walk.pos = pos + 4;
    return walk.tunnel(Tunnel.pseudowire, Protocol.pwethcw, Layer.ethernet);
  }
  if (isEthernet(walk, pos)) {
    walk.enter(Protocol.pwethnocw);
    return walk.tunnel(Tunnel.pseudowire, Protocol.pwethnocw, Layer.ethernet);
  }
  return walk.data();
}

function isEthernet(walk: Walk, pos: number): boolean {
  if (walk.end - pos < 14) return false;
  const type = walk.view.getUint16(pos + 12);
  return type <= walk.wireEnd - pos - 14 || etherTypeLayer(type) !== Layer.data;
}

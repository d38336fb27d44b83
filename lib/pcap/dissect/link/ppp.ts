/**
 * PPP with or without HDLC framing and with a protocol field of one or two octets (RFC 1661 2, 6.5;
 * RFC 1662 3.1), and Cisco HDLC.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";
import { pppProtocolLayer, pppProtocolLeaf } from "./ppp_protocols.ts";

/** Reads address and control where they are there, then the protocol field. */
export function dissectPpp(walk: Walk): number {
  walk.enter(Protocol.ppp);
  const view = walk.view;
  let pos = walk.pos;
  if (walk.end - pos >= 2 && view.getUint16(pos) === 0xff03) pos += 2;
  if (walk.end - pos < 1) return walk.short(Protocol.ppp);
  // The last octet of the field is odd; if already the first is, the field is compressed.
  let protocol = view.getUint8(pos);
  if ((protocol & 1) === 1) {
    pos += 1;
  } else {
    if (walk.end - pos < 2) return walk.short(Protocol.ppp);
    protocol = view.getUint16(pos);
    pos += 2;
  }
  walk.pos = pos;
  const layer = pppProtocolLayer(protocol);
  if (layer === Layer.leaf) {
    walk.enter(pppProtocolLeaf(protocol));
    return Layer.done;
  }
  return layer === Layer.data ? walk.data() : layer;
}

/** Reads past the direction octet of LINKTYPE_PPP_WITH_DIR. */
export function dissectPppWithDirection(walk: Walk): number {
  if (walk.end - walk.pos < 1) {
    walk.enter(Protocol.ppp);
    return walk.short(Protocol.ppp);
  }
  walk.pos += 1;
  return Layer.ppp;
}

/** Reads a Cisco HDLC header: address, control, EtherType (RFC 1547 4.3.1). */
export function dissectChdlc(walk: Walk): number {
  walk.enter(Protocol.chdlc);
  const pos = walk.pos;
  if (walk.end - pos < 4) return walk.short(Protocol.chdlc);
  walk.type = walk.view.getUint16(pos + 2);
  walk.pos = pos + 4;
  return walk.type <= 1500 ? walk.data() : Layer.etherType;
}

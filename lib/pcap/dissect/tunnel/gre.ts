/**
 * GRE (RFC 2784, RFC 2890), its PPTP version (RFC 2637 4.1), ERSPAN and EtherIP.
 *
 * @module
 */

import { Tunnel } from "../columns.ts";
import { etherTypeLayer } from "../ether_types.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;

/** Reads the header with its optional fields and goes on by the protocol type. */
export function dissectGre(walk: Walk): number {
  walk.enter(Protocol.gre);
  const view = walk.view;
  const pos = walk.pos;
  walk.columns.l4Offset[walk.row] = pos;
  if (walk.end - pos < 4) return walk.short(Protocol.gre);
  const flags = view.getUint16(pos);
  const version = flags & 7;
  if (version > 1) return walk.bad(Protocol.gre, Reason.version);
  // RFC 2784 2.3: the routing field of RFC 1701 is not to be accepted.
  if (version === 0 && (flags & ROUTING) !== 0) return walk.bad(Protocol.gre, Reason.field);
  const keyAt = (flags & CHECKSUM) !== 0 ? 8 : 4;
  let length = keyAt;
  if ((flags & KEY) !== 0) length += 4;
  if ((flags & SEQUENCE) !== 0) length += 4;
  if (version === 1 && (flags & ACKNOWLEDGMENT) !== 0) length += 4;
  if (walk.end - pos < length) return walk.short(Protocol.gre);
  if ((flags & KEY) !== 0) walk.columns.tunnelId[walk.row] = view.getUint32(pos + keyAt);
  walk.sequenced = (flags & SEQUENCE) !== 0 ? 1 : 0;
  walk.type = view.getUint16(pos + 2);
  walk.pos = pos + length;
  if (walk.wireEnd <= walk.pos) return Layer.done;
  if (walk.type <= 1500 || etherTypeLayer(walk.type) === Layer.data) return walk.data();
  return walk.tunnel(Tunnel.gre, Protocol.gre, Layer.etherType);
}

/** Reads an ERSPAN header: none in type I, eight octets in type II (draft-foschiano-erspan 4). */
export function dissectErspan1or2(walk: Walk): number {
  return dissectErspan(walk, walk.sequenced === 0 ? 0 : 8);
}

/** Reads an ERSPAN type III header: twelve octets, and eight more if the O flag is set. */
export function dissectErspan3(walk: Walk): number {
  const pos = walk.pos;
  const optional = walk.end - pos >= 12 ? walk.view.getUint8(pos + 11) & 1 : 0;
  return dissectErspan(walk, 12 + 8 * optional);
}

function dissectErspan(walk: Walk, length: number): number {
  walk.enter(Protocol.erspan);
  const pos = walk.pos;
  if (walk.end - pos < length) return walk.short(Protocol.erspan);
  if (length >= 8) walk.columns.tunnelId[walk.row] = walk.view.getUint16(pos + 2) & 0x3ff;
  walk.pos = pos + length;
  walk.columns.tunnelKind[walk.row] = Tunnel.erspan;
  return Layer.ethernet;
}

/** Reads the two octets of EtherIP (RFC 3378 2). */
export function dissectEtherIp(walk: Walk): number {
  walk.enter(Protocol.etherip);
  const pos = walk.pos;
  if (walk.end - pos < 2) return walk.short(Protocol.etherip);
  if (walk.view.getUint8(pos) >> 4 !== 3) return walk.bad(Protocol.etherip, Reason.version);
  walk.pos = pos + 2;
  return walk.tunnel(Tunnel.etherIp, Protocol.etherip, Layer.ethernet);
}

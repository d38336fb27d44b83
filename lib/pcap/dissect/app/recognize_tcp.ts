/**
 * What a TCP segment carries: by its first octets where they are telling, else by its port, so that
 * the middle of a message counts for the protocol that it belongs to.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";
import { tcpPortProtocol } from "./port_protocols.ts";

/** Longest TLS record: 2^14 octets and 2048 of expansion (RFC 5246 6.2.3). */
const TLS_RECORD_MAX = 16384 + 2048;

/** Names the application protocol, or `data`. */
export function recognizeTcp(walk: Walk, srcPort: number, dstPort: number): number {
  let protocol = byContent(walk);
  if (protocol === 0) protocol = tcpPortProtocol(srcPort, dstPort);
  if (protocol === 0) return walk.data();
  walk.columns.app[walk.row] = protocol;
  walk.enter(protocol);
  return Layer.done;
}

function byContent(walk: Walk): number {
  const view = walk.view;
  const pos = walk.pos;
  const size = walk.end - pos;
  if (size < 5) return 0;
  const word = view.getUint32(pos);
  const first = word >>> 24;
  if (first >= 20 && first <= 23) return isTlsRecord(word, view.getUint8(pos + 4));
  switch (word | 0) {
    case 0x47455420: // "GET "
    case 0x48545450: // "HTTP"
    case 0x504f5354: // "POST"
    case 0x50555420: // "PUT "
    case 0x48454144: // "HEAD"
    case 0x44454c45: // "DELE"
    case 0x4f505449: // "OPTI"
    case 0x434f4e4e: // "CONN"
    case 0x50415443: // "PATC"
      return isHttpLine(walk) ? Protocol.http : 0;
    case 0x5353482d: // "SSH-"
      return Protocol.ssh;
    case -1:
      return isBgp(walk) ? Protocol.bgp : 0;
    default:
      return 0;
  }
}

/** TLS if content type is followed by version 3.0 to 3.4 and a length that a record can have. */
function isTlsRecord(word: number, lengthLow: number): number {
  const version = (word >> 8) & 0xffff;
  const length = ((word & 0xff) << 8) | lengthLow;
  const fits = version >= 0x0300 && version <= 0x0304 && length > 0 && length <= TLS_RECORD_MAX;
  return fits ? Protocol.tls : 0;
}

/** A method ends with a space within eight octets; a status line begins "HTTP/" (RFC 9112 2). */
function isHttpLine(walk: Walk): boolean {
  const view = walk.view;
  const pos = walk.pos;
  if (view.getUint8(pos) === 0x48 && view.getUint8(pos + 1) === 0x54) {
    return view.getUint8(pos + 4) === 0x2f;
  }
  const end = walk.end - pos < 8 ? walk.end : pos + 8;
  for (let at = pos + 3; at < end; at++) {
    if (view.getUint8(at) === 0x20) return true;
  }
  return false;
}

/** Sixteen octets of ones, a length of 19 to 65535 (RFC 8654) and a type of 1 to 5 (RFC 4271 4.1). */
function isBgp(walk: Walk): boolean {
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 19) return false;
  for (let at = 4; at < 16; at += 4) {
    if (view.getInt32(pos + at) !== -1) return false;
  }
  const type = view.getUint8(pos + 18);
  return view.getUint16(pos + 16) >= 19 && type >= 1 && type <= 5;
}

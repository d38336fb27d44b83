/**
 * UDP (RFC 768) and UDP-Lite (RFC 3828).
 *
 * @module
 */

import { recognizeUdp } from "../app/recognize_udp.ts";
import { Fragment } from "../columns.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import { udpTunnelLayer } from "../tunnel/udp_tunnels.ts";
import type { Walk } from "../walk.ts";

/** Reads the header; a length of 0 means "to the end", as in a jumbogram (RFC 2675 4). */
export function dissectUdp(walk: Walk): number {
  walk.enter(Protocol.udp);
  const columns = walk.columns;
  const row = walk.row;
  const pos = walk.pos;
  if (!ports(walk, Protocol.udp)) return Layer.done;
  const length = walk.view.getUint16(pos + 4);
  if (length !== 0 && length < 8) return walk.bad(Protocol.udp, Reason.lengthTooSmall);
  const whole = columns.fragment[row] === Fragment.whole;
  if (length !== 0) {
    if (whole && pos + length > walk.wireEnd) {
      walk.note(Protocol.udp, Reason.lengthBeyondEnclosure);
    }
    walk.narrow(pos + length, Reason.udpLength);
  }
  return carried(walk, pos + 8, whole);
}

/** Reads the header; the third field is checksum coverage and says nothing of the length. */
export function dissectUdplite(walk: Walk): number {
  walk.enter(Protocol.udplite);
  const pos = walk.pos;
  if (!ports(walk, Protocol.udplite)) return Layer.done;
  return carried(walk, pos + 8, walk.columns.fragment[walk.row] === Fragment.whole);
}

function ports(walk: Walk, protocol: number): boolean {
  const pos = walk.pos;
  const available = walk.end - pos;
  walk.columns.l4Offset[walk.row] = pos;
  if (available >= 4) {
    walk.columns.srcPort[walk.row] = walk.view.getUint16(pos);
    walk.columns.dstPort[walk.row] = walk.view.getUint16(pos + 2);
  }
  if (available >= 8) return true;
  walk.short(protocol);
  return false;
}

function carried(walk: Walk, offset: number, whole: boolean): number {
  walk.payload(offset);
  walk.pos = offset;
  if (!whole || walk.wireEnd === offset) return Layer.done;
  const srcPort = walk.columns.srcPort[walk.row] ?? -1;
  const dstPort = walk.columns.dstPort[walk.row] ?? -1;
  const tunnel = udpTunnelLayer(walk, srcPort, dstPort);
  return tunnel === Layer.done ? recognizeUdp(walk, srcPort, dstPort) : tunnel;
}

/**
 * IPv6 with its extension headers (RFC 8200 3, 4), jumbograms (RFC 2675) and fragments.
 *
 * @module
 */

import { Fragment } from "../columns.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";
import { takeRow } from "./take_row.ts";

/** Most extension headers that are followed. */
const EXTENSION_HEADERS_MAX = 256;

/** Next-header values of the extension headers (IANA ipv6-parameters). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const NO_NEXT = 59;
const DESTINATION = 60;
const AUTHENTICATION = 51;

/** Reads the fixed header, then extension headers up to the transport. */
export function dissectIpv6(walk: Walk): number {
  walk.enter(Protocol.ipv6);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 40) return walk.short(Protocol.ipv6);
  if (view.getUint8(pos) >> 4 !== 6) return walk.bad(Protocol.ipv6, Reason.version);
  const length = view.getUint16(pos + 4);
  const next = view.getUint8(pos + 6);
  if (length !== 0) {
    if (pos + 40 + length > walk.wireEnd) walk.note(Protocol.ipv6, Reason.lengthBeyondEnclosure);
    walk.narrow(pos + 40 + length, Reason.ipv6PayloadLength);
  }
  takeRow(walk, 6, pos + 8, pos + 24, 16);
  walk.columns.l4Protocol[walk.row] = next;
  walk.columns.ttl[walk.row] = view.getUint8(pos + 7);
  walk.pos = pos + 40;
  walk.type = next;
  if (next === 6) return Layer.tcp;
  if (next === 17) return Layer.udp;
  return dissectExtensions(walk, length === 0);
}

function dissectExtensions(walk: Walk, lengthIsZero: boolean): number {
  const view = walk.view;
  for (let headers = 0; headers < EXTENSION_HEADERS_MAX; headers++) {
    const type = walk.type;
    walk.columns.l4Protocol[walk.row] = type;
    if (type === NO_NEXT) return Layer.done;
    const protocol = extensionProtocol(type);
    if (protocol === 0) return Layer.ipProtocol;
    // As in tshark's hierarchy, extension headers belong to ipv6; AH is a protocol of its own.
    if (protocol === Protocol.ah) walk.enter(protocol);
    const pos = walk.pos;
    if (walk.end - pos < 8) return walk.short(protocol);
    const next = view.getUint8(pos);
    // AH counts 4-octet units less two (RFC 4302 2.2), the others 8-octet units less one.
    const units = view.getUint8(pos + 1);
    const length = type === FRAGMENT
      ? 8
      : type === AUTHENTICATION
      ? (units + 2) << 2
      : (units + 1) << 3;
    if (walk.end - pos < length) return walk.short(protocol);
    if (type === HOP_BY_HOP && lengthIsZero && headers === 0) jumbo(walk, pos + 2, pos + length);
    walk.pos = pos + length;
    walk.type = next;
    if (type === FRAGMENT && dissectFragment(walk, pos)) {
      walk.columns.l4Protocol[walk.row] = next;
      return walk.data();
    }
  }
  return walk.bad(Protocol.ipv6, Reason.depth);
}

function extensionProtocol(type: number): number {
  switch (type) {
    case HOP_BY_HOP:
      return Protocol.ipv6Hopopts;
    case ROUTING:
      return Protocol.ipv6Routing;
    case FRAGMENT:
      return Protocol.ipv6Fraghdr;
    case DESTINATION:
      return Protocol.ipv6Dstopts;
    case AUTHENTICATION:
      return Protocol.ah;
    default:
      return 0;
  }
}

/** Records the fragment; true if it is not the first, so that no transport header follows. */
function dissectFragment(walk: Walk, pos: number): boolean {
  const columns = walk.columns;
  const row = walk.row;
  const field = walk.view.getUint16(pos + 2);
  columns.ipId[row] = walk.view.getUint32(pos + 4);
  const offset = field & 0xfff8;
  const more = field & 1;
  // Offset 0 without more is an atomic fragment, a whole datagram (RFC 6946).
  if (offset === 0 && more === 0) return false;
  columns.fragmentOffset[row] = offset;
  columns.fragmentMore[row] = more;
  columns.fragment[row] = offset === 0 ? Fragment.first : Fragment.later;
  if (offset === 0) return false;
  walk.payload(walk.pos);
  return true;
}

/** Finds the jumbo payload option (type 0xc2, RFC 2675 2) and takes its length. */
function jumbo(walk: Walk, from: number, to: number): void {
  const view = walk.view;
  let pos = from;
  while (to - pos >= 2) {
    const option = view.getUint8(pos);
    if (option === 0) {
      pos += 1;
      continue;
    }
    const length = view.getUint8(pos + 1);
    if (option === 0xc2 && length === 4 && to - pos >= 6) {
      const payloadEnd = from - 2 + view.getUint32(pos + 2);
      if (payloadEnd > walk.wireEnd) walk.note(Protocol.ipv6, Reason.lengthBeyondEnclosure);
      else walk.narrow(Math.max(payloadEnd, to), Reason.ipv6PayloadLength);
      return;
    }
    pos += 2 + length;
  }
}

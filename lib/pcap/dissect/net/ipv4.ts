/**
 * IPv4 (RFC 791 3.1).
 *
 * @module
 */

import { Fragment } from "../columns.ts";
import { ipProtocolLayer } from "../ip_protocols.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";
import { takeRow } from "./take_row.ts";

/** Reads the header; a total length of 0 is a segmentation offload artefact and means "the frame". */
export function dissectIpv4(walk: Walk): number {
  walk.enter(Protocol.ip);
  const view = walk.view;
  const pos = walk.pos;
  if (walk.end - pos < 20) return walk.short(Protocol.ip);
  const first = view.getUint8(pos);
  if (first >> 4 !== 4) return walk.bad(Protocol.ip, Reason.version);
  const header = (first & 15) << 2;
  if (header < 20) return walk.bad(Protocol.ip, Reason.headerLengthTooSmall);
  const total = view.getUint16(pos + 2);
  if (total !== 0) {
    if (total < header) return walk.bad(Protocol.ip, Reason.lengthTooSmall);
    if (pos + total > walk.wireEnd) walk.note(Protocol.ip, Reason.lengthBeyondEnclosure);
    walk.narrow(pos + total, Reason.ipv4TotalLength);
  }
  takeRow(walk, 4, pos + 12, pos + 16, 4);
  const columns = walk.columns;
  const row = walk.row;
  const protocol = view.getUint8(pos + 9);
  columns.l4Protocol[row] = protocol;
  columns.ttl[row] = view.getUint8(pos + 8);
  columns.ipId[row] = view.getUint16(pos + 4);
  if (walk.end - pos < header) return walk.short(Protocol.ip);
  walk.pos = pos + header;
  walk.type = protocol;
  const fragment = view.getUint16(pos + 6) & 0x3fff;
  if (fragment !== 0) return dissectFragment(walk, fragment);
  const layer = ipProtocolLayer(protocol);
  return layer === Layer.tcp || layer === Layer.udp ? layer : Layer.ipProtocol;
}

function dissectFragment(walk: Walk, field: number): number {
  const columns = walk.columns;
  const row = walk.row;
  const offset = (field & 0x1fff) << 3;
  columns.fragmentOffset[row] = offset;
  columns.fragmentMore[row] = (field >> 13) & 1;
  columns.fragment[row] = offset === 0 ? Fragment.first : Fragment.later;
  if (offset === 0) return Layer.ipProtocol;
  walk.payload(walk.pos);
  return walk.data();
}

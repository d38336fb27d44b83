/**
 * TCP (RFC 9293 3.1).
 *
 * @module
 */

import { recognizeTcp } from "../app/recognize_tcp.ts";
import { Fragment } from "../columns.ts";
import { Layer } from "../layer.ts";
import { Reason } from "../malformed.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Reads the header; ports also of one that was cut. */
export function dissectTcp(walk: Walk): number {
  walk.enter(Protocol.tcp);
  const view = walk.view;
  const columns = walk.columns;
  const row = walk.row;
  const pos = walk.pos;
  const available = walk.end - pos;
  columns.l4Offset[row] = pos;
  if (available < 4) return walk.short(Protocol.tcp);
  const srcPort = view.getUint16(pos);
  const dstPort = view.getUint16(pos + 2);
  columns.srcPort[row] = srcPort;
  columns.dstPort[row] = dstPort;
  if (available < 20) return walk.short(Protocol.tcp);
  columns.seq[row] = view.getUint32(pos + 4);
  columns.ack[row] = view.getUint32(pos + 8);
  const bits = view.getUint16(pos + 12);
  columns.tcpFlags[row] = bits & 0xfff;
  columns.window[row] = view.getUint16(pos + 14);
  const header = (bits >> 12) << 2;
  if (header < 20) return walk.bad(Protocol.tcp, Reason.headerLengthTooSmall);
  if (pos + header > walk.wireEnd) return walk.short(Protocol.tcp);
  walk.payload(pos + header);
  if (available < header) return walk.short(Protocol.tcp);
  walk.pos = pos + header;
  if (walk.wireEnd === walk.pos) return Layer.done;
  if (columns.fragment[row] !== Fragment.whole) return Layer.done;
  return recognizeTcp(walk, srcPort, dstPort);
}

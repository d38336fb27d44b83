/**
 * The frames that nearly all captures are made of, in one step instead of four: Ethernet II with
 * IPv4 without options or IPv6 without extension headers, unfragmented, carrying TCP or UDP.
 *
 * @module
 */

import { Layer } from "./layer.ts";
import { Reason } from "./malformed.ts";
import type { PathTable } from "./path_table.ts";
import { ROOT_PATH } from "./path_table.ts";
import { Protocol } from "./protocol.ts";
import type { Walk } from "./walk.ts";

/** Ethernet, IPv4 and TCP headers without options; a shorter frame takes the long way. */
const SHORTEST = 14 + 20 + 20;
const ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd;
const TCP = 6, UDP = 17;
/** Version 4 and a header of five words. */
const IPV4_WITHOUT_OPTIONS = 0x45;
/** Offset and "more fragments" of the field at octet 6 (RFC 791 3.1). */
const FRAGMENT_BITS = 0x3fff;

/** The paths `eth:ip` and `eth:ipv6` of a table. */
export class CommonPaths {
  readonly ipv4: number;
  readonly ipv6: number;

  /** Looks the paths up once. */
  constructor(paths: PathTable) {
    const eth = paths.child(ROOT_PATH, Protocol.eth);
    this.ipv4 = paths.child(eth, Protocol.ip);
    this.ipv6 = paths.child(eth, Protocol.ipv6);
  }
}

/**
 * Takes an Ethernet frame up to its transport header and returns the step for that, or returns
 * `Layer.ethernet` with nothing written if the frame is not of the common kind.
 */
export function dissectCommonFrame(walk: Walk, paths: CommonPaths): number {
  const pos = walk.pos;
  if (walk.end - pos < SHORTEST) return Layer.ethernet;
  const type = walk.view.getUint16(pos + 12);
  if (type === ETHER_IPV4) return commonIpv4(walk, pos + 14, paths.ipv4);
  return type === ETHER_IPV6 ? commonIpv6(walk, pos + 14, paths.ipv6) : Layer.ethernet;
}

function commonIpv4(walk: Walk, pos: number, path: number): number {
  const view = walk.view;
  const first = view.getInt32(pos);
  if (first >>> 24 !== IPV4_WITHOUT_OPTIONS) return Layer.ethernet;
  const identification = view.getInt32(pos + 4);
  if ((identification & FRAGMENT_BITS) !== 0) return Layer.ethernet;
  const wireEnd = pos + (first & 0xffff);
  if (wireEnd < pos + 20 || wireEnd > walk.wireEnd) return Layer.ethernet;
  const word = view.getInt32(pos + 8);
  const protocol = (word >> 16) & 0xff;
  if (protocol !== TCP && protocol !== UDP) return Layer.ethernet;
  const columns = walk.columns;
  const row = walk.row;
  columns.ipVersion[row] = 4;
  columns.addressLength[row] = 4;
  columns.srcOffset[row] = pos + 12;
  columns.dstOffset[row] = pos + 16;
  columns.l3Offset[row] = pos;
  columns.l4Protocol[row] = protocol;
  columns.ttl[row] = word >>> 24;
  columns.ipId[row] = identification >>> 16;
  walk.narrow(wireEnd, Reason.ipv4TotalLength);
  walk.path = path;
  walk.pos = pos + 20;
  walk.type = protocol;
  return protocol === TCP ? Layer.tcp : Layer.udp;
}

function commonIpv6(walk: Walk, pos: number, path: number): number {
  const view = walk.view;
  if (walk.end - pos < 40 || view.getUint8(pos) >> 4 !== 6) return Layer.ethernet;
  const word = view.getInt32(pos + 4);
  const length = word >>> 16;
  const wireEnd = pos + 40 + length;
  if (length === 0 || wireEnd > walk.wireEnd) return Layer.ethernet;
  const protocol = (word >> 8) & 0xff;
  if (protocol !== TCP && protocol !== UDP) return Layer.ethernet;
  const columns = walk.columns;
  const row = walk.row;
  columns.ipVersion[row] = 6;
  columns.addressLength[row] = 16;
  columns.srcOffset[row] = pos + 8;
  columns.dstOffset[row] = pos + 24;
  columns.l3Offset[row] = pos;
  columns.l4Protocol[row] = protocol;
  columns.ttl[row] = word & 0xff;
  walk.narrow(wireEnd, Reason.ipv6PayloadLength);
  walk.path = path;
  walk.pos = pos + 40;
  walk.type = protocol;
  return protocol === TCP ? Layer.tcp : Layer.udp;
}

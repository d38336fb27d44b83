/**
 * Linux cooked captures, version 1 and 2 (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** ARPHRD_ values that give the protocol field a meaning of its own. */
const HARDWARE_NETLINK = 824;
const HARDWARE_IPGRE = 778;

/** Reads a version 1 header: 16 octets, protocol last. */
export function dissectSll(walk: Walk): number {
  walk.enter(Protocol.sll);
  const pos = walk.pos;
  if (walk.end - pos < 16) return walk.short(Protocol.sll);
  walk.pos = pos + 16;
  return byProtocol(walk, walk.view.getUint16(pos + 14), walk.view.getUint16(pos + 2));
}

/** Reads a version 2 header: 20 octets, protocol first. */
export function dissectSll2(walk: Walk): number {
  walk.enter(Protocol.sll);
  const pos = walk.pos;
  if (walk.end - pos < 20) return walk.short(Protocol.sll);
  walk.pos = pos + 20;
  return byProtocol(walk, walk.view.getUint16(pos), walk.view.getUint16(pos + 8));
}

function byProtocol(walk: Walk, protocol: number, hardware: number): number {
  if (hardware === HARDWARE_NETLINK) return walk.data();
  if (hardware === HARDWARE_IPGRE) return Layer.ip;
  if (protocol === 0x0001) {
    walk.enter(Protocol.ipx);
    return Layer.done;
  }
  if (protocol === 0x0004) return Layer.llc;
  if (protocol <= 1500) return walk.data();
  walk.type = protocol;
  return Layer.etherType;
}

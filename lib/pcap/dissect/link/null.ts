/**
 * BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP): an address family in four octets, in the byte order
 * of the host that captured, which the header does not tell. Both orders are tried.
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** AF_INET, the same everywhere. */
const FAMILY_IPV4 = 2;

/** Reads the family and goes on with IP. */
export function dissectNull(walk: Walk): number {
  walk.enter(Protocol.null);
  const pos = walk.pos;
  if (walk.end - pos < 4) return walk.short(Protocol.null);
  walk.pos = pos + 4;
  const little = walk.view.getUint32(pos, true);
  const family = little <= 0xffff ? little : walk.view.getUint32(pos, false);
  if (family === FAMILY_IPV4) return Layer.ip;
  if (isIpv6(family)) return Layer.ipv6;
  if (family > 1500 && family <= 0xffff) {
    walk.type = family;
    return Layer.etherType;
  }
  return walk.data();
}

/** AF_INET6: 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS, 10 Linux, 23 Windows. */
function isIpv6(family: number): boolean {
  return family === 24 || family === 28 || family === 30 || family === 10 || family === 23;
}

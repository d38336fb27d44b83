/**
 * Packets that begin with an IP header of either version (LINKTYPE_RAW).
 *
 * @module
 */

import { Layer } from "../layer.ts";
import { Protocol } from "../protocol.ts";
import type { Walk } from "../walk.ts";

/** Names the link and goes on by the version of the IP header. */
export function dissectRaw(walk: Walk): number {
  walk.enter(Protocol.raw);
  return Layer.ip;
}

/**
 * One route of an MRT file as places in its octets: one object that a walk fills in again and again.
 *
 * @module
 */
import type { UpdateParts } from "../codec/update_parts.ts";
import type { MrtPeer } from "./mrt_peer.ts";

/** A route. What it refers to is valid during the visit only. */
export class MrtRoute {
  /** `rib`: an entry of a table; `announce`, `withdraw`: out of an UPDATE. */
  kind: "rib" | "announce" | "withdraw" = "rib";
  record: "table_dump" | "table_dump_v2" | "rib_generic" | "bgp4mp" | "bgp4mp_et" = "table_dump_v2";
  /** The collector sent it; `peer` is whom to (BGP4MP_*_LOCAL). */
  isLocal = false;
  timestampSec = 0;
  microseconds = 0;
  /** When the route was learned, seconds since the epoch; 0 in messages. */
  originatedSec = 0;
  peer: MrtPeer;
  family: 4 | 6 = 4;
  octets: Uint8Array = new Uint8Array(0);
  /** The prefix as it stands there, bits behind the length not cleared. */
  prefixStart = 0;
  prefixBits = 0;
  /** ADD-PATH identifier, or -1: the record has none. */
  pathId = -1;
  /** It stands in MP_REACH_NLRI or MP_UNREACH_NLRI of a message. */
  isMultiprotocol = false;
  /** Its attributes; of a withdrawal those of the message, if any. */
  parts: UpdateParts;

  constructor(peer: MrtPeer, parts: UpdateParts) {
    this.peer = peer;
    this.parts = parts;
  }
}

/** A change of state of a session (RFC 6396 §4.4.1). */
export interface MrtStateChange {
  readonly record: "bgp4mp" | "bgp4mp_et";
  readonly timestampSec: number;
  readonly microseconds: number;
  readonly peer: MrtPeer;
  /** 1 Idle to 6 Established; others are the writer's own. */
  readonly from: number;
  readonly to: number;
}

/** Where a next hop of a route stands: `start === end` if there is none. */
export function nextHopPlace(route: MrtRoute): { readonly start: number; readonly end: number } {
  const { parts } = route;
  const ofMultiprotocol = route.kind === "rib" ? parts.mpNextHopEnd > 0 : route.isMultiprotocol;
  return ofMultiprotocol
    ? { start: parts.mpNextHopStart, end: parts.mpNextHopEnd }
    : { start: parts.nextHopStart, end: parts.nextHopEnd };
}

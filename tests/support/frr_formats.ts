/**
 * What FRR's text and its JSON both say of a path.
 *
 * @module
 */
import type { RoutePath } from "../../lib/route/route.ts";

/**
 * Of a path in detail: all but the zone of the time, the neighbor's name, which text was told not to
 * show, and its identifier where there is an originator, whose own text shows in its place.
 */
export function inBothDetails({ lastChange, peer, ...path }: RoutePath): unknown {
  const { name: _, routerId, ...rest } = peer;
  return {
    ...path,
    lastChange: lastChange?.replace("Z", ""),
    peer: { ...rest, routerId: path.originatorId === null ? routerId : null },
    flags: [...path.flags].sort(),
  };
}

/** Of a row: only text shows the validation state; only JSON the neighbor, of what kind, and why. */
export function inBothTables({ rpki: _, peer: _peer, bestReason: _reason, ...path }: RoutePath) {
  const flags = path.flags.filter((flag) => !flag.endsWith("external"));
  return { ...path, flags: flags.sort() };
}

/**
 * A path as answers show it: the fields that matter always, the others where there is something.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { mainAttributes, otherAttributes, present } from "../attribute_fields.ts";
import type { PathAttributes, PathRef } from "../rib/rib_reader.ts";
import type { PeerNames } from "./peer_names.ts";

/** A path in full, snake_case. */
export type RouteRow = Readonly<Record<string, unknown>> & {
  readonly network: string;
  readonly peer: string;
  readonly best: boolean;
};

/** Renders a path. `nowMs` is the time of the answer. */
export function routeRow(
  prefix: Prefix,
  path: PathRef,
  attributes: PathAttributes,
  peers: PeerNames,
  nowMs: number,
): RouteRow {
  const { name, remoteAs } = peers.of(path.peer);
  return {
    network: renderPrefix(prefix),
    ...mainAttributes(attributes, path.localPref),
    peer: name,
    peer_as: remoteAs,
    best: path.isBest,
    rpki: path.rpki,
    age_sec: Math.max(Math.round((nowMs - path.receivedMs) / 1000), 0),
    ...present({
      path_id: path.pathId === 0 ? null : path.pathId,
      not_eligible: path.ineligible === "none" ? null : path.ineligible,
      stale: path.isStale ? true : null,
    }),
    ...otherAttributes(attributes),
  };
}

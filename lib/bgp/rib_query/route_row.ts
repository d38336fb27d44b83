/**
 * A path as answers show it: the fields that matter always, the others where there is something.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import type { PathAttributes, PathRef } from "../rib/rib_reader.ts";
import type { PeerNames } from "./peer_names.ts";

/** Members that are shown of a list that the peer wrote. */
const LIST_MAX = 40;
/** Characters of an AS path: no path of the public table has as many. */
const PATH_CHARS = 400;

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
  const { communities, extendedCommunities, largeCommunities, clusterList } = attributes;
  const lists = { communities, extendedCommunities, largeCommunities, clusterList };
  const leftOut = Object.values(lists).reduce(
    (sum, list) => sum + Math.max(list.length - LIST_MAX, 0),
    0,
  );
  return {
    network: renderPrefix(prefix),
    next_hop: attributes.nextHop,
    as_path: shortPath(renderAsPath(attributes.asPath)),
    local_pref: path.localPref,
    med: attributes.med,
    origin: attributes.origin,
    communities: communities.slice(0, LIST_MAX),
    peer: name,
    peer_as: remoteAs,
    best: path.isBest,
    rpki: path.rpki,
    age_sec: Math.max(Math.round((nowMs - path.receivedMs) / 1000), 0),
    ...present({
      path_id: path.pathId === 0 ? null : path.pathId,
      not_eligible: path.ineligible === "none" ? null : path.ineligible,
      stale: path.isStale ? true : null,
      extended_communities: extendedCommunities.slice(0, LIST_MAX),
      large_communities: largeCommunities.slice(0, LIST_MAX),
      cluster_list: clusterList.slice(0, LIST_MAX),
      originator_id: attributes.originatorId,
      next_hop_link_local: attributes.nextHopLinkLocal,
      otc: attributes.otc,
      atomic_aggregate: attributes.atomicAggregate ? true : null,
      aggregator: attributes.aggregator,
      unknown_attributes: attributes.unknown.slice(0, LIST_MAX).map(({ type, value }) =>
        `type ${type}, ${value.length} octets`
      ),
      list_members_left_out: leftOut === 0 ? null : leftOut,
    }),
  };
}

/** Both ends of a path that is too long to be read. */
function shortPath(text: string): string {
  return text.length <= PATH_CHARS
    ? text
    : `${text.slice(0, PATH_CHARS / 2)}…${text.slice(-PATH_CHARS / 2)}`;
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== null && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

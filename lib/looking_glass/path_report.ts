/**
 * A path as answers show it: what the router said of it, and nothing that it did not say.
 *
 * @module
 */
import { renderPrefix } from "../ip/prefix.ts";
import { renderAsPath } from "../route/as_path.ts";
import type { RoutePath } from "../route/route.ts";

/** A path in full. Fields that the router does not show are absent. */
export type PathReport =
  & Readonly<
    Record<
      string,
      string | number | boolean | readonly string[] | Readonly<Record<string, unknown>>
    >
  >
  & {
    readonly prefix: string;
    /** `64496 {64510,64511}`; empty for a route of the router's own AS. */
    readonly as_path: string;
  };

/** Renders a path in full, snake_case, without empty fields. */
export function pathReport(path: RoutePath): PathReport {
  const { peer, aggregator } = path;
  return {
    prefix: renderPrefix(path.prefix),
    as_path: renderAsPath(path.asPath),
    ...told({
      next_hop: path.nextHop,
      next_hop_metric: path.nextHopMetric,
      origin: path.origin,
      metric: path.med,
      local_pref: path.localPref,
      weight: path.weight,
      preference: path.preference,
      neighbor: peer.address,
      neighbor_asn: peer.asn,
      neighbor_router_id: peer.routerId,
      neighbor_name: peer.name,
      best_reason: path.bestReason,
      not_best_reason: path.notBestReason,
      rpki: path.rpki,
      originator_id: path.originatorId,
      otc: path.otc,
      age_seconds: path.ageSec,
      last_change: path.lastChange,
      path_id: path.pathId,
      label: path.label,
      flags: path.flags,
      communities: path.communities,
      extended_communities: path.extendedCommunities,
      large_communities: path.largeCommunities,
      cluster_list: path.clusterList,
      unknown_attributes: path.unknownAttributes,
    }),
    ...(aggregator === null ? {} : { aggregator: { ...aggregator } }),
    ...(path.flags.includes("best") ? { best: true } : {}),
  };
}

function told(
  fields: Readonly<Record<string, string | number | readonly string[] | null>>,
): Record<string, string | number | readonly string[]> {
  const kept: Record<string, string | number | readonly string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && (!Array.isArray(value) || value.length > 0)) kept[name] = value;
  }
  return kept;
}

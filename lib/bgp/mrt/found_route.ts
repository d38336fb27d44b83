/**
 * A route of an MRT file as the tools show it: the fields that matter always, the others where there
 * is something.
 *
 * @module
 */
import { addressFromBytes } from "../../ip/address.ts";
import { prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { attributesOf, decodeNextHop } from "../codec/attribute_values.ts";
import { type MrtRoute, nextHopPlace } from "./mrt_route.ts";

/** Members that are shown of a list that somebody wrote. */
const LIST_MAX = 40;
/** Characters of an AS path: no path of the public table has as many. */
const PATH_CHARS = 400;

/** Plain data, snake_case. A withdrawal has no attributes. */
export type FoundRoute = Record<string, unknown> & {
  readonly network: string;
  readonly kind: MrtRoute["kind"];
  /** ISO 8601 in UTC: of the record, with microseconds where it has them. */
  readonly time: string;
  readonly peer: string;
  readonly peer_as: number;
};

/** Makes it; with `line` of bgpdump instead of the attributes if that is not null. */
export function foundRoute(route: MrtRoute, line: string | null): FoundRoute {
  const { kind, peer, pathId } = route;
  const microseconds = route.record === "bgp4mp_et" ? route.microseconds : null;
  return {
    network: prefixText(route),
    kind,
    time: timeText(route.timestampSec, microseconds),
    peer: peer.address,
    peer_as: peer.asn,
    ...present({
      path_id: pathId < 0 ? null : pathId,
      // When the entry of a table was learned.
      originated_time: kind === "rib" ? timeText(route.originatedSec, null) : null,
      sent_to_peer: route.isLocal ? true : null,
      bgpdump_line: line,
    }),
    ...(kind === "withdraw" || line !== null ? {} : attributeFields(route)),
  };
}

function attributeFields(route: MrtRoute): Record<string, unknown> {
  const of = attributesOf(route.parts);
  const { start, end } = nextHopPlace(route);
  const { nextHop, nextHopLinkLocal } = decodeNextHop(route.parts.octets, start, end);
  const { communities, extendedCommunities, largeCommunities, clusterList } = of;
  const leftOut = [communities, extendedCommunities, largeCommunities, clusterList]
    .reduce((sum, list) => sum + Math.max(0, list.length - LIST_MAX), 0);
  const path = renderAsPath(of.asPath);
  return {
    next_hop: nextHop === "" ? null : nextHop,
    as_path: path.length > PATH_CHARS ? `${path.slice(0, PATH_CHARS)}…` : path,
    local_pref: of.localPref,
    med: of.med,
    origin: of.origin,
    communities: communities.slice(0, LIST_MAX),
    ...present({
      large_communities: largeCommunities.slice(0, LIST_MAX),
      extended_communities: extendedCommunities.slice(0, LIST_MAX),
      cluster_list: clusterList.slice(0, LIST_MAX),
      originator_id: of.originatorId,
      next_hop_link_local: nextHopLinkLocal,
      atomic_aggregate: of.atomicAggregate ? true : null,
      aggregator: of.aggregator,
      otc: of.otc,
      unknown_attributes: of.unknown.map(({ type }) => type),
      list_members_left_out: leftOut === 0 ? null : leftOut,
    }),
  };
}

/** The fields that hold something. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== null && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

/** The prefix in canonical form, whatever bits stand behind its length. */
function prefixText({ family, octets, prefixStart, prefixBits }: MrtRoute): string {
  const whole = new Uint8Array(family === 4 ? 4 : 16);
  whole.set(octets.subarray(prefixStart, prefixStart + (prefixBits + 7 >>> 3)));
  return renderPrefix(prefixOf(addressFromBytes(whole), prefixBits));
}

/** Every unsigned number of 32 bits is a time that a date can tell. */
export function timeText(sec: number, microseconds: number | null): string {
  const text = new Date(sec * 1_000).toISOString();
  if (microseconds === null) return text.replace(".000Z", "Z");
  return text.replace(".000Z", `.${`${microseconds}`.padStart(6, "0")}Z`);
}

/**
 * A route of an MRT file as the tools show it.
 *
 * @module
 */
import { addressFromBytes } from "../../ip/address.ts";
import { prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { attributesOf, decodeNextHop } from "../codec/attribute_values.ts";
import { type MrtRoute, nextHopPlace } from "./mrt_route.ts";

/** Plain data; names and units are those of the wire. */
export interface FoundRoute {
  readonly network: string;
  readonly kind: MrtRoute["kind"];
  /** ISO 8601 in UTC: of the record, with microseconds where it has them. */
  readonly time: string;
  /** Of an entry of a table: when the route was learned. */
  readonly originated_time: string | null;
  readonly peer: string;
  readonly peer_as: number;
  readonly path_id: number | null;
  /** Sent by the collector to the peer. */
  readonly is_local: boolean;
  /** Null in a withdrawal, and beside a line. */
  readonly attributes: FoundAttributes | null;
  /** As `bgpdump -m` prints it, where that was asked for. */
  readonly bgpdump_line: string | null;
}

/** Attributes of a route. */
export interface FoundAttributes {
  readonly next_hop: string | null;
  readonly as_path: string;
  readonly origin: string | null;
  readonly local_pref: number | null;
  readonly med: number | null;
  readonly communities: string[];
  readonly large_communities: string[];
  readonly extended_communities: string[];
  readonly atomic_aggregate: boolean;
  readonly aggregator: string | null;
  readonly originator_id: string | null;
  readonly cluster_list: string[];
  readonly otc: number | null;
  /** Types of attributes that are not decoded. */
  readonly other_attributes: number[];
}

/** Makes it; with `line` instead of the attributes if that is not null. */
export function foundRoute(route: MrtRoute, line: string | null): FoundRoute {
  const isInRib = route.kind === "rib";
  return {
    network: prefixText(route),
    kind: route.kind,
    time: timeText(route.timestampSec, route.record === "bgp4mp_et" ? route.microseconds : null),
    originated_time: isInRib ? timeText(route.originatedSec, null) : null,
    peer: route.peer.address,
    peer_as: route.peer.asn,
    path_id: route.pathId < 0 ? null : route.pathId,
    is_local: route.isLocal,
    attributes: route.kind === "withdraw" || line !== null ? null : foundAttributes(route),
    bgpdump_line: line,
  };
}

function foundAttributes(route: MrtRoute): FoundAttributes {
  const of = attributesOf(route.parts);
  const { start, end } = nextHopPlace(route);
  const { nextHop } = decodeNextHop(route.parts.octets, start, end);
  return {
    next_hop: nextHop === "" ? null : nextHop,
    as_path: renderAsPath(of.asPath),
    origin: of.origin,
    local_pref: of.localPref,
    med: of.med,
    communities: [...of.communities],
    large_communities: [...of.largeCommunities],
    extended_communities: [...of.extendedCommunities],
    atomic_aggregate: of.atomicAggregate,
    aggregator: of.aggregator === null ? null : `${of.aggregator.asn} ${of.aggregator.address}`,
    originator_id: of.originatorId,
    cluster_list: [...of.clusterList],
    otc: of.otc,
    other_attributes: of.unknown.map(({ type }) => type),
  };
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

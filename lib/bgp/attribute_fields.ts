/**
 * Path attributes as the fields of an answer, whether they stand in our tables or in a file.
 *
 * @module
 */
import { renderAsPath } from "../route/as_path.ts";
import type { PathAttributes } from "./rib/rib_reader.ts";

/** Members that are shown of a list that somebody else wrote. */
const LIST_MAX = 40;
/** Characters of an AS path: no path of the public table has as many. */
const PATH_CHARS = 400;

type Fields = Readonly<Record<string, unknown>>;

/** The fields that matter always. `localPref` is the one that counts: an override may stand above it. */
export function mainAttributes(attributes: PathAttributes, localPref: number | null) {
  const { nextHop, asPath, med, origin, communities } = attributes;
  return {
    next_hop: nextHop === "" ? null : nextHop,
    as_path: bothEnds(renderAsPath(asPath)),
    local_pref: localPref,
    med,
    origin,
    communities: communities.slice(0, LIST_MAX),
  };
}

/** The others, where there is something. */
export function otherAttributes(attributes: PathAttributes): Fields {
  const { communities, extendedCommunities, largeCommunities, clusterList } = attributes;
  const leftOut = [communities, extendedCommunities, largeCommunities, clusterList]
    .reduce((sum, { length }) => sum + Math.max(length - LIST_MAX, 0), 0);
  return present({
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
  });
}

/** The fields that hold something. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== null && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

/** Both ends of a path that is too long to be read. */
function bothEnds(text: string): string {
  return text.length <= PATH_CHARS
    ? text
    : `${text.slice(0, PATH_CHARS / 2)}…${text.slice(-PATH_CHARS / 2)}`;
}

/**
 * Path attributes written: header and value (RFC 4271 §4.3), and those of a route that we announce
 * in the order of their types.
 *
 * @module
 */
import type { OutboundRoute } from "../outbound_route.ts";
import { encodeAsPath } from "./as_path_octets.ts";
import { encodeCommunity } from "./community_octets.ts";
import { pair, quad } from "./octets.ts";
import { ATTRIBUTE, ATTRIBUTE_FLAG, PATH_ATTRIBUTES } from "./path_attribute.ts";
import type { CodecTraits } from "./traits.ts";

/** ORIGIN as a number (RFC 4271 §5.1.1). */
export const ORIGINS = ["igp", "egp", "incomplete"] as const;

/** What an internal peer is told where the route names none (RFC 4271 §5.1.5 wants one). */
const DEFAULT_LOCAL_PREF = 100;

const FLAGS: ReadonlyMap<number, number> = new Map(
  PATH_ATTRIBUTES.flatMap(({ type, flags }) => flags === null ? [] : [[type, flags] as const]),
);

/**
 * One attribute with its header; a length of two octets only where it needs them. `flags`: as the
 * registry has them unless given.
 */
export function encodeAttribute(
  type: number,
  value: ArrayLike<number>,
  flags: number = FLAGS.get(type) ?? ATTRIBUTE_FLAG.optional,
): Uint8Array<ArrayBuffer> {
  const isLong = value.length > 0xff;
  const long = ATTRIBUTE_FLAG.extendedLength;
  const first = isLong ? flags | long : flags & ~long;
  const head = isLong ? [first, type, ...pair(value.length)] : [first, type, value.length];
  const octets = new Uint8Array(head.length + value.length);
  octets.set(head);
  octets.set(value, head.length);
  return octets;
}

/**
 * The attributes of a route that are the same whatever carries its NLRI, ascending by type.
 * LOCAL_PREF goes to internal peers only (RFC 4271 §5.1.5); AS numbers of four octets go into
 * AS4_PATH where the peer speaks two (RFC 6793 §4.2.2).
 */
export function encodeRouteAttributes(
  route: OutboundRoute,
  traits: CodecTraits,
): AttributeOctets[] {
  const attributes: AttributeOctets[] = [];
  const add = (type: number, value: ArrayLike<number>): void => {
    const flags = (FLAGS.get(type) ?? 0) |
      (route.partial?.includes(type) === true ? ATTRIBUTE_FLAG.partial : 0);
    attributes.push({ type, octets: encodeAttribute(type, value, flags) });
  };
  // Once each: RFC 8092 §3 wants that of large ones.
  const communities = (kind: OutboundRoute["communities"][number]["kind"]): number[] => {
    const encoded = route.communities.filter((one) => one.kind === kind).map(encodeCommunity);
    return [...new Map(encoded.map((octets) => [octets.join(), octets])).values()].flat();
  };
  const addFilled = (type: number, value: ArrayLike<number>): void => {
    if (value.length > 0) add(type, value);
  };
  const path = route.asPath.length === 0 ? [] : [{ kind: "sequence" as const, asns: route.asPath }];
  add(ATTRIBUTE.origin, [ORIGINS.indexOf(route.origin)]);
  add(ATTRIBUTE.asPath, encodeAsPath(path, traits.as4 ? 4 : 2));
  if (route.med !== null) add(ATTRIBUTE.multiExitDisc, quad(route.med));
  if (!traits.isEbgp) add(ATTRIBUTE.localPref, quad(route.localPref ?? DEFAULT_LOCAL_PREF));
  addFilled(ATTRIBUTE.communities, communities("standard"));
  addFilled(ATTRIBUTE.extendedCommunities, communities("extended"));
  if (!traits.as4 && route.asPath.some((asn) => asn > 0xffff)) {
    add(ATTRIBUTE.as4Path, encodeAsPath(path, 4));
  }
  addFilled(ATTRIBUTE.largeCommunities, communities("large"));
  if (route.otc !== null) add(ATTRIBUTE.onlyToCustomer, quad(route.otc));
  if (route.passedOn === undefined) return attributes;
  for (const { type, flags, value } of route.passedOn) {
    attributes.push({ type, octets: encodeAttribute(type, value, flags) });
  }
  return attributes.sort((a, b) => a.type - b.type);
}

/** An attribute, whole. */
export interface AttributeOctets {
  readonly type: number;
  readonly octets: Uint8Array;
}

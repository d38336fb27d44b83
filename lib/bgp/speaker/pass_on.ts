/**
 * What becomes of a learned route on its way to a peer that it is passed on to: pure.
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../ip/address.ts";
import type { Prefix } from "../../ip/prefix.ts";
import { parseCommunity } from "../../route/community.ts";
import { AS_TRANS } from "../codec/as_path_octets.ts";
import { pair, quad } from "../codec/octets.ts";
import { ATTRIBUTE, ATTRIBUTE_FLAG } from "../codec/path_attribute.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import type { PathAttributes } from "../rib/rib_reader.ts";
import type { PeerSettings, Role } from "../settings.ts";
import { type ExportSession, type ExportVerdict, nextHopFor, otcFor } from "./export_rules.ts";

/** A best path, and the peer that it came from. */
export interface LearnedRoute {
  readonly prefix: Prefix;
  readonly attributes: PathAttributes;
  /** Value of EXTENDED COMMUNITIES as it came. */
  readonly extendedCommunities: Uint8Array;
  /** LOCAL_PREF in force. */
  readonly localPref: number;
  readonly from: PeerSettings;
}

/** RFC 1997. */
const NO_EXPORT = "65535:65281";
const NO_ADVERTISE = "65535:65282";
const NO_EXPORT_SUBCONFED = "65535:65283";

/** What we are to those whom a route with OTC is kept from: providers, peers, route servers (RFC 9234 §5). */
const KEEPS_OTC_FROM: readonly Role[] = ["customer", "peer", "rs-client"];

/** Octets of an extended community, and the bit of its type that keeps it within an AS (RFC 4360 §2). */
const EXTENDED_BYTES = 8;
const NON_TRANSITIVE = 0x40;

const WELL_KNOWN = ATTRIBUTE_FLAG.transitive;
const OPTIONAL = ATTRIBUTE_FLAG.optional | ATTRIBUTE_FLAG.transitive;
const KIND_BITS = OPTIONAL;

/** What `learned` is on the wire to `to`. */
export function passOn(
  learned: LearnedRoute,
  localAs: number,
  to: PeerSettings,
  session: ExportSession,
): ExportVerdict {
  const { prefix, attributes } = learned;
  const { isEbgp } = session.traits;
  const refusal = refusalOf(learned, localAs, to, isEbgp);
  if (refusal !== null) return { route: null, reason: refusal };
  const path = attributes.asPath.flatMap(({ asns }) => asns);
  const configured = prefix.family === 4 ? to.nextHop.ipv4 : to.nextHop.ipv6;
  // RFC 4271 §5.1.3: within our AS the next hop stays as it is.
  const given = isEbgp ? null : configured ?? attributes.nextHop;
  const nextHop = nextHopFor(prefix, given, to, session);
  if (nextHop.address === null) return { route: null, reason: nextHop.reason };
  return {
    reason: null,
    route: {
      prefix,
      nextHop: nextHop.address,
      asPath: isEbgp ? [localAs, ...path] : path,
      origin: attributes.origin ?? "incomplete",
      // RFC 4271 §5.1.4: what one AS said does not go to a third.
      med: isEbgp ? null : attributes.med,
      localPref: isEbgp ? null : learned.localPref,
      communities: [...attributes.communities, ...attributes.largeCommunities].map(parseCommunity),
      otc: attributes.otc ?? otcFor(localAs, to, isEbgp),
      partial: attributes.partial,
      passedOn: passedOn(learned, session),
    },
  };
}

function refusalOf(
  { attributes: { asPath, communities, otc }, from }: LearnedRoute,
  localAs: number,
  to: PeerSettings,
  isEbgp: boolean,
): string | null {
  if (from.index === to.index) return "it came from this peer";
  // RFC 4271 §9.2: what came from within our AS goes out of it only; nothing is reflected.
  if (!isEbgp && from.remoteAs === localAs) return "it came from within our AS";
  if (communities.includes(NO_ADVERTISE)) return "its communities say no-advertise";
  if (isEbgp && [NO_EXPORT, NO_EXPORT_SUBCONFED].some((one) => communities.includes(one))) {
    return "its communities say no-export";
  }
  if (isEbgp && otc !== null && to.role !== null && KEEPS_OTC_FROM.includes(to.role)) {
    return "it may go to customers only (OTC, RFC 9234)";
  }
  if (asPath.some(({ kind }) => kind !== "sequence")) return "its path has a set (RFC 9774)";
  if (asPath.some(({ asns }) => asns.includes(to.remoteAs)) && isEbgp) {
    return "its path has the AS of this peer";
  }
  return null;
}

/** The attributes that go along. */
function passedOn(
  { attributes, extendedCommunities }: LearnedRoute,
  { traits: { isEbgp, as4 } }: ExportSession,
): NonNullable<OutboundRoute["passedOn"]> {
  const { atomicAggregate, aggregator, unknown } = attributes;
  const extended: number[] = [];
  for (let at = 0; at < extendedCommunities.length; at += EXTENDED_BYTES) {
    const one = extendedCommunities.subarray(at, at + EXTENDED_BYTES);
    if (!isEbgp || ((one[0] ?? 0) & NON_TRANSITIVE) === 0) extended.push(...one);
  }
  const address = aggregator === null ? [] : addressToBytes(parseAddress(aggregator.address));
  const asn = aggregator?.asn ?? 0;
  const isShort = asn <= 0xffff;
  const attribute = (type: number, flags: number, value: readonly number[]) => ({
    type,
    flags: flags | (attributes.partial.includes(type) ? ATTRIBUTE_FLAG.partial : 0),
    value: Uint8Array.from(value),
  });
  return [
    ...atomicAggregate ? [attribute(ATTRIBUTE.atomicAggregate, WELL_KNOWN, [])] : [],
    ...aggregator === null
      ? []
      : as4
      ? [attribute(ATTRIBUTE.aggregator, OPTIONAL, [...quad(asn), ...address])]
      : [
        attribute(ATTRIBUTE.aggregator, OPTIONAL, [...pair(isShort ? asn : AS_TRANS), ...address]),
        // RFC 6793 §4.2.2.
        ...isShort
          ? []
          : [attribute(ATTRIBUTE.as4Aggregator, OPTIONAL, [...quad(asn), ...address])],
      ],
    ...extended.length === 0 ? [] : [attribute(ATTRIBUTE.extendedCommunities, OPTIONAL, extended)],
    // RFC 4271 §5: who did not understand it says so.
    ...unknown.map(({ type, flags, value }) => ({
      type,
      // The lower four bits are zero when sent (RFC 4271 §4.3).
      flags: flags & KIND_BITS | ATTRIBUTE_FLAG.partial,
      value,
    })),
  ];
}

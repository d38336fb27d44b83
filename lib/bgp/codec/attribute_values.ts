/**
 * Values of path attributes as objects and texts: made only for what somebody asked for.
 *
 * @module
 */
import { addressFromBytes, isLinkLocalV6, renderAddress } from "../../ip/address.ts";
import type { PathAttributes } from "../rib/rib_reader.ts";
import { decodeAsPath } from "./as_path_octets.ts";
import { ORIGINS } from "./attribute_octets.ts";
import {
  decodeCommunities,
  decodeExtendedCommunities,
  decodeLargeCommunities,
} from "./community_octets.ts";
import { dottedAddress, entriesAt, uint32At } from "./octets.ts";
import { ATTRIBUTE_FLAG, partialTypes } from "./path_attribute.ts";
import type { UpdateParts } from "./update_parts.ts";

/** A next hop as texts. */
export interface NextHopTexts {
  /** Canonical; the global one where two came; empty where none did. */
  readonly nextHop: string;
  readonly nextHopLinkLocal: string | null;
}

/** Reads a next hop of 4, 16 or 32 octets (RFC 4271 §5.1.3, RFC 2545 §3); others are none. */
export function decodeNextHop(octets: Uint8Array, start: number, end: number): NextHopTexts {
  const size = end - start;
  if (size !== 4 && size !== 16 && size !== 32) return { nextHop: "", nextHopLinkLocal: null };
  const first = addressFromBytes(octets.subarray(start, start + Math.min(size, 16)));
  const second = size === 32 ? addressFromBytes(octets.subarray(start + 16, end)) : null;
  return {
    nextHop: renderAddress(first),
    nextHopLinkLocal: second !== null && isLinkLocalV6(second) ? renderAddress(second) : null,
  };
}

/** ORIGIN as a word; null for -1 (absent). */
export function originName(origin: number): PathAttributes["origin"] {
  return ORIGINS[origin] ?? null;
}

/** Identifiers of CLUSTER_LIST (RFC 4456 §8), dotted, the nearest first. */
export function decodeClusterList(octets: Uint8Array, start: number, end: number): string[] {
  return entriesAt(start, end, 4).map((at) => dottedAddress(uint32At(octets, at)));
}

/** An attribute that is not understood, from its header on; the value is a copy. */
export function decodeUnknownAttribute(
  octets: Uint8Array,
  start: number,
  end: number,
): PathAttributes["unknown"][number] {
  const flags = octets[start] ?? 0;
  const head = (flags & ATTRIBUTE_FLAG.extendedLength) !== 0 ? 4 : 3;
  return { type: octets[start + 1] ?? 0, flags, value: octets.slice(start + head, end) };
}

/** All attributes of an UPDATE that was walked; the next hop is that of MP_REACH_NLRI if it has one. */
export function attributesOf(parts: UpdateParts): PathAttributes {
  const { octets, pathOctets } = parts;
  const hasMpNextHop = parts.mpNextHopStart < parts.mpNextHopEnd;
  const absent = (value: number): number | null => value === -1 ? null : value;
  const unknown = Array.from(
    parts.unknownStart.subarray(0, parts.unknownCount),
    (start, index) => decodeUnknownAttribute(octets, start, parts.unknownEnd[index] ?? start),
  );
  return {
    asPath: decodeAsPath(pathOctets, parts.pathStart, parts.pathEnd),
    origin: originName(parts.origin),
    ...(hasMpNextHop
      ? decodeNextHop(octets, parts.mpNextHopStart, parts.mpNextHopEnd)
      : decodeNextHop(octets, parts.nextHopStart, parts.nextHopEnd)),
    med: absent(parts.med),
    localPref: absent(parts.localPref),
    otc: absent(parts.otc),
    atomicAggregate: parts.hasAtomicAggregate,
    aggregator: parts.aggregatorAs === -1
      ? null
      : { asn: parts.aggregatorAs, address: dottedAddress(parts.aggregatorAddress) },
    originatorId: parts.originatorId === -1 ? null : dottedAddress(parts.originatorId),
    clusterList: decodeClusterList(octets, parts.clusterListStart, parts.clusterListEnd),
    communities: decodeCommunities(octets, parts.communitiesStart, parts.communitiesEnd),
    extendedCommunities: decodeExtendedCommunities(
      octets,
      parts.extendedCommunitiesStart,
      parts.extendedCommunitiesEnd,
    ),
    largeCommunities: decodeLargeCommunities(
      octets,
      parts.largeCommunitiesStart,
      parts.largeCommunitiesEnd,
    ),
    partial: partialTypes(parts.partial),
    unknown,
  };
}

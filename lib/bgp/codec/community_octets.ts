/**
 * Communities as octets: standard (RFC 1997), extended (RFC 4360, RFC 5668, RFC 8097) and large
 * (RFC 8092).
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { addressToBytes, parseAddress } from "../../ip/address.ts";
import type { Community } from "../../route/community.ts";
import { dottedAddress, entriesAt, pair, quad, uint16At, uint32At } from "./octets.ts";

/** Sub-types of extended communities (RFC 4360 §4, §5). */
const SUBTYPE = { rt: 2, ro: 3 } as const;
/** Who administers them: the type of a transitive extended community. */
const ADMINISTRATOR = { shortAs: 0, ipv4: 1, longAs: 2 } as const;
/** Type and sub-type of the origin validation state (RFC 8097 §2). */
const VALIDATION_TYPE = 0x4300;
const VALIDATION_STATES = ["ovs:valid", "ovs:not-found", "ovs:invalid"] as const;

/** Octets of one community of each kind. */
const COMMUNITY_BYTES = { standard: 4, extended: 8, large: 12 } as const;

/** Canonical texts of standard communities: `64500:1`. Octets that make no whole one are left out. */
export function decodeCommunities(octets: Uint8Array, start: number, end: number): string[] {
  return entriesAt(start, end, COMMUNITY_BYTES.standard).map((at) =>
    communityText(uint32At(octets, at))
  );
}

/** Canonical text of a standard community as an unsigned number. */
export function communityText(community: number): string {
  return `${community >>> 16}:${community & 0xffff}`;
}

/**
 * Canonical texts of extended communities: `rt:64500:1`, `ro:192.0.2.1:7`, `ovs:invalid`; any other
 * as sixteen hexadecimal digits behind `0x`.
 */
export function decodeExtendedCommunities(
  octets: Uint8Array,
  start: number,
  end: number,
): string[] {
  return entriesAt(start, end, COMMUNITY_BYTES.extended).map((at) => extendedText(octets, at));
}

/** Canonical texts of large communities: `64500:1:2`. */
export function decodeLargeCommunities(octets: Uint8Array, start: number, end: number): string[] {
  return entriesAt(start, end, COMMUNITY_BYTES.large).map((at) =>
    `${uint32At(octets, at)}:${uint32At(octets, at + 4)}:${uint32At(octets, at + 8)}`
  );
}

/** The octets of one community; its kind says which attribute they belong in. */
export function encodeCommunity(community: Community): number[] {
  switch (community.kind) {
    case "standard":
      return [...pair(community.high), ...pair(community.low)];
    case "large":
      return [...quad(community.global), ...quad(community.local1), ...quad(community.local2)];
    case "extended": {
      const { administrator, value } = community;
      const subtype = SUBTYPE[community.type];
      if ("ipv4" in administrator) {
        const address = addressToBytes(parseAddress(administrator.ipv4));
        return [ADMINISTRATOR.ipv4, subtype, ...address, ...pair(value)];
      }
      const { asn } = administrator;
      return asn > 0xffff
        ? [ADMINISTRATOR.longAs, subtype, ...quad(asn), ...pair(value)]
        : [ADMINISTRATOR.shortAs, subtype, ...pair(asn), ...quad(value)];
    }
  }
}

function extendedText(octets: Uint8Array, at: number): string {
  const type = octets[at] ?? 0, subtype = octets[at + 1] ?? 0;
  const name = subtype === SUBTYPE.rt ? "rt" : subtype === SUBTYPE.ro ? "ro" : null;
  if (name !== null && type === ADMINISTRATOR.shortAs) {
    return `${name}:${uint16At(octets, at + 2)}:${uint32At(octets, at + 4)}`;
  }
  if (name !== null && type === ADMINISTRATOR.ipv4) {
    return `${name}:${dottedAddress(uint32At(octets, at + 2))}:${uint16At(octets, at + 6)}`;
  }
  // An AS number of two octets in four would have the text of another community.
  if (name !== null && type === ADMINISTRATOR.longAs && uint16At(octets, at + 2) !== 0) {
    return `${name}:${uint32At(octets, at + 2)}:${uint16At(octets, at + 6)}`;
  }
  const state = VALIDATION_STATES[octets[at + 7] ?? 0];
  const isState = uint16At(octets, at) === VALIDATION_TYPE && uint32At(octets, at + 2) === 0 &&
    octets[at + 6] === 0;
  if (isState && state !== undefined) return state;
  return `0x${hexText(octets.subarray(at, at + COMMUNITY_BYTES.extended))}`;
}

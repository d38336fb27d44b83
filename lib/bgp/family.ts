/**
 * The address families that the speaker exchanges: IPv4 and IPv6 unicast (RFC 4760 §6).
 *
 * @module
 */

/** Index of a family in tables and bit sets: 0 IPv4 unicast, 1 IPv6 unicast. */
export type FamilyIndex = 0 | 1;

/** A family as the configuration and the tools write it. */
export type FamilyName = "ipv4-unicast" | "ipv6-unicast";

/** One family. */
export interface Family {
  readonly index: FamilyIndex;
  readonly name: FamilyName;
  /** Address Family Identifier (IANA). */
  readonly afi: 1 | 2;
  /** Subsequent Address Family Identifier (IANA). */
  readonly safi: 1;
  /** IP version of its prefixes. */
  readonly version: 4 | 6;
}

export const IPV4_UNICAST: Family = {
  index: 0,
  name: "ipv4-unicast",
  afi: 1,
  safi: 1,
  version: 4,
};

export const IPV6_UNICAST: Family = {
  index: 1,
  name: "ipv6-unicast",
  afi: 2,
  safi: 1,
  version: 6,
};

/** By index. */
export const FAMILIES: readonly [Family, Family] = [IPV4_UNICAST, IPV6_UNICAST];

/** The family with these numbers, or null: one that is not exchanged. */
export function familyOf(afi: number, safi: number): Family | null {
  return FAMILIES.find((family) => family.afi === afi && family.safi === safi) ?? null;
}

/** The family with this name, or null. */
export function familyNamed(name: string): Family | null {
  return FAMILIES.find((family) => family.name === name) ?? null;
}

/**
 * Whether an attribute set carries a community, in the octets that it came in.
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../ip/address.ts";
import type { Community } from "../../route/community.ts";
import type { RibScan } from "../rib/rib_reader.ts";

/** The columns that hold communities. */
export type CommunityColumns = Pick<
  RibScan,
  "communitySet" | "hasCommunity" | "extendedCommunities" | "largeCommunities"
>;

/** Sub-types of RFC 4360 §4 and §5. */
const SUB_TYPES = { rt: 0x02, ro: 0x03 } as const;
/** Types of RFC 4360 §3.1, §3.2 and RFC 5668 §2: what the administrator is. */
const TWO_OCTET_AS = 0x00;
const IPV4_ADDRESS = 0x01;
const FOUR_OCTET_AS = 0x02;

/** A test of attribute sets for this community. */
export function carriesCommunity(
  columns: CommunityColumns,
  community: Community,
): (attributes: number) => boolean {
  switch (community.kind) {
    case "standard": {
      const value = community.high * 0x1_0000 + community.low;
      return (id) => columns.hasCommunity(columns.communitySet(id), value);
    }
    case "large": {
      const octets = words([community.global, community.local1, community.local2]);
      return (id) => holds(columns.largeCommunities(id), octets);
    }
    case "extended": {
      const forms = extendedForms(community);
      return (id) => {
        const carried = columns.extendedCommunities(id);
        return forms.some((form) => holds(carried, form));
      };
    }
  }
}

/** A small AS number may stand in the form of the large ones as well. */
function extendedForms(
  { type, administrator, value }: Extract<Community, { kind: "extended" }>,
): Uint8Array[] {
  const subType = SUB_TYPES[type];
  if ("ipv4" in administrator) {
    const address = addressToBytes(parseAddress(administrator.ipv4));
    return [Uint8Array.of(IPV4_ADDRESS, subType, ...address, value >>> 8, value & 0xff)];
  }
  const { asn } = administrator;
  const forms: Uint8Array[] = [];
  if (asn <= 0xffff) {
    forms.push(Uint8Array.of(TWO_OCTET_AS, subType, asn >>> 8, asn & 0xff, ...words([value])));
  }
  if (value <= 0xffff) {
    forms.push(Uint8Array.of(FOUR_OCTET_AS, subType, ...words([asn]), value >>> 8, value & 0xff));
  }
  return forms;
}

function words(numbers: readonly number[]): Uint8Array {
  const octets = new Uint8Array(numbers.length * 4);
  const view = new DataView(octets.buffer);
  numbers.forEach((number, index) => view.setUint32(index * 4, number));
  return octets;
}

/** True if `one` stands in a list of values of its length. */
function holds(list: Uint8Array, one: Uint8Array): boolean {
  for (let at = 0; at + one.length <= list.length; at += one.length) {
    let same = 0;
    while (same < one.length && list[at + same] === one[same]) same++;
    if (same === one.length) return true;
  }
  return false;
}

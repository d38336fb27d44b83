/**
 * A community as the words that it has on the wire, to be looked for among those of a route.
 *
 * @module
 */
import { parseAddress } from "../../ip/address.ts";
import type { Community } from "../../route/community.ts";

/** The words of a community. */
export interface CommunityWords {
  readonly kind: Community["kind"];
  /** Each form that it may have come in, most significant word first. */
  readonly forms: readonly (readonly number[])[];
}

/** Sub-types of RFC 4360 §4 and §5. */
const SUB_TYPES = { rt: 0x02, ro: 0x03 } as const;
/** Types of RFC 4360 §3.1, §3.2 and RFC 5668 §2: what the administrator is. */
const TWO_OCTET_AS = 0x00;
const IPV4_ADDRESS = 0x01;
const FOUR_OCTET_AS = 0x02;

/** The words: one of a standard community, two of an extended, three of a large one. */
export function communityWords(community: Community): CommunityWords {
  const { kind } = community;
  switch (kind) {
    case "standard":
      return { kind, forms: [[pair(community.high, community.low)]] };
    case "large":
      return { kind, forms: [[community.global, community.local1, community.local2]] };
    case "extended":
      return { kind, forms: extendedForms(community) };
  }
}

/** A small AS number may stand in the form of the large ones as well. */
function extendedForms(
  { type, administrator, value }: Extract<Community, { kind: "extended" }>,
): number[][] {
  const subType = SUB_TYPES[type];
  const form = (kind: number, a: number, b: number, c: number): number[] => [
    pair(kind << 8 | subType, a),
    pair(b, c),
  ];
  if ("ipv4" in administrator) {
    const address = Number(parseAddress(administrator.ipv4).value);
    return [form(IPV4_ADDRESS, address >>> 16, address & 0xffff, value)];
  }
  const { asn } = administrator;
  const forms: number[][] = [];
  if (asn <= 0xffff) forms.push(form(TWO_OCTET_AS, asn, value >>> 16, value & 0xffff));
  if (value <= 0xffff) forms.push(form(FOUR_OCTET_AS, asn >>> 16, asn & 0xffff, value));
  return forms;
}

function pair(high: number, low: number): number {
  return high * 0x1_0000 + low;
}

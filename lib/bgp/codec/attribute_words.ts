/**
 * Path attributes one by one, for people: also those of an UPDATE that is malformed, each with its
 * own octets.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { decodeAsPath } from "./as_path_octets.ts";
import { decodeClusterList, decodeNextHop, originName } from "./attribute_values.ts";
import {
  decodeCommunities,
  decodeExtendedCommunities,
  decodeLargeCommunities,
} from "./community_octets.ts";
import { dottedAddress, uint16At, uint32At } from "./octets.ts";
import { ATTRIBUTE, ATTRIBUTE_FLAG, attributeName } from "./path_attribute.ts";

/** Most octets of a value that are shown as hexadecimal. */
const HEX_BYTES_MAX = 64;
/** Most communities, and characters of a path, that are shown. */
const WORDS_MAX = 64;
const PATH_CHARS_MAX = 1_000;

/** One attribute in words. */
export interface AttributeDescription {
  /** Type code. */
  readonly type: number;
  /** Its name in the RFC that defines it. */
  readonly name: string;
  /** `optional`, `transitive`, `partial`, `extended-length`. */
  readonly flags: readonly string[];
  /** Octets of the value, as its header says. */
  readonly length_bytes: number;
  /** The value in words; null: it is not read, or does not have the form that it should. */
  readonly value: string | readonly string[] | null;
  /** The first 64 octets of the value. */
  readonly hex: string;
  /** The value ends before the length that the attribute says. */
  readonly is_cut: boolean;
}

const FLAG_NAMES = [
  [ATTRIBUTE_FLAG.optional, "optional"],
  [ATTRIBUTE_FLAG.transitive, "transitive"],
  [ATTRIBUTE_FLAG.partial, "partial"],
  [ATTRIBUTE_FLAG.extendedLength, "extended-length"],
] as const;

/** Describes the attributes between two places; what is too short for a header is left out. */
export function describeAttributes(
  octets: Uint8Array,
  start: number,
  end: number,
  asBytes: 2 | 4,
): AttributeDescription[] {
  const described: AttributeDescription[] = [];
  for (let at = start; at < end;) {
    const flags = octets[at] ?? 0, type = octets[at + 1] ?? 0;
    const isLong = (flags & ATTRIBUTE_FLAG.extendedLength) !== 0;
    const from = at + (isLong ? 4 : 3);
    if (from > end) break;
    const length = isLong ? uint16At(octets, at + 2) : octets[at + 2] ?? 0;
    const value = octets.subarray(from, Math.min(from + length, end));
    const isCut = from + length > end;
    described.push({
      type,
      name: attributeName(type),
      flags: FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
      length_bytes: length,
      value: isCut ? null : attributeWords(type, value, asBytes),
      hex: hexText(value.subarray(0, HEX_BYTES_MAX)),
      is_cut: isCut,
    });
    at = from + length;
  }
  return described;
}

/** The value in words; null for a type that is not read and for a wrong length. */
function attributeWords(
  type: number,
  value: Uint8Array,
  asBytes: 2 | 4,
): string | readonly string[] | null {
  const { length } = value;
  const listed = (words: readonly string[], size: number): readonly string[] | null =>
    length === 0 || length % size !== 0 ? null : words.slice(0, WORDS_MAX);
  const number = (): string | null => length === 4 ? String(uint32At(value, 0)) : null;
  switch (type) {
    case ATTRIBUTE.origin:
      return length === 1 ? originName(value[0] ?? 0) : null;
    case ATTRIBUTE.asPath:
      return pathWords(value, asBytes);
    case ATTRIBUTE.as4Path:
      return pathWords(value, 4);
    case ATTRIBUTE.nextHop:
      return length === 4 ? dottedAddress(uint32At(value, 0)) : null;
    case ATTRIBUTE.multiExitDisc:
    case ATTRIBUTE.localPref:
      return number();
    case ATTRIBUTE.onlyToCustomer:
      return length === 4 ? `AS ${number()}` : null;
    case ATTRIBUTE.atomicAggregate:
      return length === 0 ? "" : null;
    case ATTRIBUTE.aggregator:
      return aggregatorWords(value, asBytes);
    case ATTRIBUTE.as4Aggregator:
      return aggregatorWords(value, 4);
    case ATTRIBUTE.originatorId:
      return length === 4 ? dottedAddress(uint32At(value, 0)) : null;
    case ATTRIBUTE.clusterList:
      return listed(decodeClusterList(value, 0, length), 4);
    case ATTRIBUTE.communities:
      return listed(decodeCommunities(value, 0, length), 4);
    case ATTRIBUTE.extendedCommunities:
      return listed(decodeExtendedCommunities(value, 0, length), 8);
    case ATTRIBUTE.largeCommunities:
      return listed(decodeLargeCommunities(value, 0, length), 12);
    case ATTRIBUTE.mpReachNlri:
      return reachWords(value);
    case ATTRIBUTE.mpUnreachNlri:
      return length < 3 ? null : `AFI ${uint16At(value, 0)} SAFI ${value[2]}`;
    default:
      return null;
  }
}

function pathWords(value: Uint8Array, asBytes: 2 | 4): string {
  const text = renderAsPath(decodeAsPath(value, 0, value.length, asBytes));
  return text.length <= PATH_CHARS_MAX ? text : `${text.slice(0, PATH_CHARS_MAX)} …`;
}

function aggregatorWords(value: Uint8Array, asBytes: 2 | 4): string | null {
  if (value.length !== asBytes + 4) return null;
  const asn = asBytes === 4 ? uint32At(value, 0) : uint16At(value, 0);
  return `AS ${asn} ${dottedAddress(uint32At(value, asBytes))}`;
}

function reachWords(value: Uint8Array): string | null {
  const nextHopEnd = 4 + (value[3] ?? 0);
  if (value.length < nextHopEnd + 1) return null;
  const { nextHop, nextHopLinkLocal } = decodeNextHop(value, 4, nextHopEnd);
  const hops = [nextHop, nextHopLinkLocal].filter((hop) => hop !== null && hop !== "");
  return `AFI ${uint16At(value, 0)} SAFI ${value[2]} next hop ${hops.join(" ") || "unreadable"}`;
}

/**
 * Lists of communities as routers print them, made canonical.
 *
 * @module
 */
import { InputError } from "../../../errors/mod.ts";
import { type Community, parseCommunity, renderCommunity } from "../../../route/community.ts";
import { clip } from "./problem_list.ts";

/** Canonical communities in the order shown, and words that are none (remote words, cut). */
export interface CommunityWords {
  readonly known: readonly string[];
  readonly unknown: readonly string[];
}

/** Longest word that can be a community. */
const WORD_MAX = 64;
/** Most unknown words that are kept. */
const UNKNOWN_MAX = 20;

/** Route target and site of origin: RFC 4360 §4 and §5; the prefix-validation state: RFC 8097. */
const TYPES = new Map([["rt", "rt"], ["soo", "ro"]]);
const VALIDATION = /^OVS:(valid|invalid|not-found)$/i;
/** IOS does not name the validation state (RFC 8097 §2: type 0x43, sub-type 0, state in the last octet). */
const VALIDATION_BY_NUMBER = /^0x4300:0:([012])$/i;
const VALIDATION_STATES = ["valid", "not-found", "invalid"];

/** Reads `65001:1 no-export …`. */
export function readCommunities(text: string): CommunityWords {
  return readWords(text, (word) => parsedAs("standard", word));
}

/** Reads `65001:1:2 …`. */
export function readLargeCommunities(text: string): CommunityWords {
  return readWords(text, (word) => parsedAs("large", word));
}

/** Reads `RT:65001:1 SoO:64500:6 OVS:not-found …`. */
export function readExtendedCommunities(text: string): CommunityWords {
  return readWords(text, (word) => {
    const state = VALIDATION.exec(word)?.[1]?.toLowerCase() ??
      VALIDATION_STATES[Number(VALIDATION_BY_NUMBER.exec(word)?.[1] ?? NaN)];
    if (state !== undefined) return `ovs:${state}`;
    const colon = word.indexOf(":");
    const type = TYPES.get(word.slice(0, Math.max(colon, 0)).toLowerCase());
    return type === undefined ? null : parsedAs("extended", type + word.slice(colon));
  });
}

/** Large communities out of the octets of the attribute (RFC 8092 §3), or null if they do not add up. */
export function decodeLargeCommunities(octets: Uint8Array): readonly string[] | null {
  if (octets.length === 0 || octets.length % 12 !== 0) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return Array.from(
    { length: octets.length / 12 },
    (_, i) => [0, 4, 8].map((offset) => view.getUint32(12 * i + offset)).join(":"),
  );
}

function readWords(text: string, read: (word: string) => string | null): CommunityWords {
  const known: string[] = [];
  const unknown: string[] = [];
  for (const [word] of text.matchAll(/[^\s,]+/g)) {
    const canonical = word.length <= WORD_MAX ? read(word) : null;
    if (canonical !== null) known.push(canonical);
    else if (unknown.length < UNKNOWN_MAX) unknown.push(clip(word, WORD_MAX));
  }
  return { known, unknown };
}

function parsedAs(kind: Community["kind"], word: string): string | null {
  try {
    const community = parseCommunity(word);
    return community.kind === kind ? renderCommunity(community) : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/**
 * Communities as Junos writes them: of every kind, in one list.
 *
 * @module
 */
import {
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from "../text/community_words.ts";

/** Communities by kind; `unknown` has those that have no canonical form here, as shown. */
export interface JunosCommunities {
  readonly communities: readonly string[];
  readonly extendedCommunities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly unknown: readonly string[];
}

/** Junos' names of types, and the common ones; `L` marks a four-octet AS number. */
const EXTENDED: readonly (readonly [RegExp, string])[] = [
  [/^target:(\d+)L?:/, "RT:$1:"],
  [/^target:/, "RT:"],
  [/^origin:(\d+)L?:/, "SoO:$1:"],
  [/^origin:/, "SoO:"],
  [/^0x4300:(?:0\.0\.0\.0|0x0|0):(?:0x)?/, "0x4300:0:"],
];

/** Reads `64500:1 no-export large:64500:1:2 target:64500:1 origin:192.0.2.1:5`. */
export function readJunosCommunities(text: string): JunosCommunities {
  const words = text.split(/\s+/);
  const standard: string[] = [], extended: string[] = [], large: string[] = [];
  for (const word of words) {
    const [type, name] = EXTENDED.find(([form]) => form.test(word)) ?? [];
    if (type !== undefined && name !== undefined) extended.push(word.replace(type, name));
    else if (word.startsWith("large:")) large.push(word.slice("large:".length));
    else standard.push(word);
  }
  const read = [
    readCommunities(standard.join(" ")),
    readExtendedCommunities(extended.join(" ")),
    readLargeCommunities(large.join(" ")),
  ] as const;
  return {
    communities: read[0].known,
    extendedCommunities: read[1].known,
    largeCommunities: read[2].known,
    unknown: read.flatMap(({ unknown }) => unknown),
  };
}

/**
 * Communities as the archives write them: any kind in any field, as a text or a list.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import type { JsonValue } from "../../io/json_value.ts";
import { type Community, parseCommunity, renderCommunity } from "../../route/community.ts";
import type { RoutePath } from "../../route/route.ts";

/** Longest community that we do not understand and still show, characters. */
const UNKNOWN_MAX = 80;
/** Most of these in one document; a path with more is wrong. */
const UNKNOWNS_MAX = 1000;
/** Most characters of communities in one path: an attribute of 65,535 octets in text. */
const TEXT_MAX = 200_000;
/** Most communities that are remembered; paths of one prefix share most of theirs. */
const REMEMBERED_MAX = 10_000;

/** Communities of one path, by kind. */
export type Communities = Pick<
  RoutePath,
  "communities" | "largeCommunities" | "extendedCommunities" | "unknownAttributes"
>;

/** One community, read. */
interface Read {
  readonly kind: Community["kind"] | "unknown";
  readonly text: string;
}

/** Reads the communities of one document. */
export class CommunityReader {
  readonly #remembered = new Map<string, Read>();
  #unknownsLeft = UNKNOWNS_MAX;

  /**
   * Sorts communities by their form, whichever field they came in: a list, or a text with blanks
   * between. What is none goes to the unknown attributes. @throws {RemoteFailure}
   */
  read(...values: readonly JsonValue[]): Communities {
    const found: Record<Read["kind"], string[]> = {
      standard: [],
      large: [],
      extended: [],
      unknown: [],
    };
    for (const value of values) {
      for (const word of wordsOf(value)) {
        const { kind, text } = this.#remembered.get(word) ?? this.#readWord(word, value);
        found[kind].push(text);
      }
    }
    return {
      communities: found.standard,
      largeCommunities: found.large,
      extendedCommunities: found.extended,
      unknownAttributes: found.unknown,
    };
  }

  #readWord(word: string, value: JsonValue): Read {
    const read = readWord(word);
    if (read.kind === "unknown" && --this.#unknownsLeft < 0) throw value.wrong("communities");
    if (this.#remembered.size < REMEMBERED_MAX) this.#remembered.set(word, read);
    return read;
  }
}

function readWord(word: string): Read {
  try {
    const community = parseCommunity(word);
    return { kind: community.kind, text: renderCommunity(community) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: "unknown", text: `community ${word.slice(0, UNKNOWN_MAX)}` };
  }
}

function wordsOf(value: JsonValue): readonly string[] {
  if (value.isAbsent) return [];
  const text = Array.isArray(value.value)
    ? value.items().map((item) => item.text()).toArray().join(" ")
    : value.text();
  if (text.length > TEXT_MAX) throw value.wrong(`at most ${TEXT_MAX} characters`);
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/**
 * Attribute sets as objects for people, and the columns that scans read.
 *
 * @module
 */
import {
  decodeClusterList,
  decodeNextHop,
  decodeUnknownAttribute,
  type NextHopTexts,
  originName,
} from "../codec/attribute_values.ts";
import {
  communityText,
  decodeExtendedCommunities,
  decodeLargeCommunities,
} from "../codec/community_octets.ts";
import { dottedAddress } from "../codec/octets.ts";
import { ATTRIBUTE_FLAG, partialTypes } from "../codec/path_attribute.ts";
import {
  ATOMIC,
  HAS_LOCAL_PREF,
  HAS_MED,
  ORIGIN_BITS,
  RANK_SHIFT,
  RestLayout,
  SetWord,
} from "./attribute_record.ts";
import { BlobReader, octetsOf } from "./blob_reader.ts";
import { PathTrie } from "./path_trie.ts";
import { SET_WORDS } from "./rib_memory.ts";
import type { PathAttributes } from "./rib_reader.ts";
import type { RibViews } from "./rib_views.ts";

/** Reading. */
export class AttributeReader {
  readonly trie: PathTrie;
  readonly #sets: Uint32Array;
  readonly #communities: BlobReader;
  readonly #rests: BlobReader;
  readonly #layout = new RestLayout();

  constructor({ sets, nodes, communities, others }: RibViews) {
    this.#sets = sets;
    this.#communities = new BlobReader(communities);
    this.#rests = new BlobReader(others);
    this.trie = new PathTrie(nodes, this.#rests);
  }

  pathId(set: number): number {
    return this.#word(set, SetWord.path);
  }

  /** True if a set of communities, named by its blob, holds this one. */
  hasCommunity(blob: number, community: number): boolean {
    return this.#communities.includes(blob, community);
  }

  /** True if a rest, named by its blob, holds this extended community of two words, or large one of three. */
  restHolds(blob: number, community: readonly number[]): boolean {
    const { arena } = this.#rests;
    const { extended, large, unknown } = this.#layout.read(arena, this.#rests.start(blob));
    const { length } = community;
    const end = length === 2 ? large : unknown;
    for (let at = length === 2 ? extended : large; at < end; at += length) {
      if (community.every((word, index) => arena[at + index] === word)) return true;
    }
    return false;
  }

  extendedCommunities(set: number): Uint8Array {
    const { extended, large } = this.#rest(set);
    return octetsOf(this.#rests.arena.subarray(extended, large));
  }

  /** See {@link decodeNextHop}. */
  nextHop(set: number): NextHopTexts {
    return nextHopOf(this.#rests.arena, this.#rest(set));
  }

  /** Loads what a set is made of, so that it is in the caches when it is read; what it returns means nothing. */
  touch(set: number): number {
    const { arena: communities } = this.#communities;
    const { arena: rests } = this.#rests;
    return this.trie.parent(this.pathId(set)) ^
      (communities[this.#communities.start(this.#word(set, SetWord.communities))] ?? 0) ^
      (rests[this.#rests.start(this.#word(set, SetWord.rest))] ?? 0);
  }

  /** All of a set. */
  attributes(set: number): PathAttributes {
    const { arena } = this.#rests;
    const layout = this.#rest(set);
    const meta = this.#word(set, SetWord.meta);
    const at = (place: number): number => arena[place] ?? 0;
    const { clusters, extended, large, unknown } = layout;
    return {
      asPath: this.trie.path(this.pathId(set)),
      origin: originName(meta >>> RANK_SHIFT & (1 << ORIGIN_BITS) - 1),
      ...nextHopOf(arena, layout),
      med: (meta & HAS_MED) === 0 ? null : this.#word(set, SetWord.med),
      localPref: (meta & HAS_LOCAL_PREF) === 0 ? null : this.#word(set, SetWord.localPref),
      otc: layout.otc === -1 ? null : at(layout.otc),
      atomicAggregate: (meta & ATOMIC) !== 0,
      aggregator: layout.aggregator === -1
        ? null
        : { asn: at(layout.aggregator), address: dottedAddress(at(layout.aggregator + 1)) },
      originatorId: layout.originator === -1 ? null : dottedAddress(at(layout.originator)),
      clusterList: textsOf(arena, clusters, extended, decodeClusterList),
      communities: this.#communities.map(this.#word(set, SetWord.communities), communityText),
      extendedCommunities: textsOf(arena, extended, large, decodeExtendedCommunities),
      largeCommunities: textsOf(arena, large, unknown, decodeLargeCommunities),
      partial: partialTypes(layout.partial),
      unknown: layout.unknownOctets === 0 ? [] : unknownAttributes(
        octetsOf(arena.subarray(unknown, unknown + Math.ceil(layout.unknownOctets / 4))).subarray(
          0,
          layout.unknownOctets,
        ),
      ),
    };
  }

  #word(set: number, word: number): number {
    return this.#sets[set * SET_WORDS + word] ?? 0;
  }

  /** Where the parts of its rest are; valid until the next call. */
  #rest(set: number): RestLayout {
    return this.#layout.read(this.#rests.arena, this.#rests.start(this.#word(set, SetWord.rest)));
  }
}

/** Most next hops are one word: an address of IPv4. */
function nextHopOf(arena: Uint32Array, { nextHop, nextHopWords }: RestLayout): NextHopTexts {
  if (nextHopWords === 1) {
    return { nextHop: dottedAddress(arena[nextHop] ?? 0), nextHopLinkLocal: null };
  }
  const octets = octetsOf(arena.subarray(nextHop, nextHop + nextHopWords));
  return decodeNextHop(octets, 0, octets.length);
}

/** Most sets have no more than standard communities. */
function textsOf(
  words: Uint32Array,
  start: number,
  end: number,
  decode: typeof decodeClusterList,
): string[] {
  if (start >= end) return [];
  const octets = octetsOf(words.subarray(start, end));
  return decode(octets, 0, octets.length);
}

function unknownAttributes(octets: Uint8Array): PathAttributes["unknown"] {
  const found: PathAttributes["unknown"][number][] = [];
  for (let at = 0, end; at + 3 <= octets.length; at = end) {
    const isLong = ((octets[at] ?? 0) & ATTRIBUTE_FLAG.extendedLength) !== 0;
    const length = isLong
      ? (octets[at + 2] ?? 0) << 8 | (octets[at + 3] ?? 0)
      : octets[at + 2] ?? 0;
    end = at + (isLong ? 4 : 3) + length;
    found.push(decodeUnknownAttribute(octets, at, end));
  }
  return found;
}

/**
 * Keeping sets of attributes once, with a count of the paths that have each; a set that nobody has
 * goes, and its AS path, communities and rest with the last set that had them.
 *
 * @module
 */
import type { UpdateParts } from "../codec/update_parts.ts";
import {
  ATOMIC,
  DEFAULT_LOCAL_PREF,
  HAS_AGGREGATOR,
  HAS_LOCAL_PREF,
  HAS_MED,
  HAS_ORIGINATOR,
  HAS_OTC,
  metaWord,
  PARTIAL_SHIFT,
  REST_CLUSTERS_SHIFT,
  REST_HEAD,
  REST_LARGE_SHIFT,
  SetWord,
} from "./attribute_record.ts";
import { BlobStore } from "./blob_store.ts";
import { FreeIds } from "./free_ids.ts";
import { IdHash, mixWord } from "./id_hash.ts";
import { PathInterner } from "./path_interner.ts";
import { ARENAS, Head, NODE_WORDS, SET_WORDS } from "./rib_memory.ts";
import type { RibViews } from "./rib_views.ts";

/** An UPDATE has at most 65,535 octets (RFC 8654), and what is made of them is hardly more. */
const STAGING_WORDS = 32_768;

/** Words of a large community. */
const LARGE_WORDS = 3;
/** So many are compared with each other: quicker than a set, and still no work to speak of. */
const FEW_LARGE = 32;

/** In `meta`: there is no such set. No length and ORIGIN look so. */
const FREE = 0xffff_ffff;

/** What is taken of an UPDATE besides its parts. */
export interface InternOptions {
  /** Place of the next hop in the octets. */
  readonly nextHopStart: number;
  readonly nextHopEnd: number;
  /** -1: the default. */
  readonly localPref: number;
  /** Only-To-Customer in force (RFC 9234 §5), -1: none. */
  readonly otc: number;
  readonly localAs: number;
}

/** The store. */
export class AttributeStore {
  readonly #head: Uint32Array;
  readonly #sets: Uint32Array;
  readonly #paths: PathInterner;
  readonly #communities: BlobStore;
  readonly #others: BlobStore;
  readonly #ids: FreeIds;
  readonly #hash: IdHash;
  /** Sets that nobody has, and that are to be collected; and the one that was looked at last. */
  #dropped = 0;
  #collectedTo = 0;
  readonly #staging = new Uint32Array(STAGING_WORDS);
  /** A set as it would be, before it is known whether it is there. */
  readonly #wanted = new Uint32Array(SET_WORDS);

  constructor({ head, sets, nodes, communities, others }: RibViews) {
    this.#head = head;
    this.#sets = sets;
    const usage = (name: typeof ARENAS[number]): number => Head.arenas + ARENAS.indexOf(name);
    const idsEnd = sets.length / SET_WORDS;
    this.#communities = new BlobStore(communities, idsEnd, head, usage("communities"));
    // The rests of the sets, and the segments that nodes stand for.
    this.#others = new BlobStore(others, idsEnd + nodes.length / NODE_WORDS, head, usage("others"));
    this.#paths = new PathInterner(nodes, this.#others);
    this.#ids = new FreeIds(1, idsEnd);
    this.#hash = new IdHash(idsEnd, (ids, count, hashes) => {
      for (let i = 0; i < count; i++) hashes[i] = hashAt(sets, (ids[i] ?? 0) * SET_WORDS);
    });
  }

  /** Whether the own AS stands in the path that was interned last. */
  get hasLoop(): boolean {
    return this.#paths.hasLoop;
  }

  /**
   * The set of what an UPDATE says, with one use that the caller gives back with `release`; -1:
   * there is no room.
   */
  intern(parts: UpdateParts, options: InternOptions): number {
    const { octets } = parts;
    const { pathOctets, pathStart, pathEnd } = parts;
    const path = this.#paths.intern(pathOctets, pathStart, pathEnd, options.localAs);
    if (path === -1) return -1;
    const { communitiesStart, communitiesEnd } = parts;
    const length = this.#stage(octets, communitiesStart, communitiesEnd, 0);
    const communities = this.#communities.intern(this.#staging, length);
    const rest = communities === -1
      ? -1
      : this.#others.intern(this.#staging, this.#stageRest(parts, options));
    const set = rest === -1 ? -1 : this.#internSet(parts, options, path, communities, rest);
    if (set === -1) {
      this.#paths.discard(path);
      this.#communities.discard(communities);
      this.#others.discard(rest);
      if (this.#dropped === 0) return -1;
      this.collect(Infinity);
      return this.intern(parts, options);
    }
    this.retain(set);
    return set;
  }

  /** One more path has the set. */
  retain(set: number): void {
    const at = set * SET_WORDS + SetWord.uses;
    this.#sets[at] = (this.#sets[at] ?? 0) + 1;
  }

  /** One path less has it. */
  release(set: number): void {
    if (this.#hasLast(set)) this.#remove(set);
  }

  /** One path less has it. A set that nobody has any more can still be found, until it is collected. */
  drop(set: number): void {
    if (this.#hasLast(set)) this.#dropped++;
  }

  /** Looks at up to `limit` sets and takes out those that were dropped; false: there are no more. */
  collect(limit: number): boolean {
    const sets = this.#sets;
    for (let looks = 0; looks < limit && this.#dropped > 0; looks++) {
      const set = this.#collectedTo + 1 < this.#ids.bound ? this.#collectedTo + 1 : 1;
      this.#collectedTo = set;
      const at = set * SET_WORDS;
      if (sets[at + SetWord.uses] !== 0 || sets[at + SetWord.meta] === FREE) continue;
      this.#dropped--;
      this.#remove(set);
    }
    return this.#dropped > 0;
  }

  /** Counts one use less; true: it was the last. */
  #hasLast(set: number): boolean {
    const at = set * SET_WORDS + SetWord.uses;
    const uses = (this.#sets[at] ?? 0) - 1;
    this.#sets[at] = uses;
    return uses === 0;
  }

  #remove(set: number): void {
    const sets = this.#sets;
    const at = set * SET_WORDS;
    this.#hash.remove(hashAt(sets, at), set);
    sets[at + SetWord.meta] = FREE;
    this.#paths.release(sets[at + SetWord.path] ?? 0);
    this.#communities.release(sets[at + SetWord.communities] ?? 0);
    this.#others.release(sets[at + SetWord.rest] ?? 0);
    this.#ids.release(set);
    this.#count(-1);
  }

  #internSet(
    parts: UpdateParts,
    { localPref }: InternOptions,
    path: number,
    communities: number,
    rest: number,
  ): number {
    const { origin, med, hasAtomicAggregate, clusterListStart, clusterListEnd } = parts;
    const wanted = this.#wanted;
    wanted[SetWord.path] = path;
    wanted[SetWord.communities] = communities;
    wanted[SetWord.rest] = rest;
    wanted[SetWord.localPref] = localPref === -1 ? DEFAULT_LOCAL_PREF : localPref;
    wanted[SetWord.med] = med === -1 ? 0 : med;
    const flags = (med === -1 ? 0 : HAS_MED) | (localPref === -1 ? 0 : HAS_LOCAL_PREF) |
      (hasAtomicAggregate ? ATOMIC : 0);
    const clusters = clusterListEnd - clusterListStart >> 2;
    wanted[SetWord.meta] = metaWord(this.#paths.length, origin, flags, clusters);
    const hash = hashAt(wanted, 0);
    const sets = this.#sets;
    for (let set = this.#hash.first(hash); set !== 0; set = this.#hash.next()) {
      if (!this.#isWanted(set)) continue;
      if (sets[set * SET_WORDS + SetWord.uses] === 0) this.#dropped--;
      return set;
    }
    const set = this.#ids.take();
    if (set === -1) return -1;
    wanted[SetWord.uses] = 0;
    wanted[SetWord.neighbourAs] = this.#paths.neighbourAs;
    for (let word = 0; word < SET_WORDS; word++) sets[set * SET_WORDS + word] = wanted[word] ?? 0;
    this.#paths.retain(path);
    this.#communities.retain(communities);
    this.#others.retain(rest);
    this.#hash.add(set);
    this.#count(1);
    return set;
  }

  #count(sets: number): void {
    const head = this.#head;
    head[Head.attributeSets] = (head[Head.attributeSets] ?? 0) + sets;
    head[Head.attributeBound] = this.#ids.bound;
    head[Head.pathBound] = this.#paths.bound;
    head[Head.asPaths] = this.#paths.live;
    head[Head.communitySets] = this.#communities.live;
  }

  #isWanted(set: number): boolean {
    const sets = this.#sets;
    const at = set * SET_WORDS;
    for (let word = 0; word <= SetWord.meta; word++) {
      if (sets[at + word] !== this.#wanted[word]) return false;
    }
    return true;
  }

  /** Writes the rest of a set as `attribute_record.ts` lays it out; returns how many words it has. */
  #stageRest(parts: UpdateParts, { nextHopStart, nextHopEnd, otc }: InternOptions): number {
    const staging = this.#staging;
    const { octets, aggregatorAs, originatorId } = parts;
    let at = this.#stage(octets, nextHopStart, nextHopEnd, REST_HEAD);
    let first = at - REST_HEAD | parts.partial << PARTIAL_SHIFT;
    if (otc !== -1) {
      first |= HAS_OTC;
      staging[at++] = otc;
    }
    if (aggregatorAs !== -1) {
      first |= HAS_AGGREGATOR;
      staging[at++] = aggregatorAs;
      staging[at++] = parts.aggregatorAddress;
    }
    if (originatorId !== -1) {
      first |= HAS_ORIGINATOR;
      staging[at++] = originatorId;
    }
    const clusters = at;
    at = this.#stage(octets, parts.clusterListStart, parts.clusterListEnd, at);
    const extended = at;
    at = this.#stage(octets, parts.extendedCommunitiesStart, parts.extendedCommunitiesEnd, at);
    const large = at;
    at = this.#stage(octets, parts.largeCommunitiesStart, parts.largeCommunitiesEnd, at);
    if (at - large > LARGE_WORDS) at = dropRepeated(staging, large, at);
    staging[0] = (first | extended - clusters << REST_CLUSTERS_SHIFT) >>> 0;
    staging[1] = ((large - extended) / 2 | (at - large) / 3 << REST_LARGE_SHIFT) >>> 0;
    staging[2] = 0;
    return this.#stageUnknown(parts, at);
  }

  /** The attributes not understood, one behind the other, filled up with zeros. */
  #stageUnknown(
    { octets, unknownCount, unknownStart, unknownEnd }: UpdateParts,
    at: number,
  ): number {
    if (unknownCount === 0) return at;
    const staging = this.#staging;
    let count = 0;
    for (let i = 0; i < unknownCount; i++) {
      const end = unknownEnd[i] ?? 0;
      for (let from = unknownStart[i] ?? 0; from < end; from++, count++) {
        const word = at + (count >>> 2);
        const before = (count & 3) === 0 ? 0 : staging[word] ?? 0;
        staging[word] = before | (octets[from] ?? 0) << (24 - (count & 3) * 8);
      }
    }
    staging[2] = count;
    return at + Math.ceil(count / 4);
  }

  /** Copies octets, a multiple of four, as words to `at`; returns where they end. */
  #stage(octets: Uint8Array, start: number, end: number, at: number): number {
    const staging = this.#staging;
    let to = at;
    for (let from = start; from + 4 <= end; from += 4) {
      staging[to++] = (octets[from] ?? 0) << 24 | (octets[from + 1] ?? 0) << 16 |
        (octets[from + 2] ?? 0) << 8 | (octets[from + 3] ?? 0);
    }
    return to;
  }
}

/**
 * Keeps the first of equal large communities (RFC 8092 §3) between `start` and `end`; returns where
 * what is kept ends.
 */
function dropRepeated(words: Uint32Array, start: number, end: number): number {
  const seen = end - start > FEW_LARGE * LARGE_WORDS ? new Set<string>() : null;
  let to = start;
  for (let at = start; at < end; at += LARGE_WORDS) {
    if (seen === null) {
      if (isLargeAmong(words, start, to, at)) continue;
    } else {
      const size = seen.size;
      if (seen.add(`${words[at]}:${words[at + 1]}:${words[at + 2]}`).size === size) continue;
    }
    if (to !== at) words.copyWithin(to, at, at + LARGE_WORDS);
    to += LARGE_WORDS;
  }
  return to;
}

/** True if the large community at `wanted` also stands between `start` and `end`. */
function isLargeAmong(words: Uint32Array, start: number, end: number, wanted: number): boolean {
  for (let at = start; at < end; at += LARGE_WORDS) {
    if (
      words[at + 2] === words[wanted + 2] && words[at + 1] === words[wanted + 1] &&
      words[at] === words[wanted]
    ) return true;
  }
  return false;
}

function hashAt(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let word = 0; word <= SetWord.meta; word++) hash = mixWord(hash, words[at + word] ?? 0);
  return hash;
}

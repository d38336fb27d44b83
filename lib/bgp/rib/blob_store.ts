/**
 * Keeping runs of words once, with a count of who uses each.
 *
 * @module
 */
import { BlockArena } from "./block_arena.ts";
import { BlobHead } from "./blob_reader.ts";
import { IdHash, mixWord } from "./id_hash.ts";
import { UNIT_WORDS } from "./rib_memory.ts";

/** The store. {@link BlobStore.intern} leaves the count as it is: who keeps the blob calls `retain`. */
export class BlobStore {
  readonly #words: Uint32Array;
  readonly #arena: BlockArena;
  readonly #hash: IdHash;
  #live = 0;

  /** An empty store for at most `blobs` of them; words in use are kept in `usage[usageAt]`. */
  constructor(words: Uint32Array, blobs: number, usage: Uint32Array, usageAt: number) {
    this.#words = words;
    this.#hash = new IdHash(blobs, (ids, count, hashes) => {
      for (let i = 0; i < count; i++) {
        const place = (ids[i] ?? 0) * UNIT_WORDS;
        hashes[i] = hashOf(words, place + BlobHead.words, words[place] ?? 0);
      }
    });
    this.#arena = new BlockArena(words, UNIT_WORDS, usage, usageAt);
  }

  /** Blobs that are kept. */
  get live(): number {
    return this.#live;
  }

  /** The blob of the first `length` words of `source`; 0 for none of them; -1: there is no room. */
  intern(source: Uint32Array, length: number): number {
    if (length === 0) return 0;
    const words = this.#words;
    const hash = hashOf(source, 0, length);
    for (let blob = this.#hash.first(hash); blob !== 0; blob = this.#hash.next()) {
      if (this.#isSame(blob, source, length)) return blob;
    }
    const place = this.#arena.allocate(BlobHead.words + length);
    if (place === 0) return -1;
    words[place] = length;
    words[place + BlobHead.uses] = 0;
    for (let i = 0; i < length; i++) words[place + BlobHead.words + i] = source[i] ?? 0;
    const blob = place / UNIT_WORDS;
    this.#hash.add(blob);
    this.#live++;
    return blob;
  }

  /** One more uses it. */
  retain(blob: number): void {
    if (blob === 0) return;
    const at = blob * UNIT_WORDS + BlobHead.uses;
    this.#words[at] = (this.#words[at] ?? 0) + 1;
  }

  /** One less uses it; the last one takes it away. */
  release(blob: number): void {
    if (blob === 0) return;
    const at = blob * UNIT_WORDS + BlobHead.uses;
    const uses = (this.#words[at] ?? 0) - 1;
    this.#words[at] = uses;
    if (uses === 0) this.#remove(blob);
  }

  /** Takes away what was interned and is not used after all. */
  discard(blob: number): void {
    if (blob > 0 && this.#words[blob * UNIT_WORDS + BlobHead.uses] === 0) this.#remove(blob);
  }

  #remove(blob: number): void {
    const place = blob * UNIT_WORDS;
    const length = this.#words[place] ?? 0;
    this.#hash.remove(hashOf(this.#words, place + BlobHead.words, length), blob);
    this.#arena.release(place, BlobHead.words + length);
    this.#live--;
  }

  #isSame(blob: number, source: Uint32Array, length: number): boolean {
    const words = this.#words;
    const place = blob * UNIT_WORDS;
    if (words[place] !== length) return false;
    for (let i = 0; i < length; i++) {
      if (words[place + BlobHead.words + i] !== source[i]) return false;
    }
    return true;
  }
}

/** Hash of `length` words from `start` on. */
function hashOf(words: Uint32Array, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at++) hash = mixWord(hash, words[at] ?? 0);
  return hash;
}

/**
 * The prefixes of one family in the order of address and length: exact, longest and covering ones
 * are found, and all are walked, in one structure.
 *
 * A bucket for each value of the first 16 bits holds its prefixes sorted: a key of 32 bits each and
 * an id each, in a leaf of at most 256, or in a directory of such leaves. Prefixes shorter than 16
 * bits are a tree in an array: `2^length + first bits` is the place.
 *
 * @module
 */
import { AddressWords, bitsOf } from "./prefix_words.ts";
import { BUCKETS } from "./rib_memory.ts";

/** Bits that choose the bucket. */
export const BUCKET_BITS = 16;

/**
 * A bucket or leaf is two words: where its block is, and a count in the low half, the room above it.
 * In a directory's block there are such pairs; in a leaf's first all keys, then all ids.
 */
export const DIRECTORY = 0x8000_0000;
export const COUNT_MASK = 0xffff;
export const ROOM_MASK = 0x7fff;

/** Views of the memory of one family. */
export interface PrefixTableViews {
  readonly isV6: boolean;
  readonly buckets: Uint32Array;
  readonly shorts: Uint32Array;
  /**
   * By id: of IPv6 two words, and the other two in `lows`; of IPv4 one, in which a bit behind the
   * prefix marks its length: it is in `lengths` only where there is no such bit, that is 32.
   */
  readonly addresses: Uint32Array;
  readonly lows: Uint32Array;
  readonly lengths: Uint8Array;
}

/** Reading. Ids count from 0 in each family. */
export class PrefixTable {
  readonly isV6: boolean;
  protected readonly buckets: Uint32Array;
  protected readonly shorts: Uint32Array;
  protected readonly addresses: Uint32Array;
  protected readonly lows: Uint32Array;
  protected readonly lengths: Uint8Array;
  /** Where the last {@link PrefixTable.seek} came to: the pair of its leaf, and the place in it. */
  protected leaf = 0;
  protected at = 0;
  /** Place of the leaf in its directory, or -1. */
  protected leafIndex = -1;
  readonly #masked = new AddressWords();
  readonly #entry = new AddressWords();

  constructor({ isV6, buckets, shorts, addresses, lows, lengths }: PrefixTableViews) {
    this.isV6 = isV6;
    this.buckets = buckets;
    this.shorts = shorts;
    this.addresses = addresses;
    this.lows = lows;
    this.lengths = lengths;
  }

  lengthOf(id: number): number {
    const length = this.lengths[id] ?? 0;
    if (this.isV6 || length !== 0) return length;
    const word = this.addresses[id] ?? 0;
    return Math.clz32(word & -word);
  }

  /** Reads the address of an id. */
  readAddress(id: number, into: AddressWords): void {
    if (!this.isV6) {
      const word = this.addresses[id] ?? 0;
      into.w0 = this.lengths[id] === 0 ? (word & word - 1) >>> 0 : word;
      into.w1 = into.w2 = into.w3 = 0;
      return;
    }
    into.w0 = this.addresses[id * 2] ?? 0;
    into.w1 = this.addresses[id * 2 + 1] ?? 0;
    into.w2 = this.lows[id * 2] ?? 0;
    into.w3 = this.lows[id * 2 + 1] ?? 0;
  }

  /** Id of this very prefix, whose bits behind `length` are zero; or -1. */
  find(words: AddressWords, length: number): number {
    if (length < BUCKET_BITS) return (this.shorts[shortPlace(words.w0, length)] ?? 0) - 1;
    return this.seek(words, length) ? this.idAt(this.leaf, this.at) : -1;
  }

  /**
   * Visits the ids of the prefixes that hold all of `words/length`, longest first, until `visit`
   * returns false.
   */
  covering(words: AddressWords, length: number, visit: (id: number) => boolean): void {
    const masked = this.#masked, entry = this.#entry;
    let bits = length;
    while (bits >= BUCKET_BITS) {
      masked.setMasked(words, bits);
      // What holds the address is the last prefix up to here, or holds that one as well.
      const at = this.seek(masked, bits) ? this.at : this.at - 1;
      if (at < 0) break;
      const id = this.idAt(this.leaf, at);
      this.readAddress(id, entry);
      const own = this.lengthOf(id);
      const common = entry.commonBits(words);
      if (common < own) {
        bits = common;
        continue;
      }
      if (!visit(id)) return;
      bits = own - 1;
    }
    for (let short = Math.min(bits, BUCKET_BITS - 1); short >= 0; short--) {
      const id = (this.shorts[shortPlace(words.w0, short)] ?? 0) - 1;
      if (id !== -1 && !visit(id)) return;
    }
  }

  /** Id of the longest prefix that holds the address and that `accepts`; or -1. */
  longest(words: AddressWords, accepts: (id: number) => boolean): number {
    let found = -1;
    this.covering(words, bitsOf(this.isV6), (id) => {
      if (!accepts(id)) return true;
      found = id;
      return false;
    });
    return found;
  }

  /**
   * Visits ids by address, then length: those inside `within/withinLength`, from `from/fromLength`
   * on, until `visit` returns false. Both prefixes have zeros behind their lengths.
   */
  walk(
    within: AddressWords,
    withinLength: number,
    from: AddressWords,
    fromLength: number,
    visit: (id: number) => boolean | void,
  ): void {
    const isFromInside = this.#compare(from, fromLength, within, withinLength) > 0;
    const start = isFromInside ? from : within;
    const startLength = isFromInside ? fromLength : withinLength;
    const first = start.w0 >>> 16;
    const last = withinLength >= BUCKET_BITS
      ? within.w0 >>> 16
      : (within.w0 >>> 16) + (BUCKETS >>> withinLength) - 1;
    for (let bucket = first; bucket <= last; bucket++) {
      const shortest = bucket === first ? startLength : 0;
      if (!this.#walkShorts(bucket, Math.max(shortest, withinLength), visit)) return;
      const isPart = bucket === first && startLength > BUCKET_BITS;
      if (isPart) this.seek(start, startLength);
      else this.#enter(bucket);
      if (!this.#walkBucket(bucket, within, withinLength, visit)) return;
    }
  }

  /** The short prefixes whose address is the beginning of the bucket, from a length on. */
  #walkShorts(bucket: number, from: number, visit: (id: number) => boolean | void): boolean {
    // Lengths that leave no bit of the bucket's number behind them.
    const shortest = bucket === 0 ? 0 : BUCKET_BITS - trailingZeros(bucket);
    for (let length = Math.max(from, shortest); length < BUCKET_BITS; length++) {
      const id = (this.shorts[shortPlace(bucket << 16, length)] ?? 0) - 1;
      if (id !== -1 && visit(id) === false) return false;
    }
    return true;
  }

  /** Stands at the first entry of a bucket. */
  #enter(bucket: number): void {
    const pair = bucket * 2;
    const isDirectory = (this.buckets[pair + 1] ?? 0) >= DIRECTORY;
    this.leaf = isDirectory ? this.buckets[pair] ?? 0 : pair;
    this.leafIndex = isDirectory ? 0 : -1;
    this.at = 0;
  }

  /** Goes on from where it stands to the end of the bucket; false: it is to stop. */
  #walkBucket(
    bucket: number,
    within: AddressWords,
    withinLength: number,
    visit: (id: number) => boolean | void,
  ): boolean {
    const leaves = this.leafIndex === -1
      ? 1
      : ((this.buckets[bucket * 2 + 1] ?? 0) & COUNT_MASK) - this.leafIndex;
    const { leaf } = this;
    const isWhole = withinLength <= BUCKET_BITS;
    let { at } = this;
    for (let index = 0; index < leaves; index++, at = 0) {
      const pair = leaf + index * 2;
      const count = (this.buckets[pair + 1] ?? 0) & COUNT_MASK;
      for (; at < count; at++) {
        const id = this.idAt(pair, at);
        if (!isWhole) {
          this.readAddress(id, this.#entry);
          if (this.#entry.commonBits(within) < withinLength) return false;
        }
        if (visit(id) === false) return false;
      }
    }
    return true;
  }

  /** Stands at the first entry of its bucket that is not before `words/length`; true: it is that one. */
  protected seek(words: AddressWords, length: number): boolean {
    const { buckets } = this;
    const pair = (words.w0 >>> 16) * 2;
    const meta = buckets[pair + 1] ?? 0;
    const key = this.keyOf(words, length);
    if (meta >= DIRECTORY) {
      this.#seekLeaf(buckets[pair] ?? 0, meta & COUNT_MASK, key, words, length);
    } else {
      this.leaf = pair;
      this.leafIndex = -1;
    }
    const block = buckets[this.leaf] ?? 0;
    const count = (buckets[this.leaf + 1] ?? 0) & COUNT_MASK;
    // The first entry whose key is not less: which half it is in is no branch, as none foresees it.
    let first = block;
    for (let left = count; left > 1;) {
      const half = left >>> 1;
      first += isLess(buckets[first + half - 1] ?? 0, key) & half;
      left -= half;
    }
    this.at = first - block - (count > 0 ? isLess(buckets[first] ?? 0, key) : 0);
    if (this.at === count || buckets[block + this.at] !== key) return false;
    return !this.isV6 || this.#seekEqual(block, count, key, words, length);
  }

  /** Goes on among IPv6 prefixes whose key is the same. */
  #seekEqual(
    block: number,
    count: number,
    key: number,
    words: AddressWords,
    length: number,
  ): boolean {
    const { buckets } = this;
    let low = this.at, high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBefore = buckets[block + middle] === key &&
        this.#tie(this.leaf, middle, words, length) < 0;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    this.at = low;
    return low < count && buckets[block + low] === key &&
      this.#tie(this.leaf, low, words, length) === 0;
  }

  /** The last leaf that does not begin behind the prefix, or the first one. */
  #seekLeaf(
    directory: number,
    count: number,
    key: number,
    words: AddressWords,
    length: number,
  ): void {
    let low = 1, high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const pair = directory + middle * 2;
      const other = this.buckets[this.buckets[pair] ?? 0] ?? 0;
      const order = other === key ? this.#tie(pair, 0, words, length) : other - key;
      if (order > 0) high = middle;
      else low = middle + 1;
    }
    this.leafIndex = low - 1;
    this.leaf = directory + (low - 1) * 2;
  }

  /** What is compared first: all of an IPv4 prefix behind its bucket, or the next 32 bits of IPv6. */
  protected keyOf(words: AddressWords, length: number): number {
    return this.isV6 ? (words.w0 << 16 | words.w1 >>> 16) >>> 0 : (words.w0 & 0xffff) << 6 | length;
  }

  /** Order of an entry whose key is the same. */
  #tie(pair: number, at: number, words: AddressWords, length: number): number {
    if (!this.isV6) return 0;
    const id = this.idAt(pair, at);
    const { addresses, lows } = this;
    return (addresses[id * 2 + 1] ?? 0) - words.w1 || (lows[id * 2] ?? 0) - words.w2 ||
      (lows[id * 2 + 1] ?? 0) - words.w3 || (this.lengths[id] ?? 0) - length;
  }

  protected idAt(pair: number, at: number): number {
    const room = (this.buckets[pair + 1] ?? 0) >>> 16 & ROOM_MASK;
    return this.buckets[(this.buckets[pair] ?? 0) + room + at] ?? 0;
  }

  #compare(a: AddressWords, aLength: number, b: AddressWords, bLength: number): number {
    return a.w0 - b.w0 || a.w1 - b.w1 || a.w2 - b.w2 || a.w3 - b.w3 || aLength - bLength;
  }
}

/** -1 if the word `a` is less than the word `b`, unsigned; else 0. */
function isLess(a: number, b: number): number {
  return (~a & b | (~a | b) & (a - b)) >> 31;
}

/** Place of a prefix shorter than 16 bits in the array of the short ones. */
export function shortPlace(w0: number, length: number): number {
  return 1 << length | (length === 0 ? 0 : w0 >>> (32 - length));
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

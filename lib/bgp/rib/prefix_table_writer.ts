/**
 * Adding prefixes to a table and taking them out.
 *
 * @module
 */
import { BlockArena } from "./block_arena.ts";
import { FreeIds } from "./free_ids.ts";
import {
  BUCKET_BITS,
  COUNT_MASK,
  DIRECTORY,
  PrefixTable,
  type PrefixTableViews,
  ROOM_MASK,
  shortPlace,
} from "./prefix_table.ts";
import { AddressWords } from "./prefix_words.ts";
import { BUCKETS } from "./rib_memory.ts";

/** Most entries of a leaf: what one insertion moves. */
const LEAF_MAX = 256;
/** Most leaves of a bucket: their count has 15 bits. */
const LEAVES_MAX = ROOM_MASK;

/** A table that is written. */
export class PrefixTableWriter extends PrefixTable {
  readonly #arena: BlockArena;
  readonly #ids: FreeIds;
  readonly #words = new AddressWords();

  /** An empty table; words in use are kept in `usage[usageAt]`. */
  constructor(views: PrefixTableViews, usage: Uint32Array, usageAt: number) {
    super(views);
    this.#arena = new BlockArena(views.buckets, 2 * BUCKETS, usage, usageAt);
    this.#ids = new FreeIds(0, views.lengths.length);
  }

  /** One past the largest id. */
  get bound(): number {
    return this.#ids.bound;
  }

  /**
   * The id of a prefix, which is added if it is not there (then {@link PrefixTableWriter.isNew} is
   * true); -1: there is no room.
   */
  add(words: AddressWords, length: number): number {
    this.isNew = false;
    if (length < BUCKET_BITS) return this.#addShort(words, length);
    if (this.seek(words, length)) return this.idAt(this.leaf, this.at);
    if (!this.#makeRoom(words, length)) return -1;
    const id = this.#ids.take();
    if (id === -1) return -1;
    this.#insert(this.keyOf(words, length), id);
    this.#setPrefix(id, words, length);
    return id;
  }

  /** Whether the last {@link PrefixTableWriter.add} added something. */
  isNew = false;

  /** Takes out the prefix with this id. */
  remove(id: number): void {
    const length = this.lengthOf(id);
    this.readAddress(id, this.#words);
    if (length < BUCKET_BITS) this.shorts[shortPlace(this.#words.w0, length)] = 0;
    else if (this.seek(this.#words, length)) this.#delete(this.#words.w0 >>> 16);
    this.#ids.release(id);
  }

  #addShort(words: AddressWords, length: number): number {
    const place = shortPlace(words.w0, length);
    const found = (this.shorts[place] ?? 0) - 1;
    if (found !== -1) return found;
    const id = this.#ids.take();
    if (id === -1) return -1;
    this.shorts[place] = id + 1;
    this.#setPrefix(id, words, length);
    return id;
  }

  #setPrefix(id: number, { w0, w1, w2, w3 }: AddressWords, length: number): void {
    this.isNew = true;
    const { addresses, lows, lengths } = this;
    if (!this.isV6) {
      const isHost = length === 32;
      addresses[id] = isHost ? w0 : w0 | 1 << 31 - length;
      // What is only read takes no memory.
      if (isHost || lengths[id] !== 0) lengths[id] = isHost ? length : 0;
      return;
    }
    lengths[id] = length;
    addresses[id * 2] = w0;
    addresses[id * 2 + 1] = w1;
    if (lows[id * 2] !== w2) lows[id * 2] = w2;
    if (lows[id * 2 + 1] !== w3) lows[id * 2 + 1] = w3;
  }

  /** Sees to it that the leaf where the search stands has room for one more; false: there is none. */
  #makeRoom(words: AddressWords, length: number): boolean {
    const meta = this.buckets[this.leaf + 1] ?? 0;
    const count = meta & COUNT_MASK, room = meta >>> 16;
    if (count < room) return true;
    if (count < LEAF_MAX) return this.#growLeaf(count, room);
    if (!this.#split(words.w0 >>> 16, count, room)) return false;
    this.seek(words, length);
    return this.#makeRoom(words, length);
  }

  #growLeaf(count: number, room: number): boolean {
    const grown = room < 16 ? room + 4 : Math.min(LEAF_MAX, room + (room >>> 4) * 4);
    const block = this.#arena.allocate(grown * 2);
    if (block === 0) return false;
    const { buckets } = this;
    const old = buckets[this.leaf] ?? 0;
    for (let i = 0; i < count; i++) {
      buckets[block + i] = buckets[old + i] ?? 0;
      buckets[block + grown + i] = buckets[old + room + i] ?? 0;
    }
    if (room > 0) this.#arena.release(old, room * 2);
    buckets[this.leaf] = block;
    buckets[this.leaf + 1] = grown << 16 | count;
    return true;
  }

  /** Parts a full leaf in two; what is added at the end begins a new one, so that leaves stay full. */
  #split(bucket: number, count: number, room: number): boolean {
    const { buckets } = this;
    if (this.leafIndex === -1 && !this.#makeDirectory(bucket)) return false;
    if (!this.#growDirectory(bucket)) return false;
    const kept = this.at === count ? count - 1 : count >>> 1;
    const moved = count - kept;
    const movedRoom = Math.max(8, moved + (moved >>> 4) * 4);
    const block = this.#arena.allocate(movedRoom * 2);
    if (block === 0) return false;
    const old = buckets[this.leaf] ?? 0;
    for (let i = 0; i < moved; i++) {
      buckets[block + i] = buckets[old + kept + i] ?? 0;
      buckets[block + movedRoom + i] = buckets[old + room + kept + i] ?? 0;
    }
    buckets[this.leaf + 1] = room << 16 | kept;
    const directory = buckets[bucket * 2] ?? 0;
    const leaves = (buckets[bucket * 2 + 1] ?? 0) & COUNT_MASK;
    buckets.copyWithin(this.leaf + 4, this.leaf + 2, directory + leaves * 2);
    buckets[this.leaf + 2] = block;
    buckets[this.leaf + 3] = movedRoom << 16 | moved;
    buckets[bucket * 2 + 1] = (buckets[bucket * 2 + 1] ?? 0) + 1;
    return true;
  }

  /** Puts the one leaf of a bucket into a directory. */
  #makeDirectory(bucket: number): boolean {
    const { buckets } = this;
    const directory = this.#arena.allocate(8);
    if (directory === 0) return false;
    buckets[directory] = buckets[bucket * 2] ?? 0;
    buckets[directory + 1] = buckets[bucket * 2 + 1] ?? 0;
    buckets[bucket * 2] = directory;
    buckets[bucket * 2 + 1] = (DIRECTORY | 4 << 16 | 1) >>> 0;
    this.leaf = directory;
    this.leafIndex = 0;
    return true;
  }

  /** Sees to it that a directory has room for one more leaf. */
  #growDirectory(bucket: number): boolean {
    const { buckets } = this;
    const meta = buckets[bucket * 2 + 1] ?? 0;
    const count = meta & COUNT_MASK, room = meta >>> 16 & ROOM_MASK;
    if (count < room) return true;
    const grown = Math.min(room * 2, LEAVES_MAX);
    const block = grown > count ? this.#arena.allocate(grown * 2) : 0;
    if (block === 0) return false;
    const old = buckets[bucket * 2] ?? 0;
    buckets.copyWithin(block, old, old + count * 2);
    this.#arena.release(old, room * 2);
    buckets[bucket * 2] = block;
    buckets[bucket * 2 + 1] = (DIRECTORY | grown << 16 | count) >>> 0;
    this.leaf = block + this.leafIndex * 2;
    return true;
  }

  #insert(key: number, id: number): void {
    const { buckets } = this;
    const meta = buckets[this.leaf + 1] ?? 0;
    const count = meta & COUNT_MASK;
    const keys = buckets[this.leaf] ?? 0, ids = keys + (meta >>> 16);
    this.#shift(keys + this.at, keys + count);
    this.#shift(ids + this.at, ids + count);
    buckets[keys + this.at] = key;
    buckets[ids + this.at] = id;
    buckets[this.leaf + 1] = meta + 1;
  }

  /** Moves the words from `start` to below `end` up by one. */
  #shift(start: number, end: number): void {
    const { buckets } = this;
    for (let i = end; i > start; i--) buckets[i] = buckets[i - 1] ?? 0;
  }

  /** Moves the words behind `start` to below `end` down by one. */
  #unshift(start: number, end: number): void {
    const { buckets } = this;
    for (let i = start + 1; i < end; i++) buckets[i - 1] = buckets[i] ?? 0;
  }

  /** Deletes the entry where the search stands. */
  #delete(bucket: number): void {
    const { buckets } = this;
    const meta = buckets[this.leaf + 1] ?? 0;
    const count = meta & COUNT_MASK, room = meta >>> 16;
    const keys = buckets[this.leaf] ?? 0, ids = keys + room;
    if (count > 1) {
      this.#unshift(keys + this.at, keys + count);
      this.#unshift(ids + this.at, ids + count);
      buckets[this.leaf + 1] = meta - 1;
      return;
    }
    this.#arena.release(keys, room * 2);
    if (this.leafIndex === -1) buckets[this.leaf] = buckets[this.leaf + 1] = 0;
    else this.#deleteLeaf(bucket);
  }

  #deleteLeaf(bucket: number): void {
    const { buckets } = this;
    const directory = buckets[bucket * 2] ?? 0;
    const meta = buckets[bucket * 2 + 1] ?? 0;
    const count = meta & COUNT_MASK;
    if (count > 1) {
      buckets.copyWithin(this.leaf, this.leaf + 2, directory + count * 2);
      buckets[bucket * 2 + 1] = meta - 1;
      return;
    }
    this.#arena.release(directory, (meta >>> 16 & ROOM_MASK) * 2);
    buckets[bucket * 2] = buckets[bucket * 2 + 1] = 0;
  }
}

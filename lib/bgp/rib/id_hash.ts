/**
 * Finding an id by the hash of what it stands for: segments that double each by itself and in place,
 * so that no one growth takes long and none leaves memory behind, with multipliers drawn at the
 * start, so that nobody can choose collisions.
 *
 * @module
 */

const SEGMENTS = 64;
const SEGMENT_SHIFT = 26;
/** A page of memory holds them. */
const FIRST_SLOTS = 512;
/** A slot is a word: seven bits of the hash above the 25 of the id. Id 0: the slot is empty. */
const TAG_SHIFT = 25;
const ID_MASK = 2 ** TAG_SHIFT - 1;
/** The tag is of bits that neither choose the segment nor, before it is very large, the slot. */
const TAG_FROM = 16;
const TAG_MASK = 2 ** (32 - TAG_SHIFT) - 1;

const KEYS = crypto.getRandomValues(new Uint32Array(3)).map((key) => key | 1);
const KEY_0 = KEYS[0] ?? 1, KEY_1 = KEYS[1] ?? 1, KEY_2 = KEYS[2] ?? 1;

/** Mixes a word into a hash. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(word ^ KEY_2, KEY_0);
  const next = Math.imul(hash ^ mixed ^ mixed >>> 15, KEY_1);
  return next ^ next >>> 16;
}

/**
 * Writes the hashes of the first `count` of `ids` to `hashes`. It is asked for many at once: what they
 * stand for lies far apart in memory, and a short loop waits for several of them at the same time.
 */
export type HashesOf = (ids: Int32Array, count: number, hashes: Int32Array) => void;

/**
 * Ids by hash: its six bits above choose the segment, those at its end the first slot to look at. The
 * hash of an id that is there can be asked for: only growth and removal need it.
 */
export class IdHash {
  /** Room for each segment at its largest; memory is taken page by page, on the first touch. */
  readonly #slots: Int32Array;
  readonly #hashesOf: HashesOf;
  /** Slots that a segment has room for. */
  readonly #room: number;
  /** Slots less one, and ids, of each segment. */
  readonly #masks = new Uint32Array(SEGMENTS).fill(FIRST_SLOTS - 1);
  readonly #counts = new Uint32Array(SEGMENTS);
  /** Ids whose hashes are asked for, and these: of a segment that is being grown, or a single one. */
  #ids = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  /** Where the search that {@link IdHash.first} began stands, and what it looks for. */
  #hash = 0;
  #base = 0;
  #mask = 0;
  #at = 0;
  #tag = 0;

  /** For ids from 1 to 2^25-1, at most `ids` of them at a time. */
  constructor(ids: number, hashesOf: HashesOf) {
    this.#hashesOf = hashesOf;
    // A segment has its share of the ids, nearly: with twice the room it is never full.
    this.#room = Math.max(FIRST_SLOTS, 2 ** Math.ceil(Math.log2(2 * ids / SEGMENTS)));
    this.#slots = new Int32Array(SEGMENTS * this.#room);
  }

  /** The first id that may have this hash, or 0; {@link IdHash.next} goes on. */
  first(hash: number): number {
    const segment = hash >>> SEGMENT_SHIFT;
    this.#hash = hash;
    this.#base = segment * this.#room;
    this.#mask = this.#masks[segment] ?? 0;
    this.#at = hash & this.#mask;
    this.#tag = tagOf(hash);
    return this.next();
  }

  /** The next id that may have the hash of the last {@link IdHash.first}, or 0. */
  next(): number {
    const slots = this.#slots, base = this.#base, mask = this.#mask, tag = this.#tag;
    for (let at = this.#at;; at = at + 1 & mask) {
      const slot = slots[base + at] ?? 0;
      if (slot !== 0 && slot >>> TAG_SHIFT !== tag) continue;
      this.#at = slot === 0 ? at : at + 1 & mask;
      return slot & ID_MASK;
    }
  }

  /** Adds an id with the hash of the last search, which has found no more; nothing was changed since. */
  add(id: number): void {
    const segment = this.#hash >>> SEGMENT_SHIFT;
    const count = (this.#counts[segment] ?? 0) + 1;
    this.#counts[segment] = count;
    const size = this.#mask + 1;
    if (count * 8 > size * 5 && size < this.#room) {
      this.#grow(segment);
      this.#put(segment, this.#hash, id);
    } else this.#slots[this.#base + this.#at] = this.#tag << TAG_SHIFT | id;
  }

  /** Removes an id that is there; those that only stand behind it move up. */
  remove(hash: number, id: number): void {
    const slots = this.#slots;
    const segment = hash >>> SEGMENT_SHIFT;
    const base = segment * this.#room, mask = this.#masks[segment] ?? 0;
    let hole = hash & mask;
    while (((slots[base + hole] ?? 0) & ID_MASK) !== id) hole = hole + 1 & mask;
    this.#counts[segment] = (this.#counts[segment] ?? 0) - 1;
    for (let at = hole + 1 & mask;; at = at + 1 & mask) {
      const slot = slots[base + at] ?? 0;
      if (slot === 0) break;
      this.#ids[0] = slot & ID_MASK;
      this.#hashesOf(this.#ids, 1, this.#hashes);
      if ((at - (this.#hashes[0] ?? 0) & mask) < (at - hole & mask)) continue;
      slots[base + hole] = slot;
      hole = at;
    }
    slots[base + hole] = 0;
  }

  #put(segment: number, hash: number, id: number): void {
    const slots = this.#slots;
    const base = segment * this.#room, mask = this.#masks[segment] ?? 0;
    let at = hash & mask;
    while (slots[base + at] !== 0) at = at + 1 & mask;
    slots[base + at] = tagOf(hash) << TAG_SHIFT | id;
  }

  /** Makes a segment twice as large. */
  #grow(segment: number): void {
    const slots = this.#slots;
    const size = (this.#masks[segment] ?? 0) + 1, start = segment * this.#room;
    if (this.#ids.length < size) {
      this.#ids = new Int32Array(size);
      this.#hashes = new Int32Array(size);
    }
    const ids = this.#ids, hashes = this.#hashes;
    let count = 0;
    for (let at = start; at < start + size; at++) {
      const id = (slots[at] ?? 0) & ID_MASK;
      if (id !== 0) ids[count++] = id;
    }
    this.#hashesOf(ids, count, hashes);
    slots.fill(0, start, start + size);
    this.#masks[segment] = size * 2 - 1;
    for (let at = 0; at < count; at++) this.#put(segment, hashes[at] ?? 0, ids[at] ?? 0);
  }
}

function tagOf(hash: number): number {
  return hash >>> TAG_FROM & TAG_MASK;
}

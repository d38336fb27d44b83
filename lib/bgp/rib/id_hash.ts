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
/**
 * A slot is three words of 16 bits side by side: the lowest 16 bits of the hash; the seven bits above
 * them and the nine highest of the id; the rest of the id. Id 0: the slot is empty.
 */
const SLOT_WORDS = 3;
const LOW_MASK = 0xffff;
const TAG_MASK = 127;
const TAG_SHIFT = 9;
const ID_HIGH_MASK = 2 ** TAG_SHIFT - 1;

const KEYS = crypto.getRandomValues(new Uint32Array(3)).map((key) => key | 1);
const KEY_0 = KEYS[0] ?? 1, KEY_1 = KEYS[1] ?? 1, KEY_2 = KEYS[2] ?? 1;

/** Mixes a word into a hash. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(word ^ KEY_2, KEY_0);
  const next = Math.imul(hash ^ mixed ^ mixed >>> 15, KEY_1);
  return next ^ next >>> 16;
}

/** Ids by hash: its six bits above choose the segment, the 23 at its end the first slot to look at. */
export class IdHash {
  /** Room for each segment at its largest; memory is taken page by page, on the first touch. */
  readonly #words: Uint16Array;
  /** Slots that a segment has room for. */
  readonly #room: number;
  /** Slots less one, and ids, of each segment. */
  readonly #masks = new Uint32Array(SEGMENTS).fill(FIRST_SLOTS - 1);
  readonly #counts = new Uint32Array(SEGMENTS);
  /** A segment that is being grown, as it was. */
  #before = new Uint16Array(0);
  /** Where the search that {@link IdHash.first} began stands, and what it looks for. */
  #base = 0;
  #mask = 0;
  #at = 0;
  #low = 0;
  #tag = 0;

  /** For ids from 1 to 2^25-1, at most `ids` of them at a time. */
  constructor(ids: number) {
    // A segment has its share of the ids, nearly: with twice the room it is never full.
    this.#room = Math.max(FIRST_SLOTS, 2 ** Math.ceil(Math.log2(2 * ids / SEGMENTS)));
    this.#words = new Uint16Array(SEGMENTS * this.#room * SLOT_WORDS);
  }

  /** The first id that may have this hash, or 0; {@link IdHash.next} goes on. */
  first(hash: number): number {
    const segment = hash >>> SEGMENT_SHIFT;
    this.#base = segment * this.#room;
    this.#mask = this.#masks[segment] ?? 0;
    this.#at = hash & this.#mask;
    this.#low = hash & LOW_MASK;
    this.#tag = tagOf(hash);
    return this.next();
  }

  /** The next id that may have the hash of the last {@link IdHash.first}, or 0. */
  next(): number {
    const words = this.#words, base = this.#base, mask = this.#mask;
    const low = this.#low, tag = this.#tag;
    for (let at = this.#at;; at = at + 1 & mask) {
      const slot = (base + at) * SLOT_WORDS;
      const middle = words[slot + 1] ?? 0;
      const id = (middle & ID_HIGH_MASK) << 16 | (words[slot + 2] ?? 0);
      if (id !== 0 && (words[slot] !== low || middle >>> TAG_SHIFT !== tag)) continue;
      this.#at = at + 1 & mask;
      return id;
    }
  }

  /** Adds an id that is not there. */
  add(hash: number, id: number): void {
    const segment = hash >>> SEGMENT_SHIFT;
    const count = (this.#counts[segment] ?? 0) + 1;
    this.#counts[segment] = count;
    const slots = (this.#masks[segment] ?? 0) + 1;
    if (count * 8 > slots * 5 && slots < this.#room) this.#grow(segment);
    this.#put(segment, hash & LOW_MASK, tagOf(hash) << TAG_SHIFT | id >>> 16, id);
  }

  /** Removes an id that is there; those that only stand behind it move up. */
  remove(hash: number, id: number): void {
    const words = this.#words;
    const segment = hash >>> SEGMENT_SHIFT;
    const base = segment * this.#room, mask = this.#masks[segment] ?? 0;
    let hole = hash & mask;
    while (this.#idAt(base + hole) !== id) hole = hole + 1 & mask;
    this.#counts[segment] = (this.#counts[segment] ?? 0) - 1;
    for (let at = hole + 1 & mask; this.#idAt(base + at) !== 0; at = at + 1 & mask) {
      const slot = (base + at) * SLOT_WORDS;
      const wanted = placeOf(words[slot] ?? 0, words[slot + 1] ?? 0) & mask;
      if ((at - wanted & mask) < (at - hole & mask)) continue;
      words.copyWithin((base + hole) * SLOT_WORDS, slot, slot + SLOT_WORDS);
      hole = at;
    }
    words.fill(0, (base + hole) * SLOT_WORDS, (base + hole + 1) * SLOT_WORDS);
  }

  #idAt(place: number): number {
    const words = this.#words;
    const slot = place * SLOT_WORDS;
    return ((words[slot + 1] ?? 0) & ID_HIGH_MASK) << 16 | (words[slot + 2] ?? 0);
  }

  #put(segment: number, low: number, middle: number, idLow: number): void {
    const words = this.#words;
    const base = segment * this.#room, mask = this.#masks[segment] ?? 0;
    let at = placeOf(low, middle) & mask;
    while (this.#idAt(base + at) !== 0) at = at + 1 & mask;
    const slot = (base + at) * SLOT_WORDS;
    words[slot] = low;
    words[slot + 1] = middle;
    words[slot + 2] = idLow;
  }

  /** Makes a segment twice as large. */
  #grow(segment: number): void {
    const mask = this.#masks[segment] ?? 0;
    const size = (mask + 1) * SLOT_WORDS;
    const start = segment * this.#room * SLOT_WORDS;
    if (this.#before.length < size) this.#before = new Uint16Array(size);
    const before = this.#before;
    before.set(this.#words.subarray(start, start + size));
    this.#words.fill(0, start, start + size);
    this.#masks[segment] = mask * 2 + 1;
    for (let slot = 0; slot < size; slot += SLOT_WORDS) {
      const low = before[slot] ?? 0, middle = before[slot + 1] ?? 0, idLow = before[slot + 2] ?? 0;
      if ((middle & ID_HIGH_MASK | idLow) !== 0) this.#put(segment, low, middle, idLow);
    }
  }
}

function tagOf(hash: number): number {
  return hash >>> 16 & TAG_MASK;
}

/** The 23 bits of the hash that place a slot. */
function placeOf(low: number, middle: number): number {
  return middle >>> TAG_SHIFT << 16 | low;
}

/**
 * Finding an id by the hash of what it stands for: segments that double each by itself, so that no
 * one growth takes long, with multipliers drawn at the start, so that nobody can choose collisions.
 *
 * @module
 */

const SEGMENTS = 256;
const FIRST_SLOTS = 64;
/** A slot is an id below seven bits of the hash; 0 is an empty one. */
const ID_BITS = 25;
const ID_MASK = 2 ** ID_BITS - 1;
/** Bits of the hash beneath those of the slot. */
const LOW_BITS = 16;

const KEYS = crypto.getRandomValues(new Uint32Array(3)).map((key) => key | 1);
const KEY_0 = KEYS[0] ?? 1, KEY_1 = KEYS[1] ?? 1, KEY_2 = KEYS[2] ?? 1;

/** Mixes a word into a hash. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(word ^ KEY_2, KEY_0);
  const next = Math.imul(hash ^ mixed ^ mixed >>> 15, KEY_1);
  return next ^ next >>> 16;
}

/** Ids by hash: the eight bits above choose the segment, the 23 beneath the first slot to look at. */
export class IdHash {
  readonly #segments: Uint32Array[] = Array.from(
    { length: SEGMENTS },
    () => new Uint32Array(FIRST_SLOTS),
  );
  /** By slot: with the seven bits in it all that tells where its id belongs. */
  readonly #lows: Uint16Array[] = Array.from(
    { length: SEGMENTS },
    () => new Uint16Array(FIRST_SLOTS),
  );
  /** Ids of each segment. */
  readonly #counts = new Uint32Array(SEGMENTS);
  /** Where the search that {@link IdHash.first} began stands. */
  #segment: Uint32Array = new Uint32Array(0);
  #at = 0;
  #tag = 0;

  /** The first id that may have this hash, or 0; {@link IdHash.next} goes on. */
  first(hash: number): number {
    this.#segment = this.#segments[hash >>> 24] ?? this.#segment;
    this.#at = hash;
    this.#tag = tagOf(hash);
    return this.next();
  }

  /** The next id that may have the hash of the last {@link IdHash.first}, or 0. */
  next(): number {
    const segment = this.#segment, tag = this.#tag;
    const mask = segment.length - 1;
    let at = this.#at & mask;
    for (;;) {
      const slot = segment[at] ?? 0;
      at = at + 1 & mask;
      if (slot !== 0 && slot >>> ID_BITS !== tag) continue;
      this.#at = at;
      return slot & ID_MASK;
    }
  }

  /** Adds an id, 1 to 2^25-1, that is not there. */
  add(hash: number, id: number): void {
    const index = hash >>> 24;
    const count = this.#counts[index] ?? 0;
    let segment = this.#segments[index] ?? this.#segment;
    if ((count + 1) * 8 > segment.length * 5) segment = this.#grow(index, segment);
    this.#counts[index] = count + 1;
    const mask = segment.length - 1;
    let at = hash & mask;
    while (segment[at] !== 0) at = at + 1 & mask;
    segment[at] = (tagOf(hash) << ID_BITS | id) >>> 0;
    const lows = this.#lows[index];
    if (lows !== undefined) lows[at] = hash;
  }

  /** Removes an id that is there; those that only stand behind it move up. */
  remove(hash: number, id: number): void {
    const index = hash >>> 24;
    const segment = this.#segments[index], lows = this.#lows[index];
    if (segment === undefined || lows === undefined) return;
    const mask = segment.length - 1;
    let hole = hash & mask;
    while (((segment[hole] ?? 0) & ID_MASK) !== id) hole = hole + 1 & mask;
    this.#counts[index] = (this.#counts[index] ?? 0) - 1;
    for (let at = hole + 1 & mask;; at = at + 1 & mask) {
      const slot = segment[at] ?? 0;
      if (slot === 0) break;
      const low = lows[at] ?? 0;
      const wanted = placeOf(slot, low) & mask;
      if ((at - wanted & mask) < (at - hole & mask)) continue;
      segment[hole] = slot;
      lows[hole] = low;
      hole = at;
    }
    segment[hole] = 0;
  }

  /** The segment twice as large. */
  #grow(index: number, segment: Uint32Array): Uint32Array {
    const before = this.#lows[index] ?? new Uint16Array(0);
    const grown = new Uint32Array(segment.length * 2), lows = new Uint16Array(grown.length);
    const mask = grown.length - 1;
    for (let from = 0; from < segment.length; from++) {
      const slot = segment[from] ?? 0;
      if (slot === 0) continue;
      const low = before[from] ?? 0;
      let at = placeOf(slot, low) & mask;
      while (grown[at] !== 0) at = at + 1 & mask;
      grown[at] = slot;
      lows[at] = low;
    }
    this.#segments[index] = grown;
    this.#lows[index] = lows;
    return grown;
  }
}

function tagOf(hash: number): number {
  return hash >>> LOW_BITS & 127;
}

/** The 23 bits of the hash that place a slot. */
function placeOf(slot: number, low: number): number {
  return slot >>> ID_BITS << LOW_BITS | low;
}

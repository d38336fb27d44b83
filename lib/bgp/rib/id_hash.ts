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
/** Where an id was removed and others may follow: a slot with a tag and no id. */
const GONE = ID_MASK + 1;

const KEYS = crypto.getRandomValues(new Uint32Array(3)).map((key) => key | 1);
const KEY_0 = KEYS[0] ?? 1, KEY_1 = KEYS[1] ?? 1, KEY_2 = KEYS[2] ?? 1;

/** Mixes a word into a hash. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(word ^ KEY_2, KEY_0);
  const next = Math.imul(hash ^ mixed ^ mixed >>> 15, KEY_1);
  return next ^ next >>> 16;
}

/** Ids by hash. */
export class IdHash {
  readonly #segments: Uint32Array[] = Array.from(
    { length: SEGMENTS },
    () => new Uint32Array(FIRST_SLOTS),
  );
  /** Ids of each segment, and slots that are not empty. */
  readonly #counts = new Uint32Array(SEGMENTS);
  readonly #filled = new Uint32Array(SEGMENTS);
  readonly #hashOf: (id: number) => number;
  /** Where the search that {@link IdHash.first} began stands. */
  #segment: Uint32Array = new Uint32Array(0);
  #at = 0;
  #tag = 0;

  /** `hashOf` computes the hash of what an id stands for again. */
  constructor(hashOf: (id: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The first id that may have this hash, or 0; {@link IdHash.next} goes on. */
  first(hash: number): number {
    this.#segment = this.#segments[hash >>> 24] ?? this.#segment;
    this.#at = slotOf(hash);
    this.#tag = hash & 127;
    return this.next();
  }

  /** The next id that may have the hash of the last {@link IdHash.first}, or 0. */
  next(): number {
    const segment = this.#segment;
    const mask = segment.length - 1;
    for (;;) {
      const slot = segment[this.#at++ & mask] ?? 0;
      if (slot === 0) return 0;
      if (slot >>> ID_BITS === this.#tag && slot !== GONE) return slot & ID_MASK;
    }
  }

  /** Adds an id, 1 to 2^25-1, that is not there. */
  add(hash: number, id: number): void {
    const index = hash >>> 24;
    const filled = this.#filled[index] ?? 0;
    let segment = this.#segments[index] ?? this.#segment;
    if ((filled + 1) * 8 > segment.length * 5) segment = this.#rebuild(index, segment);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#filled[index] = (this.#filled[index] ?? 0) + 1;
    place(segment, hash, ((hash & 127) << ID_BITS | id) >>> 0);
  }

  /** Removes an id that is there. */
  remove(hash: number, id: number): void {
    const index = hash >>> 24;
    const segment = this.#segments[index] ?? this.#segment;
    const mask = segment.length - 1;
    let at = slotOf(hash) & mask;
    while (((segment[at] ?? 0) & ID_MASK) !== id) at = at + 1 & mask;
    this.#counts[index] = (this.#counts[index] ?? 0) - 1;
    segment[at] = GONE;
    if (segment[at + 1 & mask] !== 0) return;
    // Nothing follows: this slot and those like it in front are empty again.
    for (; segment[at] === GONE; at = at - 1 & mask) {
      segment[at] = 0;
      this.#filled[index] = (this.#filled[index] ?? 0) - 1;
    }
  }

  /** The segment anew without what was removed, and twice as large unless that was much. */
  #rebuild(index: number, segment: Uint32Array): Uint32Array {
    const count = this.#counts[index] ?? 0;
    const isCrowded = count * 8 > segment.length * 3;
    const rebuilt = new Uint32Array(segment.length * (isCrowded ? 2 : 1));
    for (const slot of segment) {
      const id = slot & ID_MASK;
      if (id !== 0) place(rebuilt, this.#hashOf(id), slot);
    }
    this.#filled[index] = count;
    this.#segments[index] = rebuilt;
    return rebuilt;
  }
}

/** The eight bits above choose the segment, the seven beneath are the tag. */
function slotOf(hash: number): number {
  return hash >>> 7;
}

function place(segment: Uint32Array, hash: number, slot: number): void {
  const mask = segment.length - 1;
  let at = slotOf(hash) & mask;
  while (segment[at] !== 0) at = at + 1 & mask;
  segment[at] = slot;
}

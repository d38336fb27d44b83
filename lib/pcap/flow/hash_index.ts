/**
 * Where to find a record by its hash: open addressing with linear probing over words that hold a
 * record id and a part of its hash, so that a wrong record is hardly ever looked at.
 *
 * @module
 */
/** Bits of a slot that hold the id plus one; 0 is an empty slot. */
export const ID_MASK = 0x1fffff;
/** The other bits of a slot: those of the hash. */
export const TAG_MASK = ~ID_MASK;
/** Most records: the ids that a slot can hold. */
export const RECORDS_MAX = ID_MASK;
/** Slots that a search looks at, at most. At half load and by chance, 40 are not needed. */
export const PROBES_MAX = 128;

const SLOTS_MIN = 4096;
/** Slots that an index of so many records has: twice as many, to the next power of two. */
export function slotsFor(records: number): number {
  const most = Math.min(records, RECORDS_MAX + 1);
  return Math.max(SLOTS_MIN, 2 ** Math.ceil(Math.log2(2 * most)));
}

/** The index. {@link HashIndex.slots} and {@link HashIndex.mask} are for searches; growing replaces them. */
export class HashIndex {
  /** The slots; a power of two of them. */
  slots: Int32Array;
  /** Number of slots less one. */
  mask: number;
  readonly #hashOf: (id: number) => number;
  /** Room for the largest index; null: every size has memory of its own. */
  readonly #room: Int32Array | null;

  /**
   * An empty index over records whose hashes `hashOf` knows, of which it has to grow for more than
   * `expected`; in `room`, of {@link slotsFor} the most records, if there is one.
   */
  constructor(
    hashOf: (id: number) => number,
    room: Int32Array | null = null,
    expected = 0,
  ) {
    const slots = slotsFor(expected);
    this.#hashOf = hashOf;
    this.#room = room;
    this.slots = room?.subarray(0, slots) ?? new Int32Array(slots);
    this.mask = slots - 1;
  }

  /** Makes room so that at `count` records half of the slots are empty. */
  reserve(count: number): void {
    if (count * 2 <= this.slots.length) return;
    const old = this.#room === null ? this.slots : this.slots.slice();
    const oldMask = this.mask;
    this.slots = this.#room?.subarray(0, old.length * 2).fill(0) ?? new Int32Array(old.length * 2);
    this.mask = this.slots.length - 1;
    // In the order of the old slots, from behind an empty one: so none gets farther from its home.
    const start = old.indexOf(0);
    for (let step = 1; step <= old.length; step++) {
      const entry = old[(start + step) & oldMask] ?? 0;
      if (entry !== 0) this.#place(this.#hashOf((entry & ID_MASK) - 1), entry);
    }
  }

  /** True if a record of this hash can be put where searches find it. */
  hasRoom(hash: number): boolean {
    let at = hash & this.mask;
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      if (this.slots[at] === 0) return true;
      at = (at + 1) & this.mask;
    }
    return false;
  }

  /** The record in the first slot of this hash, -1 if it is empty. */
  occupant(hash: number): number {
    return ((this.slots[hash & this.mask] ?? 0) & ID_MASK) - 1;
  }

  /** Adds a record; {@link HashIndex.hasRoom} must have said yes. */
  insert(hash: number, id: number): void {
    this.#place(hash, (hash & TAG_MASK) | (id + 1));
  }

  /** Puts a record into the first slot of its hash in place of the one that is there. */
  replace(hash: number, id: number): void {
    this.slots[hash & this.mask] = (hash & TAG_MASK) | (id + 1);
  }

  /** Removes a record; those after it close the gap, so that no search ends too early. */
  remove(hash: number, id: number): void {
    const { slots, mask } = this;
    let gap = hash & mask;
    for (let probes = 0; ((slots[gap] ?? 0) & ID_MASK) !== id + 1; probes++) {
      if (probes === PROBES_MAX) return;
      gap = (gap + 1) & mask;
    }
    for (let at = (gap + 1) & mask;; at = (at + 1) & mask) {
      const entry = slots[at] ?? 0;
      if (entry === 0) break;
      const home = this.#hashOf((entry & ID_MASK) - 1) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = entry;
      gap = at;
    }
    slots[gap] = 0;
  }

  #place(hash: number, entry: number): void {
    let at = hash & this.mask;
    while (this.slots[at] !== 0) at = (at + 1) & this.mask;
    this.slots[at] = entry;
  }
}

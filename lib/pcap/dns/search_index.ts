/**
 * An index that is asked for one record after the other, until it is the right one.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { HashIndex, ID_MASK, PROBES_MAX, slotsFor, TAG_MASK } from "../flow/hash_index.ts";

/** Finds records by hash. One search goes on at a time. */
export class SearchIndex extends HashIndex {
  #hash = 0;
  #at = 0;
  #probesLeft = 0;

  /** An empty index in `memory` of at most `most` records; it has to grow for more than `expected`. */
  constructor(
    hashOf: (id: number) => number,
    { most, expected = most }: { readonly most: number; readonly expected?: number },
    memory: ColumnMemory = separateMemory,
  ) {
    super(hashOf, memory.int32(slotsFor(most)), expected);
  }

  /** Forgets all records. */
  clear(): void {
    this.slots.fill(0);
  }

  /** The first record that may have the hash, -1 if there is none. */
  first(hash: number): number {
    this.#hash = hash;
    this.#at = hash & this.mask;
    this.#probesLeft = PROBES_MAX;
    return this.next();
  }

  /** The next record that may have the hash searched for, -1 after the last. */
  next(): number {
    const { slots, mask } = this;
    while (this.#probesLeft-- > 0) {
      const entry = slots[this.#at] ?? 0;
      if (entry === 0) return -1;
      this.#at = (this.#at + 1) & mask;
      if (((entry ^ this.#hash) & TAG_MASK) === 0) return (entry & ID_MASK) - 1;
    }
    return -1;
  }
}

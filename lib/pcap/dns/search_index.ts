/**
 * An index that is asked for one record after the other, until it is the right one.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { HashIndex, ID_MASK, PROBES_MAX, TAG_MASK } from "../flow/hash_index.ts";

/** Finds records by hash. One search goes on at a time. */
export class SearchIndex extends HashIndex {
  #hash = 0;
  #at = 0;
  #probesLeft = 0;

  /** An empty index with room for `expected` records before it has to grow, which costs a search each. */
  constructor(
    hashOf: (id: number) => number,
    expected: number,
    memory: ColumnMemory = separateMemory,
  ) {
    super(hashOf);
    if (2 * expected <= this.slots.length) return;
    this.slots = memory.int32(2 ** Math.ceil(Math.log2(2 * expected)));
    this.mask = this.slots.length - 1;
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

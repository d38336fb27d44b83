/**
 * Payload sizes that clients announce (RFC 6891 §6.2.3), counted.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";

/** Sizes that are told apart. */
const SIZES_MAX = 64;

/** Counts by size. */
export class EdnsSizes {
  /** How many sizes there are, then size and count of each, in order of appearance. */
  readonly #words: Uint32Array;

  /** No sizes; counts lie in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.#words = memory.uint32(1 + 2 * SIZES_MAX);
  }

  /** Address in the memory, for compiled code. */
  get address(): number {
    return this.#words.byteOffset;
  }

  /** Counts a size; past a bound, no new one. */
  add(octets: number): void {
    const words = this.#words;
    const sizes = words[0] ?? 0;
    let size = 0;
    while (size < sizes && words[1 + 2 * size] !== octets) size++;
    if (size === SIZES_MAX) return;
    if (size === sizes) {
      words[0] = sizes + 1;
      words[1 + 2 * size] = octets;
    }
    words[2 + 2 * size] = (words[2 + 2 * size] ?? 0) + 1;
  }

  /** The most frequent sizes, at most `limit`. */
  finish(limit: number): { readonly bytes: number; readonly count: number }[] {
    const words = this.#words;
    return Array.from(
      { length: words[0] ?? 0 },
      (_, size) => ({ bytes: words[1 + 2 * size] ?? 0, count: words[2 + 2 * size] ?? 0 }),
    ).sort((a, b) => b.count - a.count).slice(0, limit);
  }
}

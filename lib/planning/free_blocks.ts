/**
 * Free address space as a buddy allocator sees it.
 *
 * @module
 */
import { addressBits } from "../ip/address.ts";
import { type Prefix, prefixOf } from "../ip/prefix.ts";
import { addressAt } from "./host_range.ts";

/**
 * Free prefixes, none the other half of another.
 *
 * A block is cut from the smallest one that is large enough, at its lowest address: what is large
 * stays whole, and what is taken lies together, so both are summarized in few prefixes. Taken from
 * large to small, all fit if their sizes fit into the free blocks at all.
 */
export class FreeBlocks {
  /** By length; the next to take is the last. */
  readonly #byLength = new Map<number, Prefix[]>();

  /** `free` in the order in which blocks of equal size are taken. */
  constructor(free: readonly Prefix[]) {
    for (const prefix of free.toReversed()) this.#put(prefix);
  }

  /** Takes a prefix of this length, or returns null if no block has room for it. */
  take(length: number): Prefix | null {
    for (let from = length; from >= 0; from--) {
      const block = this.#byLength.get(from)?.pop();
      if (block === undefined) continue;
      // No block of these lengths is left, else it had been the smallest.
      for (let half = from + 1; half <= length; half++) this.#put(upperHalf(block, half));
      return { ...block, length };
    }
    return null;
  }

  /** The length of the largest block, or null if none is left. */
  largest(): number | null {
    const lengths = [...this.#byLength].filter(([, blocks]) => blocks.length > 0);
    return lengths.length === 0 ? null : Math.min(...lengths.map(([length]) => length));
  }

  #put(block: Prefix): void {
    const blocks = this.#byLength.get(block.length);
    if (blocks === undefined) this.#byLength.set(block.length, [block]);
    else blocks.push(block);
  }
}

/** The second prefix of this length in `block`, its neighbor's other half. */
function upperHalf({ family, value }: Prefix, length: number): Prefix {
  return { family, value: value | 1n << BigInt(addressBits(family) - length), length };
}

/** The other half of the prefix that is one bit shorter; of the whole space, itself. */
export function buddyOf(prefix: Prefix): Prefix {
  const { family, value, length } = prefix;
  if (length === 0) return prefix;
  return prefixOf(addressAt(family, value ^ 1n << BigInt(addressBits(family) - length)), length);
}

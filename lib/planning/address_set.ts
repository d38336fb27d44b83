/**
 * Addresses of one family that are in use, asked about a prefix at a time.
 *
 * @module
 */
import { containsPrefix, lastAddress, overlaps, type Prefix } from "../ip/prefix.ts";
import { prefixesOfRange, summarize } from "./summarize.ts";

/** A set of addresses: disjoint prefixes of one family in the order of addresses. */
export class AddressSet {
  readonly #prefixes: Prefix[];

  /** `prefixes` may overlap. */
  constructor(prefixes: readonly Prefix[]) {
    this.#prefixes = summarize(prefixes);
  }

  /** True if no address of `prefix` is in the set. */
  isFree(prefix: Prefix): boolean {
    return this.overlapping(prefix) === null;
  }

  /** A member that overlaps `prefix`, or null. */
  overlapping(prefix: Prefix): Prefix | null {
    const at = this.#firstAfter(prefix.value);
    return [this.#prefixes[at - 1], this.#prefixes[at]].find((member) =>
      member !== undefined && overlaps(member, prefix)
    ) ?? null;
  }

  /** True if every address of `prefix` is in the set, as one member or within one. */
  covers(prefix: Prefix): boolean {
    const before = this.#prefixes[this.#firstAfter(prefix.value) - 1];
    return before !== undefined && containsPrefix(before, prefix);
  }

  /** Adds a prefix that is free. */
  add(prefix: Prefix): void {
    this.#prefixes.splice(this.#firstAfter(prefix.value), 0, prefix);
  }

  /** What of `parent` is not in the set: the fewest prefixes, by address. */
  *freeIn(parent: Prefix): Generator<Prefix> {
    const { family } = parent;
    let next = parent.value;
    const end = lastAddress(parent).value;
    for (const member of this.#prefixes) {
      const last = lastAddress(member).value;
      if (last < next) continue;
      if (member.value > end) break;
      if (member.value > next) yield* prefixesOfRange(family, next, member.value - 1n);
      next = last + 1n;
    }
    if (next <= end) yield* prefixesOfRange(family, next, end);
  }

  /** Index of the first member that begins behind `value`. */
  #firstAfter(value: bigint): number {
    let low = 0, high = this.#prefixes.length;
    while (low < high) {
      const middle = low + high >>> 1;
      const member = this.#prefixes[middle];
      if (member !== undefined && member.value <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Which prefixes of a list have addresses in common.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import { PrefixTable } from "./prefix_table.ts";

/** Two prefixes with addresses in common; one of two such prefixes always contains the other. */
export interface Overlap {
  /** Index of the one that was given first. */
  readonly a: number;
  readonly b: number;
  /** What `a` is to `b`. */
  readonly relationship: "equal" | "contains" | "contained_by";
}

/** What {@link findOverlaps} found. */
export interface Overlaps {
  /** All pairs, or the first of them in the order of addresses. */
  readonly pairs: readonly Overlap[];
  /** How many pairs there are. */
  readonly count: number;
  /** How many of them are equal. */
  readonly equalCount: number;
}

/**
 * Finds every pair of prefixes that overlap, in the time that sorting takes; pairs beyond
 * `maxPairs` are counted only.
 */
export function findOverlaps(prefixes: readonly Prefix[], maxPairs: number): Overlaps {
  const table = new PrefixTable(prefixes);
  const pairs: Overlap[] = [];
  // Indexes of the prefixes that hold the current one, the longest last, which is `nearest`.
  const around: number[] = [];
  let nearest = -1;
  // How many at the end of `around` are equal to each other.
  let alike = 0;
  let count = 0, equalCount = 0;
  for (const index of table.order()) {
    while (nearest !== -1 && !table.holds(nearest, index)) {
      around.pop();
      nearest = around.at(-1) ?? -1;
    }
    if (nearest === -1 || !table.areAlike(nearest, index)) alike = 0;
    count += around.length;
    equalCount += alike;
    for (let at = around.length - 1; at >= 0 && pairs.length < maxPairs; at--) {
      pairs.push(pairOf(around[at] ?? 0, index, around.length - at <= alike));
    }
    around.push(index);
    nearest = index;
    alike++;
  }
  return { pairs, count, equalCount };
}

function pairOf(outer: number, inner: number, isEqual: boolean): Overlap {
  return outer < inner
    ? { a: outer, b: inner, relationship: isEqual ? "equal" : "contains" }
    : { a: inner, b: outer, relationship: isEqual ? "equal" : "contained_by" };
}

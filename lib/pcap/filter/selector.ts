/**
 * Selectors: what fills a mask over rows, and how several make one.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";

/**
 * Selects among the rows whose `mask` is 1: leaves 1 where the condition holds, else 0. Answers how
 * many it left.
 */
export type Selector = (mask: Uint8Array, count: number) => number;

/** Selects rows that satisfy all. */
export function allOf(selectors: readonly Selector[]): Selector {
  return (mask, count) => {
    let left = 0;
    for (const select of selectors) {
      left = select(mask, count);
      if (left === 0) break;
    }
    return left;
  };
}

/** Selects rows that satisfy one at least. */
export function anyOf(selectors: readonly Selector[]): Selector {
  const open = new Uint8Array(BATCH_PACKETS);
  const trial = new Uint8Array(BATCH_PACKETS);
  const found = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    open.set(mask);
    found.fill(0);
    let sum = 0;
    for (const select of selectors) {
      trial.set(open);
      sum += select(trial, count);
      let left = 0;
      for (let row = 0; row < count; row++) {
        const holds = trial[row] ?? 0;
        found[row] = (found[row] ?? 0) | holds;
        const isOpen = (open[row] ?? 0) & ~holds;
        open[row] = isOpen;
        left += isOpen;
      }
      if (left === 0) break;
    }
    mask.set(found);
    return sum;
  };
}

/** Selects rows that satisfy one but not both. */
export function either(first: Selector, second: Selector): Selector {
  const other = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    other.set(mask);
    first(mask, count);
    second(other, count);
    let left = 0;
    for (let row = 0; row < count; row++) {
      const holds = (mask[row] ?? 0) ^ (other[row] ?? 0);
      mask[row] = holds;
      left += holds;
    }
    return left;
  };
}

/** Selects rows that do not satisfy it. */
export function negated(select: Selector): Selector {
  const other = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    other.set(mask);
    select(other, count);
    let left = 0;
    for (let row = 0; row < count; row++) {
      const holds = (mask[row] ?? 0) & ~(other[row] ?? 0);
      mask[row] = holds;
      left += holds;
    }
    return left;
  };
}

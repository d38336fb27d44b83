/**
 * Selectors: what fills a mask over rows, and how several make one.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";

/** Selects among the rows whose `mask` is 1: leaves 1 where the condition holds, else 0. */
export type Selector = (mask: Uint8Array, count: number) => void;

/** Selects rows that satisfy all. */
export function allOf(selectors: readonly Selector[]): Selector {
  return (mask, count) => {
    for (const select of selectors) {
      select(mask, count);
      if (isEmpty(mask, count)) return;
    }
  };
}

/** Selects rows that satisfy one at least. */
export function anyOf(selectors: readonly Selector[]): Selector {
  const left = new Uint8Array(BATCH_PACKETS);
  const trial = new Uint8Array(BATCH_PACKETS);
  const found = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    left.set(mask);
    found.fill(0);
    for (const select of selectors) {
      trial.set(left);
      select(trial, count);
      for (let row = 0; row < count; row++) {
        const holds = trial[row] ?? 0;
        found[row] = (found[row] ?? 0) | holds;
        left[row] = (left[row] ?? 0) & ~holds;
      }
      if (isEmpty(left, count)) break;
    }
    mask.set(found);
  };
}

/** Selects rows that satisfy one but not both. */
export function either(left: Selector, right: Selector): Selector {
  const other = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    other.set(mask);
    left(mask, count);
    right(other, count);
    for (let row = 0; row < count; row++) mask[row] = (mask[row] ?? 0) ^ (other[row] ?? 0);
  };
}

/** Selects rows that do not satisfy it. */
export function negated(select: Selector): Selector {
  const holds = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    holds.set(mask);
    select(holds, count);
    for (let row = 0; row < count; row++) mask[row] = (mask[row] ?? 0) & ~(holds[row] ?? 0);
  };
}

/** Rows whose mask is 1. */
export function selectedRows(mask: Uint8Array, count: number): number {
  let sum = 0;
  for (let row = 0; row < count; row++) sum += mask[row] ?? 0;
  return sum;
}

function isEmpty(mask: Uint8Array, count: number): boolean {
  const first = mask.indexOf(1);
  return first < 0 || first >= count;
}

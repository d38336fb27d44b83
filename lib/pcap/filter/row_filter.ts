/**
 * Conditions on columns as compiled code judges them, a batch at a time.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { PATHS_MAX } from "../dissect/path_table.ts";
import type { PassBatch } from "../pass.ts";
import type { NumberColumn, ValueColumn } from "./field.ts";
import type { NumberTest } from "./probe.ts";

/** Mark of a row of which the column does not tell. */
const UNTOLD = 2;

/** Least and greatest number of 32 bits. */
const LEAST = -(2 ** 31), GREATEST = 2 ** 31 - 1;

/** Addresses and numbers of one condition; see `kernel/assembly/row_filter.ts`. */
export type RowTest = [
  sources: number,
  column: number,
  other: number,
  isShort: boolean,
  shift: number,
  bits: number,
  least: number,
  low: number,
  high: number,
  isOutside: boolean,
  isEvery: boolean,
];

/** What {@link RowFilter} has compiled code do. */
export interface RowKernel {
  readonly arena: Arena;
  /** Works on `batch` from now on. */
  turnTo(batch: PassBatch): void;
  /** Told once where the mask lies. */
  bindMask(mask: number): void;
  /** True if a row may have several headers of a kind. */
  mayHaveSeveral(count: number): boolean;
  /** Leaves the rows that satisfy the test; how many, and above 16 bits how many it is not told of. */
  keepRows(count: number, ...test: RowTest): number;
}

/** A condition on the numbers of one or two columns. */
export interface RowCondition extends Pick<ValueColumn, "least" | "part"> {
  readonly a: Readonly<NumberColumn>;
  /** Null if the field has but one value. */
  readonly b: Readonly<NumberColumn> | null;
  readonly test: NumberTest;
  readonly every: boolean;
  /** Not 0 for every path that the header is on. */
  readonly sources: PathSources;
}

/** An octet by path; `learnt`: of how many paths it is known. */
export interface PathSources {
  readonly sources: Uint8Array;
  readonly learnt: number;
}

/** Judges the rows of one walk. */
export class RowFilter {
  readonly #kernel: RowKernel;
  readonly #mask: Uint8Array;
  /** What is known of paths, where compiled code can reach it. */
  readonly #copies = new Map<PathSources, { readonly table: Uint8Array; learnt: number }>();

  /**
   * Has `kernel` judge.
   * @throws {Unavailable} `env.memory`
   */
  constructor(kernel: RowKernel) {
    this.#kernel = kernel;
    this.#mask = kernel.arena.uint8(BATCH_PACKETS);
    kernel.bindMask(this.#mask.byteOffset);
  }

  /** Turns to the next batch of the walk. */
  turnTo(pass: PassBatch): void {
    this.#kernel.turnTo(pass);
  }

  /** True if one of the first rows may have several headers of a kind. */
  mayHaveSeveral(count: number): boolean {
    return this.#kernel.mayHaveSeveral(count);
  }

  /**
   * Selects among the rows whose `mask` is 1, as a `Selector` does, where columns tell of every header
   * of the batch. Of rows whose header is there, but not in the first column, `judge` says whether the
   * condition holds. Null if compiled code cannot judge: it takes words of 32 bits and, one at a time, of 16,
   * out of the batch itself.
   * @throws {Unavailable} `env.memory`
   */
  keep(
    mask: Uint8Array,
    count: number,
    { a, b, least, part, test, every, sources }: RowCondition,
    judge: (row: number) => boolean,
  ): number | null {
    const isShort = a instanceof Uint16Array;
    const isReachable = isShared(a) && (isShort ? b === null : a instanceof Int32Array) &&
      (b === null || (b instanceof Int32Array && isShared(b)));
    if (!isReachable) return null;
    const { shift, bits } = part ?? { shift: 0, bits: -1 };
    const { low, high, isOutside } = rangeOf(test);
    this.#mask.set(mask);
    const kept = this.#kernel.keepRows(
      count,
      this.#reach(sources),
      a.byteOffset,
      b?.byteOffset ?? 0,
      isShort,
      shift,
      bits,
      least,
      low,
      high,
      isOutside,
      every,
    );
    mask.set(this.#mask);
    let left = kept & 0xffff;
    let untold = kept >>> 16;
    for (let row = -1; untold > 0; untold--) {
      row = mask.indexOf(UNTOLD, row + 1);
      const holds = judge(row);
      mask[row] = holds ? 1 : 0;
      if (holds) left++;
    }
    return left;
  }

  /** Address of a copy of what is known of paths. */
  #reach(known: PathSources): number {
    let copy = this.#copies.get(known);
    if (copy === undefined) {
      copy = { table: this.#kernel.arena.uint8(PATHS_MAX), learnt: 0 };
      this.#copies.set(known, copy);
    }
    if (copy.learnt !== known.learnt) {
      copy.table.set(known.sources);
      copy.learnt = known.learnt;
    }
    return copy.table.byteOffset;
  }
}

/** True for columns of a slot: what a filter derives lies in memory of its own. */
function isShared(column: Readonly<NumberColumn>): boolean {
  return column.buffer instanceof SharedArrayBuffer;
}

/** The numbers of 32 bits that satisfy a test: those from `low` to `high`, or all others. */
export function rangeOf({ operator, limit }: NumberTest): {
  readonly low: number;
  readonly high: number;
  readonly isOutside: boolean;
} {
  let low = LEAST, high = GREATEST;
  if (operator === "==" || operator === "!=") [low, high] = [Math.ceil(limit), Math.floor(limit)];
  else if (operator === "<") high = Math.ceil(limit) - 1;
  else if (operator === "<=") high = Math.floor(limit);
  else if (operator === ">") low = Math.floor(limit) + 1;
  else low = Math.ceil(limit);
  const isOutside = operator === "!=";
  low = Math.max(low, LEAST);
  high = Math.min(high, GREATEST);
  // Also of no number: nothing lies outside of all.
  return low <= high
    ? { low, high, isOutside }
    : { low: LEAST, high: GREATEST, isOutside: !isOutside };
}

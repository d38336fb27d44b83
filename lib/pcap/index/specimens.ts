/**
 * Judging a condition once per value that packets have in common, instead of once per packet: for
 * every value a specimen is made, a frame that has it, and the filter looks at that.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import { compileExpression, Evaluation } from "../filter/compile.ts";
import type { DerivedColumns } from "../filter/derived_columns.ts";
import type { Expression } from "../filter/expression.ts";
import { MadeFrames } from "./made_frames.ts";

/** Values that packets have in common, numbered by codes from 0. */
export interface Dictionary {
  /** Codes are less than this. */
  readonly size: number;
  /** Makes `batch` one of frames that have the values of `count` codes, the first of them `from`. */
  fill(batch: MadeFrames, derived: DerivedColumns, from: number, count: number): void;
}

/** By code: 1 if `expression` holds for packets with that value. */
export function judge(expression: Expression, dictionary: Dictionary): Uint8Array {
  const evaluation = new Evaluation(new Set());
  const select = compileExpression(expression, evaluation);
  const batch = new MadeFrames();
  const mask = new Uint8Array(BATCH_PACKETS);
  const verdicts = new Uint8Array(dictionary.size);
  for (let from = 0; from < dictionary.size; from += BATCH_PACKETS) {
    const count = Math.min(BATCH_PACKETS, dictionary.size - from);
    dictionary.fill(batch, evaluation.derived, from, count);
    evaluation.turnTo(batch);
    mask.fill(1, 0, count);
    mask.fill(0, count);
    select(mask, count);
    verdicts.set(mask.subarray(0, count), from);
  }
  return verdicts;
}

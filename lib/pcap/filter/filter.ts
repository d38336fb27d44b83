/**
 * A filter at work on a capture: selects packets batch by batch and counts what each clause left.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { WalkNeeds } from "../engine/question.ts";
import type { PassBatch } from "../pass.ts";
import { compileExpression, Evaluation, fieldsOf } from "./compile.ts";
import type { Expression } from "./expression.ts";
import type { FieldNeed } from "./field.ts";
import { renderExpression } from "./render.ts";
import { selectedRows, type Selector } from "./selector.ts";

/** A clause of a filter, that is a term of its outermost `and`, and the packets that came through. */
export interface ClauseCount {
  readonly text: string;
  /** Packets that satisfied this clause and all before it. */
  readonly survived: number;
}

/** One filter over one capture, from its first packet to its last. */
export class Filter {
  /** The filter as a display filter. */
  readonly text: string;
  /** What the walk has to fill. */
  readonly needs: WalkNeeds;
  readonly #evaluation: Evaluation;
  readonly #clauses: { readonly text: string; readonly select: Selector; survived: number }[];
  readonly #mask = new Uint8Array(BATCH_PACKETS);

  /** Compiles a checked expression. */
  constructor(expression: Expression) {
    const needs = new Set<FieldNeed>(fieldsOf(expression).flatMap((field) => field.needs));
    this.text = renderExpression(expression);
    this.needs = {
      flows: needs.has("flows"),
      options: needs.has("options"),
      tcpFlags: needs.has("tcp_analysis"),
    };
    this.#evaluation = new Evaluation(needs);
    const terms = expression.kind === "and" ? expression.terms : [expression];
    this.#clauses = terms.map((term) => ({
      text: renderExpression(term),
      select: compileExpression(term, this.#evaluation),
      survived: 0,
    }));
  }

  /** How many packets each clause left, in the order of evaluation. */
  get clauses(): readonly ClauseCount[] {
    return this.#clauses.map(({ text, survived }) => ({ text, survived }));
  }

  /**
   * The packets of the next batch that match: 1 per row, valid until the next call. Every batch of
   * the capture must come, in order.
   * @throws {InputError} `input.filter_cost`
   */
  select(pass: PassBatch): Uint8Array {
    const { count } = pass.packets;
    const mask = this.#mask;
    mask.fill(1, 0, count);
    mask.fill(0, count);
    this.#evaluation.begin(pass);
    for (const clause of this.#clauses) {
      clause.select(mask, count);
      const left = selectedRows(mask, count);
      clause.survived += left;
      if (left === 0) break;
    }
    return mask;
  }
}

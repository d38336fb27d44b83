/**
 * A filter at work on a capture: selects packets batch by batch and counts what each clause left.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { WalkNeeds } from "../engine/question.ts";
import type { PassBatch } from "../pass.ts";
import { ClauseChain, type ClauseCount } from "./clause_chain.ts";
import { compileExpression, Evaluation, fieldsOf } from "./compile.ts";
import type { Expression } from "./expression.ts";
import type { FieldNeed } from "./field.ts";
import { renderExpression } from "./render.ts";

/** One filter over one capture, from its first packet to its last. */
export class Filter {
  /** The filter as a display filter. */
  readonly text: string;
  /** What the walk has to fill. */
  readonly needs: WalkNeeds;
  readonly #evaluation: Evaluation;
  readonly #clauses: ClauseChain;
  readonly #mask = new Uint8Array(BATCH_PACKETS);
  #selected = 0;

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
    this.#clauses = new ClauseChain(
      expression,
      (clause) => compileExpression(clause, this.#evaluation),
    );
  }

  /** How many packets each clause left, in the order of evaluation. */
  get clauses(): readonly ClauseCount[] {
    return this.#clauses.counts;
  }

  /** How many packets of the last batch match. */
  get selected(): number {
    return this.#selected;
  }

  /**
   * The packets of the next batch that match: 1 per row, valid until the next call. Every batch of
   * the capture must come, in order. Rows from `rows` on are left out.
   * @throws {InputError} `input.filter_cost`
   * @throws {Unavailable} `env.memory`
   */
  select(pass: PassBatch, rows: number = pass.packets.count): Uint8Array {
    const mask = this.#mask;
    mask.fill(1, 0, rows);
    mask.fill(0, rows);
    this.#evaluation.begin(pass);
    this.#selected = this.#clauses.select(mask, pass.packets.count);
    return mask;
  }
}

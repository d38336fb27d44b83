/**
 * The clauses of a filter, that is the terms of its outermost `and`, and what each of them leaves.
 *
 * @module
 */
import type { Expression } from "./expression.ts";
import { renderExpression } from "./render.ts";
import type { Selector } from "./selector.ts";

/** A clause of a filter and the packets that came through. */
export interface ClauseCount {
  readonly text: string;
  /** Packets that satisfied this clause and all before it. */
  readonly survived: number;
}

/** Clauses, applied one after the other. */
export class ClauseChain {
  readonly #clauses: { readonly text: string; readonly select: Selector; survived: number }[];

  /** The clauses of `expression`, each compiled by `compile`. */
  constructor(expression: Expression, compile: (clause: Expression) => Selector) {
    const terms = expression.kind === "and" ? expression.terms : [expression];
    this.#clauses = terms.map((term) => ({
      text: renderExpression(term),
      select: compile(term),
      survived: 0,
    }));
  }

  /** How many packets each clause left so far, in the order of evaluation. */
  get counts(): readonly ClauseCount[] {
    return this.#clauses.map(({ text, survived }) => ({ text, survived }));
  }

  /** Leaves 1 in `mask` where all clauses hold; in how many rows. */
  select(mask: Uint8Array, count: number): number {
    let left = 0;
    for (const clause of this.#clauses) {
      left = clause.select(mask, count);
      clause.survived += left;
      if (left === 0) break;
    }
    return left;
  }
}

/**
 * Turns a checked filter into something that selects packets of a batch: every condition fills a
 * mask over the packets that the conditions before it left.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { PassBatch } from "../pass.ts";
import { compareWith, type Probe, probeOf, SOME_TRUE } from "./probe.ts";
import { DerivedColumns } from "./derived_columns.ts";
import type { Expression, Operand } from "./expression.ts";
import type { FieldNeed } from "./field.ts";
import { HeaderView } from "./header_view.ts";
import { ABSENT, PacketHeaders, TRACED } from "./packet_headers.ts";
import { relationOf } from "./relation.ts";

/** Selects among the rows whose `mask` is 1: leaves 1 where the condition holds, else 0. */
export type Selector = (mask: Uint8Array, count: number) => void;

/** What the selectors of one filter share. */
export class Evaluation {
  readonly derived: DerivedColumns;
  readonly headers: PacketHeaders = new PacketHeaders();
  readonly header: HeaderView;

  /** For a filter whose fields have these needs. */
  constructor(needs: ReadonlySet<FieldNeed>) {
    this.derived = new DerivedColumns(needs);
    this.header = new HeaderView(this.derived);
  }

  /** Turns to the next batch of the capture. */
  begin(pass: PassBatch): void {
    this.derived.addBatch(pass);
    this.headers.begin(pass);
    this.header.begin(pass);
  }
}

/** The selector of an expression. */
export function compileExpression(expression: Expression, cx: Evaluation): Selector {
  switch (expression.kind) {
    case "and":
      return allOf(expression.terms.map((term) => compileExpression(term, cx)));
    case "or":
      return anyOf(expression.terms.map((term) => compileExpression(term, cx)));
    case "xor":
      return either(
        compileExpression(expression.left, cx),
        compileExpression(expression.right, cx),
      );
    case "not":
      return negated(compileExpression(expression.term, cx));
    case "present":
      return present(expression.operand, cx);
    case "relate":
      return byRow(relationOf(expression, cx));
    case "compare":
      return probing(
        expression.operand,
        compareWith(expression.operand, expression.operator, expression.value),
        expression.every,
        cx,
      );
    case "in":
    case "contains":
    case "matches":
      return probing(expression.operand, probeOf(expression), false, cx);
  }
}

/** Fields of an expression, each as often as it is named. */
export function fieldsOf(expression: Expression): Operand["field"][] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.flatMap(fieldsOf);
    case "xor":
      return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
    case "not":
      return fieldsOf(expression.term);
    case "relate":
      return [expression.left.field, expression.right.field];
    default:
      return [expression.operand.field];
  }
}

function allOf(selectors: readonly Selector[]): Selector {
  return (mask, count) => {
    for (const select of selectors) {
      select(mask, count);
      if (isEmpty(mask, count)) return;
    }
  };
}

function anyOf(selectors: readonly Selector[]): Selector {
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

function either(left: Selector, right: Selector): Selector {
  const other = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    other.set(mask);
    left(mask, count);
    right(other, count);
    for (let row = 0; row < count; row++) mask[row] = (mask[row] ?? 0) ^ (other[row] ?? 0);
  };
}

function negated(select: Selector): Selector {
  const holds = new Uint8Array(BATCH_PACKETS);
  return (mask, count) => {
    holds.set(mask);
    select(holds, count);
    for (let row = 0; row < count; row++) mask[row] = (mask[row] ?? 0) & ~(holds[row] ?? 0);
  };
}

function isEmpty(mask: Uint8Array, count: number): boolean {
  for (let row = 0; row < count; row++) if (mask[row] === 1) return false;
  return true;
}

function byRow(holds: (row: number) => boolean): Selector {
  return (mask, count) => {
    for (let row = 0; row < count; row++) if (mask[row] === 1) mask[row] = holds(row) ? 1 : 0;
  };
}

function probing(operand: Operand, probe: Probe, every: boolean, cx: Evaluation): Selector {
  const set = cx.headers.setOf(operand.field.layers);
  const { header } = cx;
  return (mask, count) => {
    set.located();
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      const bits = set.gather(row, header, probe);
      mask[row] = every ? (bits === SOME_TRUE ? 1 : 0) : bits & SOME_TRUE;
    }
  };
}

/** A protocol is there if its header is; a field if one of its values can be read. */
function present(operand: Operand, cx: Evaluation): Selector {
  const isProtocol = operand.field.type === "protocol" && operand.slice === null &&
    operand.mask === null;
  if (!isProtocol) return probing(operand, probeOf({ kind: "present", operand }), false, cx);
  const set = cx.headers.setOf(operand.field.layers);
  return (mask, count) => {
    const positions = set.located();
    for (let row = 0; row < count; row++) {
      const at = positions[row] ?? ABSENT;
      if (mask[row] !== 1 || at >= 0) continue;
      mask[row] = at === TRACED ? set.gather(row, cx.header, () => SOME_TRUE) : 0;
    }
  };
}

/**
 * Turns a checked filter into something that selects packets of a batch: every condition fills a
 * mask over the packets that the conditions before it left.
 *
 * @module
 */
import { AnalysisKernel } from "../kernel/analysis_kernel.ts";
import type { PassBatch } from "../pass.ts";
import { compareWith, numberTestOf, type Probe, probeOf, SOME_TRUE } from "./probe.ts";
import { selectByColumns } from "./column_selector.ts";
import { DerivedColumns } from "./derived_columns.ts";
import type { Expression, Operand } from "./expression.ts";
import type { FieldNeed } from "./field.ts";
import { HeaderView } from "./header_view.ts";
import { ABSENT, PacketHeaders, TRACED } from "./packet_headers.ts";
import { relationOf } from "./relation.ts";
import { type RowCondition, RowFilter } from "./row_filter.ts";
import { allOf, anyOf, either, negated, type Selector } from "./selector.ts";

/** What the selectors of one filter share. */
export class Evaluation {
  readonly derived: DerivedColumns;
  readonly headers: PacketHeaders = new PacketHeaders();
  readonly header: HeaderView;
  #rows: RowFilter | null = null;

  /** For a filter whose fields have these needs. */
  constructor(needs: ReadonlySet<FieldNeed>) {
    this.derived = new DerivedColumns(needs);
    this.header = new HeaderView(this.derived);
  }

  /** What has compiled code judge the rows of the batch; null where it cannot reach their columns. */
  get rows(): RowFilter | null {
    return this.#rows;
  }

  /**
   * Turns to the next batch of the capture.
   * @throws {Unavailable} `env.memory`
   */
  begin(pass: PassBatch): void {
    this.derived.addBatch(pass);
    this.turnTo(pass);
  }

  /**
   * Turns to a batch whose derived columns are filled.
   * @throws {Unavailable} `env.memory`
   */
  turnTo(pass: PassBatch): void {
    const { arena = null } = pass;
    if (arena === null) this.#rows = null;
    else {
      this.#rows ??= new RowFilter(new AnalysisKernel(arena));
      this.#rows.turnTo(pass);
    }
    this.headers.begin(pass, this.#rows);
    this.header.begin(pass);
  }
}

/** The selector of an expression. */
export function compileExpression(expression: Expression, cx: Evaluation): Selector {
  return combine(expression, (part) => compileCondition(part, cx));
}

/**
 * The selector of an expression of which `compile` makes what it can, the outermost parts first;
 * where it gives null, the parts of that part are joined.
 * @throws {TypeError} it gives null for a condition that has no parts
 */
export function combine(
  expression: Expression,
  compile: (part: Expression) => Selector | null,
): Selector {
  const whole = compile(expression);
  if (whole !== null) return whole;
  switch (expression.kind) {
    case "and":
      return allOf(expression.terms.map((term) => combine(term, compile)));
    case "or":
      return anyOf(expression.terms.map((term) => combine(term, compile)));
    case "xor":
      return either(combine(expression.left, compile), combine(expression.right, compile));
    case "not":
      return negated(combine(expression.term, compile));
    default:
      throw new TypeError(`A condition of kind "${expression.kind}" was left out`);
  }
}

function compileCondition(condition: Expression, cx: Evaluation): Selector | null {
  switch (condition.kind) {
    case "present":
      return present(condition.operand, cx);
    case "relate":
      return relating(relationOf(condition, cx));
    case "compare":
      return comparing(condition, cx);
    case "in":
    case "contains":
    case "matches":
      return probing(condition.operand, probeOf(condition), false, cx);
    default:
      return null;
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

/** Selects rows for which `judge` says 1. */
function byRow(judge: (row: number) => number): Selector {
  return (mask, count) => {
    let left = 0;
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      const holds = judge(row);
      mask[row] = holds;
      left += holds;
    }
    return left;
  };
}

function relating(relates: (row: number) => boolean): Selector {
  return byRow((row) => relates(row) ? 1 : 0);
}

function comparing(
  condition: Extract<Expression, { kind: "compare" }>,
  cx: Evaluation,
): Selector {
  const { operand, operator, value, every } = condition;
  const probe = compareWith(operand, operator, value);
  const test = numberTestOf(condition);
  const { columns, layers } = operand.field;
  if (test === null || columns === undefined) return probing(operand, probe, every, cx);
  return selectByColumns({ columns, set: cx.headers.setOf(layers), test, probe, every }, cx);
}

function probing(operand: Operand, probe: Probe, every: boolean, cx: Evaluation): Selector {
  const set = cx.headers.setOf(operand.field.layers);
  const { header } = cx;
  return byRow((row) => {
    const bits = set.gather(row, header, probe);
    return every ? (bits === SOME_TRUE ? 1 : 0) : bits & SOME_TRUE;
  });
}

/** The column of a header's offset tells where it stands; else the packet must be looked at. */
const HEADER_THERE: Omit<RowCondition, "a" | "sources"> = {
  b: null,
  least: 0,
  part: null,
  test: { operator: ">=", limit: 0 },
  every: false,
};

/** A protocol is there if its header is; a field if one of its values can be read. */
function present(operand: Operand, cx: Evaluation): Selector {
  const isProtocol = operand.field.type === "protocol" && operand.slice === null &&
    operand.mask === null;
  if (!isProtocol) return probing(operand, probeOf({ kind: "present", operand }), false, cx);
  const set = cx.headers.setOf(operand.field.layers);
  const byHeader = (row: number): boolean => set.gather(row, cx.header, () => SOME_TRUE) !== 0;
  const each = byRow((row) => {
    const at = set.located()[row] ?? ABSENT;
    if (at === TRACED) return byHeader(row) ? 1 : 0;
    return at === ABSENT ? 0 : 1;
  });
  return (mask, count) => {
    const { column } = set;
    if (cx.rows === null || column === null || !set.isPlain()) return each(mask, count);
    return cx.rows.keep(mask, count, { ...HEADER_THERE, a: column, sources: set }, byHeader) ??
      each(mask, count);
  };
}

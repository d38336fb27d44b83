/**
 * Selects by numbers that stand in columns, without looking at headers where there is only one.
 *
 * @module
 */
import type { Evaluation } from "./compile.ts";
import type { NumberColumn, ValueColumn } from "./field.ts";
import { ROOT_PATH } from "../dissect/path_table.ts";
import { ABSENT, type HeaderSet, Source, TRACED } from "./packet_headers.ts";
import { holdsFor, type NumberTest, type Probe, SOME_TRUE } from "./probe.ts";
import type { Selector } from "./selector.ts";

/** A condition on a field that stands in one or two columns. */
export interface ColumnCondition {
  readonly columns: readonly ValueColumn[];
  /** The headers that the field stands in. */
  readonly set: HeaderSet;
  readonly test: NumberTest;
  /** The same condition for rows that the columns do not tell of. */
  readonly probe: Probe;
  /** All values must satisfy it, not one. */
  readonly every: boolean;
}

/** The selector of a condition on columns. */
export function selectByColumns(condition: ColumnCondition, cx: Evaluation): Selector {
  const { columns, set, test, probe, every } = condition;
  const [first, second] = columns;
  if (first === undefined) throw new TypeError("A condition on columns needs one");
  if (set.isFrame) return selectByFrame(first, test, cx);
  const byHeader = (row: number): boolean => {
    const bits = set.gather(row, cx.header, probe);
    return every ? bits === SOME_TRUE : (bits & SOME_TRUE) !== 0;
  };
  return (mask, count) => {
    const { pass } = cx.header;
    const a = first.of(pass, cx.derived);
    const b = second?.of(pass, cx.derived) ?? null;
    const isPlain = set.isPlain();
    if (cx.rows !== null && isPlain) {
      const { least, part } = first;
      const sources = set;
      const left = cx.rows.keep(mask, count, { a, b, least, part, test, every, sources }, byHeader);
      if (left !== null) return left;
    }
    const { path } = pass.dissected;
    return keepRows({ mask, count, first, test, every, set, byHeader, isPlain }, { a, b, path });
  };
}

/** What rows are judged by. */
interface RowJudge extends Pick<ColumnCondition, "set" | "test" | "every"> {
  readonly mask: Uint8Array;
  readonly count: number;
  readonly first: ValueColumn;
  readonly byHeader: (row: number) => boolean;
  /** Columns tell of every header. */
  readonly isPlain: boolean;
}

/** The columns of one batch; `b` is null if the field has but one value. */
interface RowColumns {
  readonly a: Readonly<NumberColumn>;
  readonly b: Readonly<NumberColumn> | null;
  readonly path: Uint16Array;
}

/** Without closures: of a capture with tunnels it sees every packet. */
function keepRows(
  { mask, count, first, test: { operator, limit }, every, set, byHeader, isPlain }: RowJudge,
  { a, b, path }: RowColumns,
): number {
  const { least } = first;
  const { shift, bits } = first.part ?? { shift: 0, bits: 0 };
  const isPart = first.part !== null;
  const positions = isPlain ? null : set.located();
  const { sources } = set;
  let left = 0;
  for (let row = 0; row < count; row++) {
    if (mask[row] !== 1) continue;
    const value = a[row] ?? 0;
    let holds = isPart
      ? holdsFor((value >> shift) & bits, operator, limit)
      : holdsFor(value, operator, limit);
    if (b !== null && holds === every) holds = holdsFor(b[row] ?? 0, operator, limit);
    if (positions === null && value >= least) {
      // A column that tells of a value tells that its header is there, if it is that protocol's.
      if (sources[path[row] ?? ROOT_PATH] === Source.none) holds = false;
    } else {
      const at = positions === null ? set.locatedIn(row) : positions[row] ?? ABSENT;
      if (at === ABSENT) holds = false;
      else if (at === TRACED || value < least) holds = byHeader(row);
    }
    mask[row] = holds ? 1 : 0;
    if (holds) left++;
  }
  return left;
}

/** Every packet has one frame, whose values are all in the column. */
function selectByFrame(
  column: ValueColumn,
  { operator, limit }: NumberTest,
  cx: Evaluation,
): Selector {
  return (mask, count) => {
    const values: Readonly<NumberColumn> = column.of(cx.header.pass, cx.derived);
    let left = 0;
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      const value = values[row] ?? NaN;
      const holds = !Number.isNaN(value) && holdsFor(value, operator, limit) ? 1 : 0;
      mask[row] = holds;
      left += holds;
    }
    return left;
  };
}

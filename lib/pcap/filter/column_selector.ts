/**
 * Selects by numbers that stand in columns, without looking at headers where there is only one.
 *
 * @module
 */
import type { Evaluation } from "./compile.ts";
import type { NumberColumn, ValueColumn } from "./field.ts";
import { ABSENT, type HeaderSet, TRACED } from "./packet_headers.ts";
import { type NumberTest, type Probe, SOME_TRUE } from "./probe.ts";
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
  const [first] = columns;
  if (first === undefined) throw new TypeError("A condition on columns needs one");
  const second = columns[1] ?? first;
  const byHeader = (row: number): number => {
    const bits = set.gather(row, cx.header, probe);
    return every ? (bits === SOME_TRUE ? 1 : 0) : bits & SOME_TRUE;
  };
  const { shift, bits } = first.part ?? { shift: 0, bits: 0 };
  const { least } = first;
  const isPart = first.part !== null;
  if (set.isFrame) return selectByFrame(first, test, cx);
  return (mask, count) => {
    const isPlain = set.isPlain();
    const positions = isPlain ? null : set.located();
    const a: Readonly<NumberColumn> = first.of(cx.header.pass, cx.derived);
    const b: Readonly<NumberColumn> = second.of(cx.header.pass, cx.derived);
    let left = 0;
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      const value = a[row] ?? NaN;
      let holds: boolean;
      if (isPart) holds = test((value >> shift) & bits);
      else if (a === b) holds = test(value);
      else if (every) holds = test(value) && test(b[row] ?? NaN);
      else holds = test(value) || test(b[row] ?? NaN);
      // Most do not hold: where the header of a plain row stands need not be known then.
      if (holds || positions !== null || value < least) {
        const at = positions === null ? set.locatedIn(row) : positions[row] ?? ABSENT;
        if (at === ABSENT) holds = false;
        else if (at === TRACED || value < least) holds = byHeader(row) === 1;
      }
      mask[row] = holds ? 1 : 0;
      if (holds) left++;
    }
    return left;
  };
}

/** Every packet has one frame, whose values are all in the column. */
function selectByFrame(column: ValueColumn, test: NumberTest, cx: Evaluation): Selector {
  return (mask, count) => {
    const values: Readonly<NumberColumn> = column.of(cx.header.pass, cx.derived);
    let left = 0;
    for (let row = 0; row < count; row++) {
      if (mask[row] !== 1) continue;
      const value = values[row] ?? NaN;
      const holds = !Number.isNaN(value) && test(value) ? 1 : 0;
      mask[row] = holds;
      left += holds;
    }
    return left;
  };
}

/**
 * Conditions between two fields of one packet, for example `ip.src == ip.dst`.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import type { Evaluation } from "./compile.ts";
import type { Expression, Operand } from "./expression.ts";
import type { HeaderView } from "./header_view.ts";
import { holds, order, readersOf } from "./probe.ts";

/** Values of a row: numbers, texts, and octets as hexadecimal, which keeps their order. */
type Values = (number | string)[];

/** Whether the relation holds in a row: between some values, or between all where `every` is set. */
export function relationOf(
  expression: Extract<Expression, { kind: "relate" }>,
  cx: Evaluation,
): (row: number) => boolean {
  const { operator, every } = expression;
  const left = valuesOf(expression.left, cx);
  const right = valuesOf(expression.right, cx);
  return (row) => {
    const a = left(row);
    const b = right(row);
    if (a.length === 0 || b.length === 0) return false;
    const related = (one: number | string) => (other: number | string) =>
      holds(operator, compare(one, other));
    return every ? a.every((one) => b.every(related(one))) : a.some((one) => b.some(related(one)));
  };
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : order(String(a), String(b));
}

function valuesOf(operand: Operand, cx: Evaluation): (row: number) => Values {
  const readers = readersOf(operand, false);
  const set = cx.headers.setOf(operand.field.layers);
  let values: Values = [];
  const collect = (h: HeaderView): number => {
    if (readers.kind === "number") {
      for (const read of readers.of) {
        const value = read(h);
        if (!Number.isNaN(value)) values.push(value);
      }
    } else if (readers.kind === "range") {
      for (const read of readers.of) {
        if (read(h)) values.push(hexText(h.bytes.subarray(h.from, h.to)));
      }
    } else {
      for (const read of readers.of) {
        const text = read(h);
        if (text !== null) values.push(text);
      }
    }
    return 0;
  };
  return (row) => {
    values = [];
    set.gather(row, cx.header, collect);
    return values;
  };
}

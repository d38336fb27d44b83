/**
 * One condition on one header: which of its values satisfy it.
 *
 * @module
 */
import { textOctets } from "./literal.ts";
import type { Expression, Literal, Member, Operand, Operator } from "./expression.ts";
import type { NumberReader, RangeReader, TextReader } from "./field.ts";
import type { HeaderView } from "./header_view.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

/** A value satisfied the condition, or did not; a header without a value has neither bit. */
export const SOME_TRUE = 1, SOME_FALSE = 2;

/** Judges the values of one header: {@link SOME_TRUE} and {@link SOME_FALSE}. */
export type Probe = (header: HeaderView) => number;

/** How an operand's values are read: as numbers, octets or texts, slice and mask applied. */
export type OperandReaders =
  | { readonly kind: "number"; readonly of: readonly NumberReader[] }
  | { readonly kind: "range"; readonly of: readonly RangeReader[] }
  | { readonly kind: "text"; readonly of: readonly TextReader[] };

/** The readers of an operand. `asNumber`: octets of a slice are read as one number, big-endian. */
export function readersOf(operand: Operand, asNumber: boolean): OperandReaders {
  const { field, mask } = operand;
  if (field.readers.kind === "text") return field.readers;
  if (field.readers.kind === "number") {
    if (mask === null) return field.readers;
    return { kind: "number", of: field.readers.of.map((read) => masked(read, mask)) };
  }
  const ranges = field.readers.of.map((read) => sliced(read, operand));
  if (!asNumber && mask === null) return { kind: "range", of: ranges };
  const numbers = ranges.map(numberOfRange);
  return {
    kind: "number",
    of: mask === null ? numbers : numbers.map((read) => masked(read, mask)),
  };
}

function masked(read: NumberReader, mask: number): NumberReader {
  return (h) => {
    const value = read(h);
    return Number.isNaN(value) ? NaN : (value & mask) >>> 0;
  };
}

function sliced(read: RangeReader, { slice }: Operand): RangeReader {
  if (slice === null) return read;
  const { start, length } = slice;
  return (h) => {
    if (!read(h)) return false;
    const from = start < 0 ? h.to + start : h.from + start;
    const to = length === null ? h.to : from + length;
    if (from < h.from || to > h.to || from >= to) return false;
    h.from = from;
    h.to = to;
    return true;
  };
}

function numberOfRange(read: RangeReader): NumberReader {
  return (h) => {
    if (!read(h)) return NaN;
    let value = 0;
    for (let at = h.from; at < h.to; at++) value = value * 256 + (h.bytes[at] ?? 0);
    return value;
  };
}

/** Judges by comparison with a literal. */
export function compareWith(operand: Operand, operator: Operator, value: Literal): Probe {
  return boundedProbe(operand, [{ operator, value }]);
}

/** One bound of a value. */
interface Bound {
  readonly operator: Operator;
  readonly value: Literal;
}

/** A probe for conditions that are no comparison. */
export function probeOf(
  expression: Extract<Expression, { kind: "present" | "in" | "contains" | "matches" }>,
): Probe {
  const { operand } = expression;
  switch (expression.kind) {
    case "present":
      return presenceProbe(operand);
    case "in":
      return setProbe(operand, expression.members);
    case "contains":
      return searchProbe(operand, (bytes, from, to) => occurs(expression.sought, bytes, from, to));
    case "matches": {
      const { pattern, fault } = compilePattern(expression.pattern);
      if (pattern === null) throw new TypeError(fault.message);
      return searchProbe(operand, (bytes, from, to) => matchesIn(pattern, bytes, from, to));
    }
  }
}

function matchesIn(pattern: Pattern, bytes: Uint8Array, from: number, to: number): boolean {
  return pattern.test(bytes, from, to);
}

function presenceProbe(operand: Operand): Probe {
  const readers = readersOf(operand, false);
  switch (readers.kind) {
    case "number": {
      const wantsBits = operand.mask !== null;
      return numberProbe(readers.of, (value) => !wantsBits || value !== 0);
    }
    case "range":
      return rangeProbe(readers.of, () => true);
    case "text":
      return textProbe(readers.of, () => true);
  }
}

function setProbe(operand: Operand, members: readonly Member[]): Probe {
  const probes = members.map(({ low, high }) =>
    high === null
      ? boundedProbe(operand, [{ operator: "==", value: low }])
      : boundedProbe(operand, [{ operator: ">=", value: low }, { operator: "<=", value: high }])
  );
  return (h) => {
    let bits = 0;
    for (const probe of probes) bits |= probe(h);
    return bits;
  };
}

/** Judges whether values are within all bounds. */
function boundedProbe(operand: Operand, bounds: readonly Bound[]): Probe {
  const [first] = bounds;
  const type = first?.value.type ?? "number";
  const readers = readersOf(operand, type === "number");
  if (readers.kind === "number") return boundedNumbers(readers.of, bounds);
  if (readers.kind === "range") {
    const tests = bounds.map(({ operator, value }) => octetTest(operator, value));
    return rangeProbe(readers.of, (h) => tests.every((test) => test(h)));
  }
  return textProbe(
    readers.of,
    (text) =>
      bounds.every(({ operator, value }) =>
        value.type === "text" && holds(operator, order(text, value.value))
      ),
  );
}

function boundedNumbers(of: readonly NumberReader[], bounds: readonly Bound[]): Probe {
  if (bounds.some(({ value }) => value.type === "time")) return boundedTimes(of, bounds);
  const limits = bounds.map(({ operator, value }) => ({
    operator,
    value: value.type === "number" ? value.value : NaN,
  }));
  const [only] = limits;
  if (limits.length === 1 && only !== undefined) {
    const { operator, value } = only;
    return numberProbe(of, (number) => holdsFor(number, operator, value));
  }
  return numberProbe(
    of,
    (value) => limits.every((limit) => holds(limit.operator, value - limit.value)),
  );
}

/** A condition on one number: how it compares with `limit`. */
export interface NumberTest {
  readonly operator: Operator;
  readonly limit: number;
}

/** The condition that a comparison puts on each value of its field; null if those are no numbers. */
export function numberTestOf(
  { operand, operator, value }: Extract<Expression, { kind: "compare" }>,
): NumberTest | null {
  const isWhole = operand.slice === null && operand.mask === null;
  return isWhole && value.type === "number" ? { operator, limit: value.value } : null;
}

/** True if a number compares with `limit` as the operator says. */
export function holdsFor(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case "==":
      return value === limit;
    case "!=":
      return value !== limit;
    case "<":
      return value < limit;
    case ">":
      return value > limit;
    case "<=":
      return value <= limit;
    case ">=":
      return value >= limit;
  }
}

/** Times are kept from the second of the first packet on, which only the capture tells. */
function boundedTimes(of: readonly NumberReader[], bounds: readonly Bound[]): Probe {
  return (h) => {
    let bits = 0;
    for (const read of of) {
      const ns = read(h);
      if (Number.isNaN(ns)) continue;
      const isWithin = bounds.every(({ operator, value }) =>
        value.type === "time" &&
        holds(operator, ns - ((value.sec - h.pass.flows.baseSec) * 1e9 + value.nsec))
      );
      bits |= isWithin ? SOME_TRUE : SOME_FALSE;
    }
    return bits;
  };
}

/** Whether an order (negative, zero, positive) satisfies an operator. */
export function holds(operator: Operator, order: number): boolean {
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
  }
}

/** Order of two texts by code unit. */
export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function octetTest(operator: Operator, value: Literal): (h: HeaderView) => boolean {
  if (value.type !== "octets") return () => false;
  const { value: wanted, mask } = value;
  return (h) => holds(operator, octetOrder(h.bytes, h.from, h.to, wanted, mask));
}

/** Order of octets and `wanted`, the bits outside `mask` left out; the shorter comes first. */
function octetOrder(
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: Uint8Array,
  mask: Uint8Array | null,
): number {
  const length = Math.min(to - from, wanted.length);
  for (let at = 0; at < length; at++) {
    const bits = mask === null ? 0xff : mask[at] ?? 0xff;
    const difference = ((bytes[from + at] ?? 0) & bits) - (wanted[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return to - from - wanted.length;
}

function numberProbe(of: readonly NumberReader[], test: (value: number) => boolean): Probe {
  const [first, second] = of;
  if (first !== undefined && second === undefined) {
    return (h) => judged(first(h), test);
  }
  return (h) => {
    let bits = 0;
    for (const read of of) bits |= judged(read(h), test);
    return bits;
  };
}

function judged(value: number, test: (value: number) => boolean): number {
  return Number.isNaN(value) ? 0 : test(value) ? SOME_TRUE : SOME_FALSE;
}

function rangeProbe(of: readonly RangeReader[], test: (h: HeaderView) => boolean): Probe {
  return (h) => {
    let bits = 0;
    for (const read of of) if (read(h)) bits |= test(h) ? SOME_TRUE : SOME_FALSE;
    return bits;
  };
}

function textProbe(of: readonly TextReader[], test: (text: string) => boolean): Probe {
  return (h) => {
    let bits = 0;
    for (const read of of) {
      const text = read(h);
      if (text !== null) bits |= test(text) ? SOME_TRUE : SOME_FALSE;
    }
    return bits;
  };
}

function searchProbe(
  operand: Operand,
  test: (bytes: Uint8Array, from: number, to: number) => boolean,
): Probe {
  const readers = readersOf(operand, false);
  if (readers.kind === "text") {
    return textProbe(readers.of, (text) => {
      const octets = textOctets(text);
      return test(octets, 0, octets.length);
    });
  }
  if (readers.kind === "range") {
    return rangeProbe(readers.of, (h) => test(h.bytes, h.from, h.to));
  }
  throw new TypeError(`${operand.field.name} cannot be searched`);
}

/** True if `sought` stands somewhere between `from` and `to`. */
function occurs(sought: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const last = to - sought.length;
  const first = sought[0] ?? 0;
  for (
    let at = bytes.indexOf(first, from);
    at >= 0 && at <= last;
    at = bytes.indexOf(first, at + 1)
  ) {
    let same = 1;
    while (same < sought.length && bytes[at + same] === sought[same]) same++;
    if (same === sought.length) return true;
  }
  return false;
}

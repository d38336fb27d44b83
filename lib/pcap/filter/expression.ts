/**
 * A filter that has been read and checked: the tree that both grammars end in.
 *
 * @module
 */
import type { Field } from "./field.ts";

/** Comparisons. */
export type Operator = "==" | "!=" | "<" | ">" | "<=" | ">=";

/** Part of the octets of a field. */
export interface Slice {
  /** First octet; negative: counted from the end. */
  readonly start: number;
  /** Octets, or null: to the end. */
  readonly length: number | null;
}

/** What is looked at: a field, octets of it, bits of it. */
export interface Operand {
  readonly field: Field;
  readonly slice: Slice | null;
  /** Bits that count, at most 53; null: all. */
  readonly mask: number | null;
}

/** A value that the filter's author wrote. */
export type Literal =
  | { readonly type: "number"; readonly value: number }
  /** Octets; where `mask` is set, only its bits count (a prefix). */
  | { readonly type: "octets"; readonly value: Uint8Array; readonly mask: Uint8Array | null }
  | { readonly type: "text"; readonly value: string }
  /** Seconds since the Unix epoch and nanoseconds of the second. */
  | { readonly type: "time"; readonly sec: number; readonly nsec: number };

/** A member of a set: one value, or all from `low` to `high`. */
export interface Member {
  readonly low: Literal;
  readonly high: Literal | null;
}

/** A condition on one packet. A field may have several values in one packet: `every` asks for all. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly terms: readonly Expression[] }
  | { readonly kind: "xor"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly term: Expression }
  /** The packet has the field; with a mask: one of its values has one of those bits. */
  | { readonly kind: "present"; readonly operand: Operand }
  | {
    readonly kind: "compare";
    readonly operator: Operator;
    readonly every: boolean;
    readonly operand: Operand;
    readonly value: Literal;
  }
  /** Two fields of the packet compared, some value of each. */
  | {
    readonly kind: "relate";
    readonly operator: Operator;
    readonly every: boolean;
    readonly left: Operand;
    readonly right: Operand;
  }
  | { readonly kind: "in"; readonly operand: Operand; readonly members: readonly Member[] }
  | { readonly kind: "contains"; readonly operand: Operand; readonly sought: Uint8Array }
  | { readonly kind: "matches"; readonly operand: Operand; readonly pattern: string };

/** Joins terms, taking apart those that are joined the same way. */
export function joined(kind: "and" | "or", terms: readonly Expression[]): Expression {
  const flat = terms.flatMap((term) => term.kind === kind ? term.terms : [term]);
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, terms: flat };
}

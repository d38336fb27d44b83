/**
 * AS-path patterns as automata whose states are the bits of one number.
 *
 * @module
 */
import type { AsPathItem, AsPathPattern } from "../../route/as_path_pattern.ts";
import { movesTable, type PathMoves } from "../rib/path_moves.ts";

/** Patterns of so many items have states of one octet; a pattern has at most 16 items. */
const NARROW_ITEMS = 6;
/** The bit that is in every state, above those of the items and of the match. */
const NARROW_STATE = 1 << 7;
const WIDE_STATE = 1 << 30;

/** The automaton of a pattern. */
export class PathAutomaton implements PathMoves {
  readonly start: number;
  readonly isForgetful: boolean;
  /** The bit of a state that has matched. */
  readonly accept: number;
  readonly asns: Uint32Array;
  readonly advance: Int32Array;
  readonly stay: Int32Array;
  readonly always: number;
  readonly runs: number;
  readonly table: Uint8Array | null;

  /** `orEmpty`: an empty path is meant as well. */
  constructor({ items, fromStart, toEnd }: AsPathPattern, orEmpty = false) {
    const isNarrow = items.length <= NARROW_ITEMS;
    const state = isNarrow ? NARROW_STATE : WIDE_STATE;
    this.runs = bits(items, ({ kind }) => kind === "any_run");
    this.accept = 1 << items.length;
    this.always = state | (fromStart ? 0 : 1);
    const named = new Set(
      items.flatMap((item) =>
        item.kind === "asn" ? [item.asn] : item.kind === "one_of" ? item.asns : []
      ),
    );
    this.asns = Uint32Array.from(named);
    const readers = [...named, null];
    this.advance = Int32Array.from(
      readers,
      (asn) => bits(items, (item) => item.kind !== "any_run" && names(item, asn)),
    );
    this.stay = Int32Array.from(
      readers,
      (asn) =>
        (bits(items, (item) => isRepeated(item) && names(item, asn)) << 1) |
        (toEnd ? 0 : this.accept),
    );
    this.isForgetful = !fromStart && toEnd && items.length === 1 && this.runs === 0;
    this.table = isNarrow ? movesTable(this) : null;
    // A run may be empty, and two never stand side by side.
    this.start = state | 1 | ((1 & this.runs) << 1) | (orEmpty ? this.accept : 0);
  }

  accepts(state: number): boolean {
    return (state & this.accept) !== 0;
  }
}

function bits(items: readonly AsPathItem[], wanted: (item: AsPathItem) => boolean): number {
  return items.reduce((mask, item, index) => wanted(item) ? mask | (1 << index) : mask, 0);
}

/** `asn` null: an AS that the pattern does not name. */
function names(item: AsPathItem, asn: number | null): boolean {
  if (item.kind === "asn") return item.asn === asn;
  return item.kind !== "one_of" || (asn !== null && item.asns.includes(asn));
}

function isRepeated(item: AsPathItem): boolean {
  return item.kind === "any_run" || (item.kind === "asn" && item.repeat);
}

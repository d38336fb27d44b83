/**
 * AS-path patterns as automata whose states are the bits of one number, run over the trie of paths:
 * each node once, whatever the pattern.
 *
 * @module
 */
import type { AsPathItem, AsPathPattern } from "../../route/as_path_pattern.ts";
import type { RibScan } from "../rib/rib_reader.ts";

/** Which bits move on and which stay when an AS is read. */
interface Moves {
  readonly advance: number;
  readonly stay: number;
}

/**
 * Reads a path AS by AS. Bit n of a state is set when the first n items match what was read; a
 * pattern has at most 16 items.
 */
export class PathAutomaton {
  /** Before the first AS. */
  readonly start: number;
  readonly #entered: number;
  readonly #runs: number;
  readonly #accept: number;
  readonly #moves = new Map<number, Moves>();
  readonly #otherMoves: Moves;

  constructor({ items, fromStart, toEnd }: AsPathPattern) {
    this.#runs = bits(items, ({ kind }) => kind === "any_run");
    this.#accept = 1 << items.length;
    this.#entered = fromStart ? 0 : 1;
    const movesOf = (asn: number | null): Moves => ({
      advance: bits(items, (item) => item.kind !== "any_run" && names(item, asn)),
      stay: (bits(items, (item) => isRepeated(item) && names(item, asn)) << 1) |
        (toEnd ? 0 : this.#accept),
    });
    this.#otherMoves = movesOf(null);
    for (const item of items) {
      const asns = item.kind === "asn" ? [item.asn] : item.kind === "one_of" ? item.asns : [];
      for (const asn of asns) this.#moves.set(asn, movesOf(asn));
    }
    this.start = this.#enter(1);
  }

  /** The state behind one AS. */
  step(state: number, asn: number): number {
    return this.#move(state, this.#moves.get(asn) ?? this.#otherMoves);
  }

  /** The state behind a set, which is one step that matches each of its members. */
  stepSet(state: number, members: readonly number[]): number {
    let { advance, stay } = this.#otherMoves;
    for (const member of members) {
      const moves = this.#moves.get(member);
      advance |= moves?.advance ?? 0;
      stay |= moves?.stay ?? 0;
    }
    return this.#move(state, { advance, stay });
  }

  accepts(state: number): boolean {
    return (state & this.#accept) !== 0;
  }

  #move(state: number, { advance, stay }: Moves): number {
    return this.#enter(((state & advance) << 1) | (state & stay) | this.#entered);
  }

  /** Adds what is reached without reading: a run may be empty, and two never stand side by side. */
  #enter(state: number): number {
    return state | ((state & this.#runs) << 1);
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

/** The columns of the trie. */
export type PathTrie = Pick<
  RibScan,
  "pathBound" | "pathParent" | "pathAs" | "pathIsSet" | "pathMembers"
>;

/** Marks a state as known: patterns use the bits below. */
const KNOWN = 1 << 30;

/** The states of an automaton at the nodes of the trie, each found once and kept. */
export class PathStates {
  readonly #trie: PathTrie;
  readonly #automaton: PathAutomaton;
  readonly #states: Int32Array;
  readonly #chain: number[] = [];

  constructor(trie: PathTrie, automaton: PathAutomaton) {
    this.#trie = trie;
    this.#automaton = automaton;
    this.#states = new Int32Array(trie.pathBound());
  }

  /** True if the path that ends at `node` matches, as far as the trie has not changed meanwhile. */
  matches(node: number): boolean {
    return this.#run(node, this.#states);
  }

  /** True if it matches now, whatever was kept. */
  matchesNow(node: number): boolean {
    return this.#run(node, null);
  }

  #run(end: number, kept: Int32Array | null): boolean {
    const chain = this.#chain;
    const trie = this.#trie;
    chain.length = 0;
    let node = end;
    let state = 0;
    // A chain cannot be longer than the trie, unless it changes while it is read.
    for (let most = trie.pathBound(); node > 0 && most > 0; most--) {
      state = kept?.[node] ?? 0;
      if (state !== 0) break;
      chain.push(node);
      node = trie.pathParent(node);
    }
    state = state === 0 ? this.#automaton.start : state & ~KNOWN;
    for (let at = chain.length - 1; at >= 0; at--) {
      const step = chain[at]!;
      state = trie.pathIsSet(step)
        ? this.#automaton.stepSet(state, trie.pathMembers(step))
        : this.#automaton.step(state, trie.pathAs(step));
      if (kept !== null) kept[step] = state | KNOWN;
    }
    return this.#automaton.accepts(state);
  }
}

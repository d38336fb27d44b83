/**
 * AS-path patterns as automata whose states are the bits of one number, run over the trie of paths:
 * each node once, whatever the pattern.
 *
 * @module
 */
import type { AsPathItem, AsPathPattern } from "../../route/as_path_pattern.ts";
import type { RibScan } from "../rib/rib_reader.ts";

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
  /** The ASes that the pattern names; the moves of each, and behind them those of all others. */
  readonly #asns: Uint32Array;
  /** Bits that move on when an AS is read. */
  readonly #advance: Int32Array;
  /** Bits that stay. */
  readonly #stay: Int32Array;

  constructor({ items, fromStart, toEnd }: AsPathPattern) {
    this.#runs = bits(items, ({ kind }) => kind === "any_run");
    this.#accept = 1 << items.length;
    this.#entered = fromStart ? 0 : 1;
    const named = new Set(
      items.flatMap((item) =>
        item.kind === "asn" ? [item.asn] : item.kind === "one_of" ? item.asns : []
      ),
    );
    this.#asns = Uint32Array.from(named);
    const readers = [...named, null];
    this.#advance = Int32Array.from(
      readers,
      (asn) => bits(items, (item) => item.kind !== "any_run" && names(item, asn)),
    );
    this.#stay = Int32Array.from(
      readers,
      (asn) =>
        (bits(items, (item) => isRepeated(item) && names(item, asn)) << 1) |
        (toEnd ? 0 : this.#accept),
    );
    this.start = this.#enter(1);
  }

  /** The state behind one AS. */
  step(state: number, asn: number): number {
    const moves = this.#movesOf(asn);
    return this.#move(state, this.#advance[moves] ?? 0, this.#stay[moves] ?? 0);
  }

  /** The state behind a set, which is one step that matches each of its members. */
  stepSet(state: number, members: readonly number[]): number {
    const others = this.#asns.length;
    let advance = this.#advance[others] ?? 0;
    let stay = this.#stay[others] ?? 0;
    for (const member of members) {
      const moves = this.#movesOf(member);
      advance |= this.#advance[moves] ?? 0;
      stay |= this.#stay[moves] ?? 0;
    }
    return this.#move(state, advance, stay);
  }

  accepts(state: number): boolean {
    return (state & this.#accept) !== 0;
  }

  /** Index of the moves of an AS: a handful of comparisons, as a pattern names 16 at most. */
  #movesOf(asn: number): number {
    const asns = this.#asns;
    let index = 0;
    while (index < asns.length && asns[index] !== asn) index++;
    return index;
  }

  #move(state: number, advance: number, stay: number): number {
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
  "pathBound" | "pathInUse" | "pathParent" | "pathAs" | "pathIsSet" | "pathMembers"
>;

/** Marks a state as known: patterns use the bits below. */
const KNOWN = 1 << 30;

/** The states of an automaton at the nodes of the trie, each found once and kept. */
export class PathStates {
  readonly #trie: PathTrie;
  readonly #automaton: PathAutomaton;
  readonly #states: Int32Array;
  readonly #chain: number[] = [];
  #advanced = 0;

  constructor(trie: PathTrie, automaton: PathAutomaton) {
    this.#trie = trie;
    this.#automaton = automaton;
    this.#states = new Int32Array(trie.pathBound());
    this.#states[0] = automaton.start | KNOWN;
  }

  /** Finds the states of the next `limit` nodes by their ids; false once there are no more. */
  advance(limit: number): boolean {
    const states = this.#states;
    const trie = this.#trie;
    const end = Math.min(this.#advanced + limit, states.length);
    for (let node = this.#advanced; node < end; node++) {
      const before = states[trie.pathParent(node)] ?? 0;
      // One whose parent is not known yet, as the trie changes meanwhile, is found when it is asked for.
      if (states[node] !== 0 || before === 0 || !trie.pathInUse(node)) continue;
      states[node] = this.#stepInto(node, before & ~KNOWN) | KNOWN;
    }
    this.#advanced = end;
    return end < states.length;
  }

  /** True if the path that ends at `node` matches, as far as the trie has not changed meanwhile. */
  matches(node: number): boolean {
    const known = this.#states[node] ?? 0;
    return known === 0 ? this.#run(node, this.#states) : this.#automaton.accepts(known);
  }

  /** True if it matches now, whatever was kept. */
  matchesNow(node: number): boolean {
    return this.#run(node, null);
  }

  #run(end: number, kept: Int32Array | null): boolean {
    const chain = this.#chain;
    const trie = this.#trie;
    // An array that is emptied gives its memory back: it is only counted how much of it is used.
    let length = 0;
    let node = end;
    let state = 0;
    // A chain cannot be longer than the trie, unless it changes while it is read.
    for (let most = trie.pathBound(); node > 0 && most > 0; most--) {
      state = kept?.[node] ?? 0;
      if (state !== 0) break;
      chain[length++] = node;
      node = trie.pathParent(node);
    }
    state = state === 0 ? this.#automaton.start : state & ~KNOWN;
    for (let at = length - 1; at >= 0; at--) {
      const step = chain[at]!;
      state = this.#stepInto(step, state);
      if (kept !== null) kept[step] = state | KNOWN;
    }
    return this.#automaton.accepts(state);
  }

  #stepInto(node: number, state: number): number {
    return this.#trie.pathIsSet(node)
      ? this.#automaton.stepSet(state, this.#trie.pathMembers(node))
      : this.#automaton.step(state, this.#trie.pathAs(node));
  }
}

/**
 * An automaton run over the trie of AS paths: each node once, whatever the pattern.
 *
 * @module
 */
import type { RibScan } from "../rib/rib_reader.ts";
import type { Condition } from "./attribute_filter.ts";
import type { PathAutomaton } from "./path_automaton.ts";

/** The columns of the trie. */
export type PathTrie = Pick<
  RibScan,
  "pathBound" | "pathParent" | "stepPaths" | "stepPath"
>;

/** The states of an automaton at the nodes of the trie, each found once and kept. */
export class PathStates implements Condition {
  readonly part = "path";
  readonly values: Uint8Array | Int32Array;
  readonly wanted: number;
  readonly #trie: PathTrie;
  readonly #automaton: PathAutomaton;
  readonly #chain: number[] = [];
  /** The root is known. */
  #advanced = 1;

  constructor(trie: PathTrie, automaton: PathAutomaton) {
    this.#trie = trie;
    this.#automaton = automaton;
    const bound = trie.pathBound();
    this.values = automaton.table === null ? new Int32Array(bound) : new Uint8Array(bound);
    this.values[0] = automaton.start;
    this.wanted = automaton.accept;
  }

  /** Finds the states of the next `limit` nodes by their ids; false once there are no more. */
  advance(limit: number): boolean {
    const { length } = this.values;
    const end = Math.min(this.#advanced + limit, length);
    this.#trie.stepPaths(this.#automaton, this.values, this.#advanced, end);
    this.#advanced = end;
    return end < length;
  }

  judge(node: number): number {
    return this.#run(node, this.values);
  }

  holdsNow(node: number): boolean {
    return this.#automaton.accepts(this.#run(node, null));
  }

  /** The state at a node, from the nearest one on the way to it that is known. */
  #run(end: number, kept: PathStates["values"] | null): number {
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
    if (state === 0) state = this.#automaton.start;
    for (let at = length - 1; at >= 0; at--) {
      const step = chain[at]!;
      state = trie.stepPath(this.#automaton, state, step);
      if (kept !== null) kept[step] = state;
    }
    return state;
  }
}

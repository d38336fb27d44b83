/**
 * Matches regular expressions over octets in time linear in the octets: a deterministic automaton
 * that is built as it is needed, and thrown away when it has grown too large.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import {
  type Instruction,
  type PatternFault,
  type PatternProgram,
  readPattern,
} from "./pattern_syntax.ts";

/** Most states that are kept; past it they are built anew. One takes 1 KiB. */
const STATES_MAX = 1000;
/**
 * Most states that are ever built: a pattern that needs more on a capture is refused there, or
 * hostile packets could make every octet cost a state.
 */
const STATES_BUILT_MAX = 50_000;
/** Target of a transition that has not been worked out. */
const UNKNOWN = -1;

/** A pattern ready to match, or why it is none. */
export type CompiledPattern =
  | { readonly pattern: Pattern; readonly fault: null }
  | { readonly pattern: null; readonly fault: PatternFault };

/** Compiles `text`; case is ignored, as in Wireshark. */
export function compilePattern(text: string): CompiledPattern {
  const program = readPattern(text);
  return "message" in program
    ? { pattern: null, fault: program }
    : { pattern: new Pattern(program), fault: null };
}

function tooCostly(): InputError {
  return new InputError(
    "filter_cost",
    "Cannot go on with the filter: its regular expression has too many states on this capture",
    { hint: "Use smaller repetition counts, or anchor the pattern with ^." },
  );
}

/** One state: instructions that consume, and whether a match is complete. */
interface State {
  /** Instructions of kind `octet`, sorted. */
  readonly waiting: readonly number[];
  readonly accepts: boolean;
  readonly acceptsAtEnd: boolean;
  readonly next: Int16Array;
}

/** Finds whether a pattern occurs anywhere in octets. */
export class Pattern {
  readonly #program: readonly Instruction[];
  readonly #entry: number;
  #states: State[] = [];
  #ids = new Map<string, number>();
  #built = 0;

  /** An automaton without states yet. */
  constructor({ instructions, entry }: PatternProgram) {
    this.#program = instructions;
    this.#entry = entry;
  }

  /**
   * True if the pattern occurs in `bytes` between `from` and `to`.
   * @throws {InputError} `input.filter_cost` if these octets need too many states
   */
  test(bytes: Uint8Array, from: number, to: number): boolean {
    let state = this.#first();
    for (let at = from; at < to; at++) {
      if (state.accepts) return true;
      const octet = bytes[at] ?? 0;
      const known = state.next[octet] ?? UNKNOWN;
      const next = known === UNKNOWN ? undefined : this.#states[known];
      state = next ?? this.#step(state, octet);
    }
    return state.accepts || state.acceptsAtEnd;
  }

  #first(): State {
    const [first] = this.#states;
    if (first !== undefined) return first;
    const id = this.#add([this.#entry], true);
    const state = this.#states[id];
    if (state === undefined) throw new TypeError("A state that was added is missing");
    return state;
  }

  #step(state: State, octet: number): State {
    const seeds: number[] = [];
    for (const index of state.waiting) {
      const one = this.#program[index];
      if (one?.kind === "octet" && one.set[octet] === 1) seeds.push(one.next);
    }
    // The pattern may begin at every octet.
    seeds.push(this.#entry);
    if (this.#states.length >= STATES_MAX) {
      this.#states = [];
      this.#ids = new Map();
      this.#first();
    }
    const id = this.#add(seeds, false);
    state.next[octet] = id;
    const next = this.#states[id];
    if (next === undefined) throw new TypeError("A state that was added is missing");
    return next;
  }

  #add(seeds: readonly number[], atStart: boolean): number {
    const inside = this.#closure(seeds, atStart, false);
    const atEnd = this.#closure(seeds, atStart, true);
    const waiting = [...inside].filter((index) => this.#program[index]?.kind === "octet");
    waiting.sort((a, b) => a - b);
    const accepts = this.#isAccepting(inside);
    const acceptsAtEnd = this.#isAccepting(atEnd);
    const key = `${accepts ? 1 : 0}${acceptsAtEnd ? 1 : 0}${waiting.join(",")}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (++this.#built > STATES_BUILT_MAX) throw tooCostly();
    const id = this.#states.length;
    this.#states.push({
      waiting,
      accepts,
      acceptsAtEnd,
      next: new Int16Array(256).fill(UNKNOWN),
    });
    this.#ids.set(key, id);
    return id;
  }

  /** All instructions that can be reached without consuming. */
  #closure(seeds: readonly number[], atStart: boolean, atEnd: boolean): Set<number> {
    const reached = new Set<number>(seeds);
    for (const index of reached) {
      const one = this.#program[index];
      if (one?.kind === "fork") reached.add(one.next).add(one.other);
      else if (one?.kind === "start" && atStart) reached.add(one.next);
      else if (one?.kind === "end" && atEnd) reached.add(one.next);
    }
    return reached;
  }

  #isAccepting(reached: ReadonlySet<number>): boolean {
    for (const index of reached) if (this.#program[index]?.kind === "accept") return true;
    return false;
  }
}

/**
 * The ranges of octets that a sender sent again, so that a proof that one of them was not needed
 * finds the retransmission that it speaks of.
 *
 * @module
 */
import type { ByteBudget } from "./byte_budget.ts";

/** A range as doubles: start, end, state. */
const STRIDE = 3;
const RANGES_AT_FIRST = 2;
/** Most ranges that are remembered; older ones are forgotten. */
const RANGES_MAX = 512;

/** Shared by all that have none. */
const NOTHING: number[] = [];
/** The memory that most need: copied, as a typed array costs many times what is done with it. */
const FIRST_RANGES: readonly number[] = Array<number>(RANGES_AT_FIRST * STRIDE).fill(NaN);

const HAS_FILLED = 1, IS_SPENT = 2;

/** What a proof found. */
export interface Proof {
  /** Octets of a retransmission that were not needed; 0 if it was known before, or none fits. */
  octets: number;
  /** True if that retransmission had filled a hole of the capture. */
  hasFilled: boolean;
  /** True if any retransmission fits, also one that was proven before. */
  isKnown: boolean;
}

export function noProof(): Proof {
  return { octets: 0, hasFilled: false, isKnown: false };
}

/** The latest retransmissions of one direction. */
export class SentAgain {
  readonly #budget: ByteBudget;
  readonly #proof: Proof;
  #data = NOTHING;
  #next = 0;
  #count = 0;

  /** None so far; memory comes out of `budget`. Others may share the `proof` that is answered. */
  constructor(budget: ByteBudget, proof: Proof) {
    this.#budget = budget;
    this.#proof = proof;
  }

  /** Remembers a retransmission of positions `start` to `end`. */
  add(start: number, end: number, hasFilled: boolean): void {
    if (this.#count === this.#data.length / STRIDE) this.#grow();
    const capacity = this.#data.length / STRIDE;
    if (capacity === 0) return;
    const at = this.#next * STRIDE;
    this.#data[at] = start;
    this.#data[at + 1] = end;
    this.#data[at + 2] = hasFilled ? HAS_FILLED : 0;
    this.#next = (this.#next + 1) % capacity;
    if (this.#count < capacity) this.#count++;
  }

  /** Takes the proof that `start` to `end` arrived twice. The answer is valid until the next call, also of who shares it. */
  prove(start: number, end: number): Proof {
    const proof = this.#proof;
    proof.octets = 0;
    proof.hasFilled = false;
    proof.isKnown = false;
    for (let index = 0; index < this.#count; index++) {
      const at = index * STRIDE;
      const octets = Math.min(end, this.#data[at + 1] ?? 0) - Math.max(start, this.#data[at] ?? 0);
      if (octets <= 0) continue;
      proof.isKnown = true;
      const state = this.#data[at + 2] ?? 0;
      if ((state & IS_SPENT) !== 0) continue;
      this.#spend(at, start, end, state);
      proof.octets = octets;
      proof.hasFilled = (state & HAS_FILLED) !== 0;
      break;
    }
    return proof;
  }

  /** Forgets all and gives the memory back. */
  clear(): void {
    this.#budget.give(this.#data.length * 8);
    this.#data = NOTHING;
    this.#next = 0;
    this.#count = 0;
  }

  /** Marks what was proven; a super-segment is proven piece by piece from its start. */
  #spend(at: number, start: number, end: number, state: number): void {
    const rangeEnd = this.#data[at + 1] ?? 0;
    if (start <= (this.#data[at] ?? 0) && end < rangeEnd) this.#data[at] = end;
    else this.#data[at + 2] = state | IS_SPENT;
  }

  /** Doubles the memory while there is some; at the cap the oldest makes room. */
  #grow(): void {
    const capacity = this.#data.length / STRIDE;
    const wanted = Math.max(RANGES_AT_FIRST, capacity * 2);
    if (wanted > RANGES_MAX || !this.#budget.take((wanted - capacity) * STRIDE * 8)) return;
    const data = capacity === 0 ? FIRST_RANGES.slice() : Array<number>(wanted * STRIDE).fill(NaN);
    for (let place = 0; place < this.#data.length; place++) data[place] = this.#data[place] ?? NaN;
    this.#data = data;
    this.#next = this.#count;
  }
}

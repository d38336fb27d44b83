/**
 * Small numbers that are given out, taken back and given again.
 *
 * @module
 */

/** Gives the number that came back last, else the next one from 0. */
export class NumberPool {
  readonly #free: number[] = [];
  #next: number;

  /** Numbers less than `given` have been given. */
  constructor(given = 0) {
    this.#next = given;
  }

  /** Every number ever given is less than this. */
  get size(): number {
    return this.#next;
  }

  /** A number that nobody has. */
  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  /** Takes a number back; it must have been given. */
  giveBack(number: number): void {
    this.#free.push(number);
  }
}

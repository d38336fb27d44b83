/**
 * Small numbers that are given out, taken back and given again.
 *
 * @module
 */

/** Gives the number that came back last, else the next one from 0. */
export class NumberPool {
  readonly #free: number[] = [];
  readonly #words: Int32Array;
  readonly #at: number;

  /** Keeps the next number in a word that is the caller's to read, and to count on. */
  constructor(words: Int32Array = new Int32Array(1), at = 0) {
    this.#words = words;
    this.#at = at;
  }

  /** Every number ever given is less than this. */
  get size(): number {
    return this.#words[this.#at] ?? 0;
  }

  /** A number that nobody has. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const next = this.size;
    this.#words[this.#at] = next + 1;
    return next;
  }

  /** Takes a number back; it must have been given. */
  giveBack(number: number): void {
    this.#free.push(number);
  }
}

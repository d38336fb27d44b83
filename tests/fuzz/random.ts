/**
 * Random numbers that come again: the same seed gives the same sequence on every machine.
 *
 * @module
 */

/** A sequence of random numbers (xorshift32 of Marsaglia, "Xorshift RNGs", 2003, seeded by a hash). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread, so that neighboring seeds start far apart; zero would stay zero.
    this.#state = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) ^ 0x9e3779b9 || 1;
    for (let i = 0; i < 8; i++) this.bits();
  }

  /** 32 random bits as an unsigned number. */
  bits(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** A whole number from 0 to `limit` - 1; 0 if `limit` is 0. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.bits() % limit;
  }

  /** One of `items`. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
}

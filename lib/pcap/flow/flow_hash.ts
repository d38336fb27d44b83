/**
 * The hash of flow keys. Its multipliers are drawn when the process starts, so that nobody can write
 * a capture whose flows all meet in one place. Both directions of a flow have the same hash.
 *
 * @module
 */

/** Multipliers that {@link FlowHash} needs. */
const KEYS = 8;

const PROCESS_KEYS = crypto.getRandomValues(new Uint32Array(KEYS));

/**
 * A keyed hash of 32 bits. Each word of a key is multiplied by a secret of its own before it meets
 * another, so that no chosen difference of one cancels that of another.
 */
export class FlowHash {
  readonly #k0: number;
  readonly #k1: number;
  readonly #k2: number;
  readonly #k3: number;
  readonly #k4: number;
  readonly #k5: number;
  readonly #k6: number;
  readonly #k7: number;

  /** The multipliers in use, all odd. */
  readonly keys: Uint32Array;

  /** A hash with the given keys, by default those of this process. */
  constructor(keys: Uint32Array = PROCESS_KEYS) {
    this.keys = keys.map((key) => key | 1);
    const odd = (index: number): number => this.keys[index] ?? 0;
    this.#k0 = odd(0);
    this.#k1 = odd(1);
    this.#k2 = odd(2);
    this.#k3 = odd(3);
    this.#k4 = odd(4);
    this.#k5 = odd(5);
    this.#k6 = odd(6);
    this.#k7 = odd(7);
  }

  /** Hash of one end: an address of one word, and a word beside it (the port). */
  end4(address: number, beside: number): number {
    return this.#last(this.#mix(address), beside);
  }

  /** Hash of one end whose address of four words is at `offset` of `view`. */
  end6(view: DataView, offset: number, beside: number): number {
    return this.endOfWords(
      view.getInt32(offset),
      view.getInt32(offset + 4),
      view.getInt32(offset + 8),
      view.getInt32(offset + 12),
      beside,
    );
  }

  /** Hash of one end whose address is four words. */
  endOfWords(w0: number, w1: number, w2: number, w3: number, beside: number): number {
    let x = this.#mix(w0);
    x = this.#next(x, w1, this.#k4);
    x = this.#next(x, w2, this.#k5);
    x = this.#next(x, w3, this.#k6);
    return this.#last(x, beside);
  }

  /** Hash of two ends, whichever is first, and two words more. */
  pair(one: number, other: number, kind: number, tenant: number): number {
    let x = (one + other) | 0;
    x = Math.imul(x ^ Math.imul(kind, this.#k3), this.#k7);
    x ^= x >>> 15;
    x = Math.imul(x ^ Math.imul(tenant, this.#k1), this.#k2);
    return x ^ (x >>> 16);
  }

  #mix(word: number): number {
    const x = Math.imul(word ^ this.#k3, this.#k0);
    return x ^ (x >>> 16);
  }

  #next(x: number, word: number, key: number): number {
    const y = Math.imul(x ^ Math.imul(word, key), this.#k7);
    return y ^ (y >>> 15);
  }

  #last(x: number, beside: number): number {
    const y = Math.imul(x ^ Math.imul(beside, this.#k1), this.#k2);
    return y ^ (y >>> 15);
  }
}

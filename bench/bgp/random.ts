/** Numbers that are the same for the same seed, and choices among weighted values. */

/** A generator of uniform numbers (xorshift128, Marsaglia 2003). */
export class Random {
  #x: number;
  #y = 362436069;
  #z = 521288629;
  #w = 88675123;

  constructor(seed: number) {
    this.#x = (seed ^ 123456789) >>> 0 || 1;
    for (let round = 0; round < 16; round++) this.bits();
  }

  /** 32 bits as an unsigned number. */
  bits(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    return (this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
  }

  /** 0 up to `bound`, without it. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** 0 up to 1, without it. */
  unit(): number {
    return this.bits() / 4294967296;
  }

  /** True this often. */
  chance(share: number): boolean {
    return this.unit() < share;
  }

  /** Small indices far more often than large ones. */
  skewed(bound: number): number {
    const unit = this.unit();
    return Math.floor(unit * unit * unit * bound);
  }
}

/** Mixes two numbers into 32 bits: what depends on both, without a generator of its own. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Values with weights, as a table of 4,096 places. */
export function weighted(pairs: readonly (readonly [number, number])[]): Uint8Array {
  const table = new Uint8Array(4096);
  const whole = pairs.reduce((sum, [, weight]) => sum + weight, 0);
  let place = 0;
  let sum = 0;
  for (const [value, weight] of pairs) {
    sum += weight;
    for (const end = Math.round(sum / whole * table.length); place < end; place++) {
      table[place] = value;
    }
  }
  return table;
}

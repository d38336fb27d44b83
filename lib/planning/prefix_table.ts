/**
 * A million prefixes in columns of plain numbers: sorted, and asked which holds which.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Prefixes by index. Arithmetic on bigints costs ten times as much as on numbers, so the bits are
 * kept as four words of 32, the most significant first; IPv4 has only the first.
 */
export class PrefixTable {
  readonly #count: number;
  readonly #words: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly #lengths: Uint8Array;
  readonly #families: Uint8Array;

  constructor(prefixes: readonly Prefix[]) {
    const count = this.#count = prefixes.length;
    const column = (): Uint32Array => new Uint32Array(count);
    const words = this.#words = [column(), column(), column(), column()] as const;
    const lengths = this.#lengths = new Uint8Array(count);
    const families = this.#families = new Uint8Array(count);
    const halves = new BigUint64Array(2);
    const quarters = new Uint32Array(halves.buffer);
    const [q0, q1] = LITTLE_ENDIAN ? [1, 0] : [0, 1];
    prefixes.forEach(({ family, value, length }, index) => {
      lengths[index] = length;
      families[index] = family;
      if (family === 4) {
        words[0][index] = Number(value);
        return;
      }
      halves[0] = value >> 64n;
      // The array keeps the low 64 bits of what it is given.
      halves[1] = value;
      words[0][index] = quarters[q0] ?? 0;
      words[1][index] = quarters[q1] ?? 0;
      words[2][index] = quarters[2 + q0] ?? 0;
      words[3][index] = quarters[2 + q1] ?? 0;
    });
  }

  /**
   * The indexes in the order of `comparePrefixes`, equal prefixes as given: a radix sort by bytes,
   * least significant first. A byte that is the same in all prefixes costs one look.
   */
  order(): Uint32Array {
    const count = this.#count;
    let order = new Uint32Array(count);
    for (let index = 0; index < count; index++) order[index] = index;
    let spare = new Uint32Array(count);
    const sortBy = (keys: Uint8Array, stride: number, offset: number): void => {
      const starts = bucketStarts(keys, stride, offset, count);
      if (starts === null) return;
      for (let at = 0; at < count; at++) {
        const index = order[at] ?? 0;
        const key = keys[index * stride + offset] ?? 0;
        const place = starts[key] ?? 0;
        starts[key] = place + 1;
        spare[place] = index;
      }
      [order, spare] = [spare, order];
    };
    sortBy(this.#lengths, 1, 0);
    for (const words of this.#words.toReversed()) {
      const bytes = new Uint8Array(words.buffer);
      for (let byte = 0; byte < 4; byte++) sortBy(bytes, 4, LITTLE_ENDIAN ? byte : 3 - byte);
    }
    sortBy(this.#families, 1, 0);
    return order;
  }

  /** True if every address of `inner` lies in `outer`. */
  holds(outer: number, inner: number): boolean {
    const length = this.#lengths[outer] ?? 0;
    if (this.#families[outer] !== this.#families[inner]) return false;
    if (length > (this.#lengths[inner] ?? 0)) return false;
    let left = length;
    for (const word of this.#words) {
      if (left <= 0) return true;
      const differing = (word[outer] ?? 0) ^ (word[inner] ?? 0);
      if ((left >= 32 ? differing : differing >>> 32 - left) !== 0) return false;
      left -= 32;
    }
    return true;
  }

  /** True if two prefixes, one of which holds the other, are the same. */
  areAlike(one: number, other: number): boolean {
    return this.#lengths[one] === this.#lengths[other];
  }
}

/** Where each bucket of this byte begins, or null if all keys are the same. */
function bucketStarts(
  keys: Uint8Array,
  stride: number,
  offset: number,
  count: number,
): Uint32Array | null {
  const end = count * stride;
  let differing = offset;
  while (differing < end && keys[differing] === keys[offset]) differing += stride;
  if (differing >= end) return null;
  const starts = new Uint32Array(256);
  for (let at = offset; at < end; at += stride) {
    const key = keys[at] ?? 0;
    starts[key] = (starts[key] ?? 0) + 1;
  }
  let begin = 0;
  for (let key = 0; key < 256; key++) {
    const size = starts[key] ?? 0;
    starts[key] = begin;
    begin += size;
  }
  return starts;
}

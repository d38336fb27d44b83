/**
 * The order of prefixes, families apart, by address and then short before long, for a million at
 * a time.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";

/**
 * The indexes of `prefixes` in the order of `comparePrefixes`; equal ones stay in the given order.
 *
 * A radix sort by bytes, least significant first: a comparison of bigints costs ten times as much
 * as a step here, and twenty of them are needed for each of a million. Bytes that are the same in
 * all prefixes, which is most of them, cost one look.
 */
export function prefixOrder(prefixes: readonly Prefix[]): Uint32Array {
  const count = prefixes.length;
  const low = new BigUint64Array(count);
  const high = new BigUint64Array(count);
  const lengths = new Uint8Array(count);
  const families = new Uint8Array(count);
  prefixes.forEach(({ family, value, length }, index) => {
    // The array keeps the low 64 bits of what it is given.
    low[index] = value;
    if (family === 6) high[index] = value >> 64n;
    lengths[index] = length;
    families[index] = family;
  });
  let order = new Uint32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  let spare = new Uint32Array(count);
  const sortBy = (keys: Uint8Array, stride: number, offset: number): void => {
    const starts = bucketStarts(keys, stride, offset, count);
    if (starts === null) return;
    for (const index of order) {
      const key = keys[index * stride + offset] ?? 0;
      const place = starts[key] ?? 0;
      starts[key] = place + 1;
      spare[place] = index;
    }
    [order, spare] = [spare, order];
  };
  sortBy(lengths, 1, 0);
  for (const words of [low, high]) {
    const bytes = new Uint8Array(words.buffer);
    for (let byte = 0; byte < 8; byte++) sortBy(bytes, 8, LITTLE_ENDIAN ? byte : 7 - byte);
  }
  sortBy(families, 1, 0);
  return order;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Where each bucket of this byte begins, or null if all keys are the same. */
function bucketStarts(
  keys: Uint8Array,
  stride: number,
  offset: number,
  count: number,
): Uint32Array | null {
  const starts = new Uint32Array(256);
  for (let at = offset; at < count * stride; at += stride) {
    const key = keys[at] ?? 0;
    starts[key] = (starts[key] ?? 0) + 1;
  }
  let begin = 0;
  for (let key = 0; key < 256; key++) {
    const size = starts[key] ?? 0;
    if (size === count) return null;
    starts[key] = begin;
    begin += size;
  }
  return starts;
}

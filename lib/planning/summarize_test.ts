import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../ip/prefix.ts";
import { addressAt } from "./host_range.ts";
import { prefixesOfRange, summarize } from "./summarize.ts";

function joined(...texts: string[]): string[] {
  return summarize(texts.map((text) => parsePrefix(text).prefix)).map(renderPrefix);
}

Deno.test("halves join, contained and repeated prefixes drop out", () => {
  assert.deepEqual(joined("10.0.1.0/24", "10.0.0.0/24"), ["10.0.0.0/23"]);
  assert.deepEqual(joined("10.0.1.0/24", "10.0.2.0/24"), ["10.0.1.0/24", "10.0.2.0/24"]);
  assert.deepEqual(joined("10.0.0.0/8", "10.2.3.4/32", "10.0.0.0/8"), ["10.0.0.0/8"]);
  assert.deepEqual(
    joined("10.0.0.0/26", "10.0.0.192/26", "10.0.0.64/26", "10.0.0.128/26", "10.0.1.0/24"),
    ["10.0.0.0/23"],
  );
  assert.deepEqual(joined("::/1", "8000::/1", "128.0.0.0/1", "0.0.0.0/1"), ["0.0.0.0/0", "::/0"]);
  assert.deepEqual(joined("255.255.255.255/32", "::/128"), ["255.255.255.255/32", "::/128"]);
});

/** The numbers below 64 that prefixes of `::/122` hold. */
function members(prefixes: readonly Prefix[]): Set<number> {
  return new Set(
    prefixes.flatMap(({ value, length }) =>
      Array.from({ length: 2 ** (128 - length) }, (_, offset) => Number(value) + offset)
    ),
  );
}

const SMALL = fc.tuple(fc.bigInt(0n, 63n), fc.integer({ min: 122, max: 128 })).map((
  [value, length],
) => prefixOf(addressAt(6, value), length));

Deno.test("a summary has the same addresses and cannot be shorter", () => {
  fc.assert(fc.property(fc.array(SMALL, { maxLength: 12 }), (given) => {
    const summary = summarize(given);
    const wanted = members(given);
    assert.deepEqual(members(summary), wanted);
    // Each member is the largest prefix around its first address that has wanted addresses only.
    for (const { value, length } of summary) {
      const wider = prefixOf(addressAt(6, value), length - 1);
      assert.ok([...members([wider])].some((number) => !wanted.has(number)));
    }
  }));
});

Deno.test("a range is covered from its first to its last address", () => {
  const cover = (first: bigint, last: bigint) =>
    [...prefixesOfRange(4, first, last)].map((one) => `${one.value}/${one.length}`);
  assert.deepEqual(cover(1n, 6n), ["1/32", "2/31", "4/31", "6/32"]);
  assert.deepEqual(cover(0n, 2n ** 32n - 1n), ["0/0"]);
  assert.deepEqual(cover(7n, 7n), ["7/32"]);
  assert.deepEqual(cover(8n, 7n), []);
  assert.equal([...prefixesOfRange(6, 1n, 2n ** 128n - 2n)].length, 254);
});

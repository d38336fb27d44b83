import assert from "node:assert/strict";
import { parsePrefix } from "../ip/prefix.ts";
import { findOverlaps } from "./overlaps.ts";

function found(texts: readonly string[], maxPairs = 100) {
  const { pairs, count, equalCount } = findOverlaps(
    texts.map((text) => parsePrefix(text).prefix),
    maxPairs,
  );
  return {
    pairs: pairs.map(({ a, b, relationship }) => `${texts[a]} ${relationship} ${texts[b]}`),
    count,
    equalCount,
  };
}

Deno.test("every pair is told from the side of the prefix that was given first", () => {
  assert.deepEqual(
    found(["10.0.0.0/25", "10.0.0.0/24", "10.0.0.0/25", "10.0.1.0/24", "2001:db8::/32"]),
    {
      pairs: [
        "10.0.0.0/25 contained_by 10.0.0.0/24",
        "10.0.0.0/25 equal 10.0.0.0/25",
        "10.0.0.0/24 contains 10.0.0.0/25",
      ],
      count: 3,
      equalCount: 1,
    },
  );
});

Deno.test("prefixes that only touch, and families, do not overlap", () => {
  assert.deepEqual(
    found(["10.0.0.0/25", "10.0.0.128/25", "0.0.0.0/0", "::/0", "::a00:0/121"]),
    {
      pairs: [
        "10.0.0.0/25 contained_by 0.0.0.0/0",
        "10.0.0.128/25 contained_by 0.0.0.0/0",
        "::/0 contains ::a00:0/121",
      ],
      count: 3,
      equalCount: 0,
    },
  );
  assert.deepEqual(found([]), { pairs: [], count: 0, equalCount: 0 });
});

Deno.test("pairs beyond the limit are counted", () => {
  const texts = Array.from({ length: 1000 }, () => "10.0.0.0/8");
  const { pairs, count, equalCount } = found(texts, 3);
  assert.equal(pairs.length, 3);
  assert.equal(count, 499_500);
  assert.equal(equalCount, 499_500);
});

Deno.test("a million prefixes, half of them in conflict, take seconds at worst", () => {
  const prefixes = Array.from({ length: 1_000_000 }, (_, index) => ({
    family: 4 as const,
    value: BigInt(index >> 1) << 8n,
    length: 24 - index % 2,
  })).map((one) => ({ ...one, value: one.length === 23 ? one.value & ~0x1ffn : one.value }));
  const startMs = performance.now();
  const { count, equalCount } = findOverlaps(prefixes, 10);
  assert.ok(performance.now() - startMs < 10_000);
  // In every two /24 lie two times a /23, and each of them holds the other and both /24.
  assert.equal(count, 250_000 * 5);
  assert.equal(equalCount, 250_000);
});

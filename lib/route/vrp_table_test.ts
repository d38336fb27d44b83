import assert from "node:assert/strict";
import fc from "fast-check";
import { ipv4FromBits } from "../ip/address.ts";
import { containsPrefix, parsePrefix, prefixOf, renderPrefix } from "../ip/prefix.ts";
import { type Vrp, VrpTable } from "./vrp_table.ts";

const vrp = (text: string, maxLength: number, asn: number): Vrp => ({
  prefix: parsePrefix(text).prefix,
  maxLength,
  asn,
});
const shown = ({ prefix, maxLength, asn }: Vrp) => `${renderPrefix(prefix)}-${maxLength} AS${asn}`;

Deno.test("a payload is there once, and gone once", () => {
  const table = new VrpTable();
  const one = vrp("192.0.2.0/24", 24, 4_294_967_295);
  assert.deepEqual([table.add(one), table.add({ ...one }), table.size], [true, false, 1]);
  assert.deepEqual([table.delete({ ...one, maxLength: 25 }), table.size], [false, 1]);
  assert.deepEqual([table.delete(one), table.delete(one), table.size], [true, false, 0]);
  assert.deepEqual(table.covering(one.prefix), []);
});

Deno.test("what covers a prefix is found, longest first, in its own family", () => {
  const table = new VrpTable();
  for (
    const one of [
      vrp("0.0.0.0/0", 0, 0),
      vrp("192.0.0.0/16", 24, 64497),
      vrp("192.0.0.0/16", 24, 64496),
      vrp("192.0.2.0/24", 32, 64496),
      vrp("192.0.2.0/25", 25, 64496),
      vrp("192.0.3.0/24", 24, 64496),
      vrp("::/0", 128, 64496),
    ]
  ) table.add(one);
  assert.deepEqual(table.covering(parsePrefix("192.0.2.0/24").prefix).map(shown), [
    "192.0.2.0/24-32 AS64496",
    "192.0.0.0/16-24 AS64496",
    "192.0.0.0/16-24 AS64497",
    "0.0.0.0/0-0 AS0",
  ]);
  assert.deepEqual(table.covering(parsePrefix("2001:db8::/32").prefix).map(shown), [
    "::/0-128 AS64496",
  ]);
});

Deno.test("covering is what comparing each with each finds", () => {
  const prefixes = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
    .map(([bits, length]) => prefixOf(ipv4FromBits(BigInt(bits)), length));
  const vrps = fc.array(
    fc.tuple(prefixes, fc.integer({ min: 0, max: 3 }), fc.boolean()).map((
      [prefix, asn, longer],
    ): Vrp => ({ prefix, asn, maxLength: longer ? 32 : prefix.length })),
    { maxLength: 40 },
  );
  fc.assert(fc.property(vrps, prefixes, (all, asked) => {
    const table = new VrpTable();
    for (const one of all) table.add(one);
    const expected = new Set(
      all.filter(({ prefix }) => containsPrefix(prefix, asked)).map(shown),
    );
    const found = table.covering(asked).map(shown);
    assert.equal(found.length, expected.size);
    assert.deepEqual(new Set(found), expected);
    assert.equal(table.size, new Set(all.map(shown)).size);
  }));
});

Deno.test("a hundred thousand IPv6 prefixes, alike in their lower half, go in within a moment", () => {
  const table = new VrpTable();
  const startMs = performance.now();
  for (let index = 0n; index < 100_000n; index++) {
    for (const length of [48, 64]) {
      const value = (0x2001_0db8n << 32n | index << 16n) << 64n;
      table.add({ prefix: { family: 6, value, length }, maxLength: length, asn: 64496 });
    }
  }
  assert.equal(table.size, 200_000);
  assert.equal(table.covering(parsePrefix("2001:db8:0:1::/64").prefix).length, 1);
  assert.equal(table.covering(parsePrefix("2001:db8:1::/64").prefix).length, 2);
  // As one chain in the hash table they took minutes.
  assert.ok(performance.now() - startMs < 10_000);
});

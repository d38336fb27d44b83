import assert from "node:assert/strict";
import fc from "fast-check";
import { comparePrefixes, containsPrefix, type Prefix, prefixOf } from "../ip/prefix.ts";
import { addressAt } from "./host_range.ts";
import { PrefixTable } from "./prefix_table.ts";

/** Prefixes of both families, near each other at both ends of the address. */
const prefixes: fc.Arbitrary<Prefix[]> = fc.array(
  fc.tuple(
    fc.constantFrom<4 | 6>(4, 6),
    fc.bigInt(0n, 7n),
    fc.constantFrom(0n, 29n, 32n, 61n, 64n, 125n),
    fc.nat(128),
  ).map(([family, low, shift, length]) =>
    family === 4
      ? prefixOf(addressAt(4, (low << shift) & 0xffff_ffffn), length % 33)
      : prefixOf(addressAt(6, low << shift), length)
  ),
  { maxLength: 40 },
);

Deno.test("the order is that of comparePrefixes, equal prefixes as given", () => {
  fc.assert(fc.property(prefixes, (given) => {
    const expected = given.map((_, index) => index).sort((a, b) =>
      comparePrefixes(given[a] as Prefix, given[b] as Prefix)
    );
    assert.deepEqual([...new PrefixTable(given).order()], expected);
  }));
});

Deno.test("one prefix holds another as containsPrefix says", () => {
  fc.assert(fc.property(prefixes, (given) => {
    const table = new PrefixTable(given);
    given.forEach((outer, at) =>
      given.forEach((inner, index) =>
        assert.equal(table.holds(at, index), containsPrefix(outer, inner))
      )
    );
  }));
});

Deno.test("no prefixes have no order", () => {
  assert.deepEqual([...new PrefixTable([]).order()], []);
});

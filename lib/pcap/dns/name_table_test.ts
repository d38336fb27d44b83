import assert from "node:assert/strict";
import fc from "fast-check";
import { DnsReader, encodeName } from "../../dns_wire/wire.ts";
import { foldName, type Name, NAME_WORDS_MAX, NameTable, wireOf } from "./name_table.ts";

function nameOf(table: NameTable, wire: Uint8Array): Name {
  const words = new Int32Array(NAME_WORDS_MAX);
  foldName(wire, 0, wire.length, words, 0);
  return table.of(words, 0, wire.length);
}

function count(table: NameTable, text: string, times = 1): Name {
  const name = nameOf(table, encodeName(text));
  table.count(name, times);
  return name;
}

Deno.test("a name is kept once, in any case", () => {
  const table = new NameTable(10, 1000);
  assert.equal(count(table, "WWW.example.com"), count(table, "www.EXAMPLE.com"));
  assert.deepEqual(table.top(5), [{ name: "www.example.com", count: 2 }]);
  assert.deepEqual(table.distinct, { count: 1, exact: true });
});

Deno.test("a full table forgets the rare names, keeps the frequent, and says so", () => {
  const table = new NameTable(100, 100_000);
  for (let round = 0; round < 1000; round++) {
    count(table, `rare${round}.example`);
    count(table, "often.example");
  }
  assert.deepEqual(table.top(1), [{ name: "often.example", count: 1000 }]);
  assert.deepEqual(table.distinct, { count: 100, exact: false });
});

Deno.test("long names fill the table by their octets", () => {
  const table = new NameTable(1000, 1000);
  for (let round = 0; round < 100; round++) count(table, `${"x".repeat(40)}.n${round}`);
  assert.equal(table.distinct.exact, false);
  assert.ok(table.top(1000).length <= 1000 / 40);
});

Deno.test("a presentation form names what its octets name, escapes and all", () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 12 });
  fc.assert(fc.property(fc.array(label, { maxLength: 5 }), (labels) => {
    const wire = Uint8Array.from([...labels.flatMap((one) => [one.length, ...one]), 0]);
    const table = new NameTable(10, 1000);
    const text = new DnsReader(wire).name("name");
    assert.equal(nameOf(table, wireOf(text)), nameOf(table, wire));
  }));
});

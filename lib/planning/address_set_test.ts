import assert from "node:assert/strict";
import { parsePrefix, type Prefix, renderPrefix } from "../ip/prefix.ts";
import { AddressSet } from "./address_set.ts";

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => parsePrefix(text).prefix);
}

const prefix = (text: string): Prefix => parsePrefix(text).prefix;

Deno.test("a prefix is free if it touches no member", () => {
  const set = new AddressSet(prefixes("10.0.0.64/26", "10.0.1.0/24", "10.0.1.128/25"));
  assert.equal(set.isFree(prefix("10.0.0.0/26")), true);
  assert.equal(set.isFree(prefix("10.0.0.0/25")), false);
  assert.equal(set.isFree(prefix("10.0.0.96/32")), false);
  assert.equal(set.isFree(prefix("10.0.0.128/25")), true);
  assert.equal(set.isFree(prefix("0.0.0.0/0")), false);
  assert.equal(set.overlapping(prefix("10.0.1.7/32"))?.length, 24);
  assert.equal(set.overlapping(prefix("10.0.2.0/24")), null);
});

Deno.test("what is added is in the set", () => {
  const set = new AddressSet([]);
  for (const text of ["10.0.2.0/24", "10.0.0.0/24", "10.0.1.0/24"]) {
    assert.equal(set.isFree(prefix(text)), true);
    set.add(prefix(text));
    assert.equal(set.isFree(prefix(text)), false);
    assert.equal(set.covers(prefix(text)), true);
  }
  assert.equal(set.covers(prefix("10.0.1.3/32")), true);
  assert.equal(set.covers(prefix("10.0.3.0/24")), false);
  assert.deepEqual([...set.freeIn(prefix("10.0.0.0/22"))].map(renderPrefix), ["10.0.3.0/24"]);
});

Deno.test("what is free around the members comes in the fewest prefixes", () => {
  const free = (parent: string, ...taken: string[]) =>
    [...new AddressSet(prefixes(...taken)).freeIn(prefix(parent))].map(renderPrefix);
  assert.deepEqual(free("10.0.0.0/24"), ["10.0.0.0/24"]);
  assert.deepEqual(free("10.0.0.0/24", "10.0.0.0/26"), ["10.0.0.64/26", "10.0.0.128/25"]);
  assert.equal(free("10.0.0.0/24", "10.0.0.255/32", "9.0.0.0/8", "11.0.0.0/8").length, 8);
  assert.deepEqual(free("10.0.0.0/24", "10.0.0.0/8"), []);
  assert.deepEqual(free("255.255.255.0/24", "255.255.255.128/25"), ["255.255.255.0/25"]);
  assert.deepEqual(free("::/0", "::/1"), ["8000::/1"]);
});

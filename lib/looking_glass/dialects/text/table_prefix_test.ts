import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { renderPrefix } from "../../../ip/prefix.ts";
import { readPrefix } from "./path_draft.ts";
import { readTablePrefix } from "./table_prefix.ts";

function read(text: string): string | null {
  const prefix = readTablePrefix(text);
  return prefix === null ? null : renderPrefix(prefix);
}

Deno.test("a prefix without a length has that of its class", () => {
  deepEqual(["0.0.0.0", "10.0.0.0", "172.16.0.0", "192.0.2.0"].map(read), [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "172.16.0.0/16",
    "192.0.2.0/24",
  ]);
  equal(read("10.1.0.0"), null);
});

Deno.test("a prefix with a length is read as it stands, or not at all", () => {
  equal(read("203.0.113.128/25"), "203.0.113.128/25");
  equal(read("2001:DB8::/32"), "2001:db8::/32");
  for (
    const text of ["", "/", "10.0.0.0/33", "10.0.0.1/24", "010.0.0.0/8", "256.0.0.0/8", "10.0.0/24"]
  ) {
    equal(read(text), null, text);
  }
});

Deno.test("the quick reader agrees with the careful one on every text", () => {
  const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom("", "00", "01", "a", "1000"));
  const text = fc.tuple(part, part, part, part, part)
    .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
  const plain = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(34))
    .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${length > 24 ? d : 0}/${length}`);
  fc.assert(fc.property(fc.oneof(text, plain), (prefix) => {
    deepEqual(readTablePrefix(prefix), readPrefix(prefix));
  }));
});

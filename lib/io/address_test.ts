import assert from "node:assert/strict";
import { comparableAddress, sameAddress } from "./address.ts";

Deno.test("one address has one spelling", () => {
  assert.equal(comparableAddress("192.0.2.1"), "192.0.2.1");
  assert.equal(comparableAddress("2001:DB8:0:0::1"), "2001:db8::1");
  assert.equal(comparableAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(comparableAddress("fe80::1%eth0"), "fe80::1%eth0");
});

Deno.test("what is no address has none", () => {
  for (const text of ["", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "1.2.3.4.5", "::1::"]) {
    assert.equal(comparableAddress(text), null, text);
  }
});

Deno.test("addresses are the same by value, and zones tell them apart", () => {
  assert.equal(sameAddress("::ffff:127.0.0.1", "127.0.0.1"), true);
  assert.equal(sameAddress("fe80::1%1", "fe80::1%2"), false);
  assert.equal(sameAddress("localhost", "localhost"), false);
});

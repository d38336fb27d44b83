import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { renderAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { readAddress, readPrefix, readPrefixes } from "./written_prefix.ts";

Deno.test("a prefix is read as people write it", () => {
  const read: Record<string, string> = {
    "192.0.2.0/24": "192.0.2.0/24",
    "192.0.2.0/255.255.255.0": "192.0.2.0/24",
    "192.0.2.0/0.0.0.255": "192.0.2.0/24",
    "0.0.0.0/0.0.0.0": "0.0.0.0/0",
    "192.0.2.1/255.255.255.255": "192.0.2.1/32",
    "192.0.2.1": "192.0.2.1/32",
    "2001:DB8::/32": "2001:db8::/32",
    "2001:db8::1": "2001:db8::1/128",
    "::ffff:192.0.2.0/120": "::ffff:192.0.2.0/120",
  };
  for (const [text, wanted] of Object.entries(read)) {
    assert.equal(renderPrefix(readPrefix(text).prefix), wanted, text);
  }
});

Deno.test("host bits and masks are noted, a plain prefix is not", () => {
  assert.equal(readPrefix("10.0.0.0/8").note, null);
  assert.equal(readPrefix("10.0.0.1").note, null);
  assert.equal(
    readPrefix("10.1.2.3/8").note,
    "10.1.2.3/8 has host bits set: read as 10.0.0.0/8",
  );
  assert.equal(
    readPrefix("2001:db8::1/64").note,
    "2001:db8::1/64 has host bits set: read as 2001:db8::/64",
  );
  assert.equal(
    readPrefix("10.0.0.0/0.255.255.255").note,
    "10.0.0.0/0.255.255.255 was read as 10.0.0.0/8",
  );
});

Deno.test("what is no prefix is refused", () => {
  for (
    const text of [
      "",
      "/",
      "10.0.0.0/",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "10.0.0/8",
      "010.0.0.0/8",
      " 10.0.0.0/8",
      "10.0.0.0 255.0.0.0",
      "10.0.0.0/255.0.255.0",
      "10.0.0.0/255.0.0",
      "10.0.0.0/8/8",
      "2001:db8::/129",
      "2001:db8::/255.255.0.0",
      "fe80::1%eth0/64",
      "host.example/24",
    ]
  ) {
    assert.throws(() => readPrefix(text), { name: "InputError", code: "input.prefix" }, text);
  }
});

Deno.test("an address has no length and no zone", () => {
  assert.equal(renderAddress(readAddress("2001:DB8::0:1")), "2001:db8::1");
  for (const text of ["10.0.0.0/8", "fe80::1%eth0", "10.0.0.256"]) {
    assert.throws(() => readAddress(text), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.code, "input.address");
      return error.hint.startsWith("Wanted: ");
    });
  }
});

Deno.test("of a list, what cannot be read is kept apart", () => {
  const { read, unread } = readPrefixes(["10.0.0.0/8", "ten", "2001:db8::/32", ""]);
  assert.deepEqual(read.map(({ text }) => text), ["10.0.0.0/8", "2001:db8::/32"]);
  assert.deepEqual(unread, ["ten", ""]);
});

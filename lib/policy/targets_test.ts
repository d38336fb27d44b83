import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../errors/mod.ts";
import { parseAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { checkTargetPattern, matchesAddress, matchesName, parseTargetPattern } from "./targets.ts";

const name = (pattern: string, text: string): boolean =>
  matchesName(parseTargetPattern(pattern), text);
const address = (pattern: string, text: string): boolean =>
  matchesAddress(parseTargetPattern(pattern), parseAddress(text));

Deno.test("a name matches itself, however the pattern is spelled", () => {
  equal(name("Host.Example.", "host.example"), true);
  equal(name("host.example", "a.host.example"), false);
  equal(name("münchen.example", "xn--mnchen-3ya.example"), true);
  equal(name("localhost", "localhost"), true);
  equal(address("localhost", "127.0.0.1"), false);
});

Deno.test("*.domain matches every depth and the apex, as Deno's flag does", () => {
  equal(name("*.company.com", "www.company.com"), true);
  equal(name("*.company.com", "a.b.company.com"), true);
  equal(name("*.Company.com", "company.com"), true);
  equal(name("*.company.com", "evilcompany.com"), false);
  equal(name("*.company.com", "company.com.evil.example"), false);
  equal(name("*.münchen.example", "a.xn--mnchen-3ya.example"), true);
});

Deno.test("a * elsewhere stands for any characters, dots included", () => {
  equal(name("web*.example.com", "web1.example.com"), true);
  equal(name("web*.example.com", "web.eu.example.com"), true);
  equal(name("web*.example.com", "aweb1.example.com"), false);
  equal(name("*company.com", "evilcompany.com"), true);
  equal(name("a*b*c", "abbc"), true);
  equal(name("a*b*c", "acb"), false);
  equal(name("ab*ba", "aba"), false);
  equal(name("a.*.b", "axxb"), false);
});

Deno.test("many stars are matched in linear time", () => {
  equal(name(`${"a*".repeat(60)}b`, "a".repeat(253)), false);
});

Deno.test("a glob agrees with the expression it stands for", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 12 });
  const glob = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 8 })
    .filter((pattern) => /[ab]/.test(pattern) && pattern.includes("*"));
  fc.assert(
    fc.property(glob, text, (pattern, given) => {
      equal(name(pattern, given), new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(given));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("addresses and ranges match by bits", () => {
  equal(address("10.0.0.5", "10.0.0.5"), true);
  equal(address("10.0.0.5", "10.0.0.6"), false);
  equal(address("10.1.2.3/8", "10.9.9.9"), true);
  equal(address("2001:db8::/32", "2001:db8:1::1"), true);
  equal(address("0.0.0.0/0", "::1"), false);
  equal(address("::ffff:10.0.0.0/104", "10.0.0.5"), true);
  equal(address("::ffff:10.0.0.5", "10.0.0.5"), true);
  equal(name("10.0.0.0/8", "10.example"), false);
  deepEqual([name("*", "any.example"), address("*", "::1")], [true, true]);
});

Deno.test("a pattern that would not do what it looks like is refused with what to write", () => {
  const table: [string, string][] = [
    ["10.0.*", '"10.0.0.0/16"'],
    ["192.168.1.*", '"192.168.1.0/24"'],
    ["10.*.*.*", '"10.0.0.0/8"'],
    ["10.*.1.1", "a CIDR range where addresses are meant"],
    ["fe80:*", "a CIDR range where addresses are meant"],
    ["10.0.0.0/33", "a length from 0 to 32, for example 10.0.0.0/32"],
    [
      "10/8",
      "four decimal parts without leading zeros or an IPv6 address, for example 192.0.2.10 or 2001:db8::10",
    ],
    ["127.1", "four decimal parts, 127.0.0.1"],
    ["https://example.com", "the host alone, without scheme and path"],
    ["example.com:443", "the host alone; the port is a parameter of its own"],
    ["[::1]", "the address alone, without brackets and port"],
    ["fe80::1%eth0", "the address alone, fe80::1"],
  ];
  for (const [text, wanted] of table) equal(checkTargetPattern(text), wanted, text);
  for (
    const text of ["", " ", "a b", "web?.example", "[ab].example", "*..x", "*.", "*.-a", "a/b*"]
  ) {
    throws(
      () => parseTargetPattern(text),
      (error) => error instanceof InputError && error.code === "input.target_pattern",
      JSON.stringify(text),
    );
  }
  equal(checkTargetPattern("*.example.com"), null);
});

Deno.test("a range pattern keeps the text of the configuration", () => {
  const pattern = parseTargetPattern("10.1.2.3/8");
  equal(pattern.text, "10.1.2.3/8");
  equal(pattern.kind === "range" && renderPrefix(pattern.prefix), "10.0.0.0/8");
});

Deno.test("a glob takes ASCII only, also where lower case would make it so", () => {
  // U+212A KELVIN SIGN becomes "k".
  throws(() => parseTargetPattern("a*.\u212a.example"), { code: "input.target_pattern" });
  equal(name("A*.K.Example.", "ab.k.example"), true);
});

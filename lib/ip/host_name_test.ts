import { equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseHostName } from "./host_name.ts";
import { IpSyntaxError } from "./syntax_error.ts";

Deno.test("names come out in lower case, as A-labels, without the final dot", () => {
  const table: [string, string][] = [
    ["www.Example.COM", "www.example.com"],
    ["example.com.", "example.com"],
    ["münchen.example", "xn--mnchen-3ya.example"],
    ["XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"],
    ["example。com", "example.com"],
    ["Ⓔxample.com", "example.com"],
    ["ſecret.example", "secret.example"],
    ["localhost", "localhost"],
    ["1and1.example", "1and1.example"],
    ["3com", "3com"],
    ["deadbeef", "deadbeef"],
    ["1.2.3.4.example", "1.2.3.4.example"],
    ["r1--a.example", "r1--a.example"],
  ];
  for (const [text, wanted] of table) equal(parseHostName(text), wanted, text);
});

Deno.test("a text that some resolver takes for an address is refused with its meaning", () => {
  const table: [string, string][] = [
    ["127.1", "four decimal parts, 127.0.0.1"],
    ["2130706433", "four decimal parts, 127.0.0.1"],
    ["0x7f000001", "four decimal parts, 127.0.0.1"],
    ["017700000001", "four decimal parts, 127.0.0.1"],
    ["0177.0.0.1", "four decimal parts, 127.0.0.1"],
    ["169.254.43518", "four decimal parts, 169.254.169.254"],
    ["169.254.169.254.", "four decimal parts, 169.254.169.254"],
    ["0xA9.0xFE.0xA9.0xFE", "four decimal parts, 169.254.169.254"],
    ["１２７.０.０.１", "four decimal parts, 127.0.0.1"],
    ["①②⑦.1", "four decimal parts, 127.0.0.1"],
    ["127。0。0。1", "four decimal parts, 127.0.0.1"],
    ["0", "four decimal parts, 0.0.0.0"],
    ["0x", "four decimal parts, 0.0.0.0"],
  ];
  for (const [text, expected] of table) throws(() => parseHostName(text), { expected }, text);
  for (const text of ["1.2.3.4.5", "256.256.256.256", "09.1", "host.7", "a.0x10", "4294967296"]) {
    throws(() => parseHostName(text), /last label is a number/, text);
  }
});

Deno.test("what no host name may have is refused", () => {
  for (
    const text of [
      ...["", ".", "..", "a..b", ".a", "a..", "-f", "-", "a-.b", "-a.b", "a.-b"],
      ...["a b", "a ", " a", "a\tb", "a\nb", "a\0b", "a\u007f", "a\u0085b", "a\u00a0b"],
      ...["a\u2028b", "a\ud800b", "\u2010f", "a\u200db.com", "\u202eabc.com"],
      ...["a_b", "a:b", "a/b", "a@b", "a%2eb", "a*b", "a,b", "a;b", "a'b", 'a"b', "a\\b"],
      ...["$(id)", "a`b", "a|b", "b&c", "℀.com", "xn--a", "xn--127-"],
      "a".repeat(64),
      `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}`,
      "a".repeat(10_000),
    ]
  ) {
    throws(() => parseHostName(text), IpSyntaxError, JSON.stringify(text));
  }
});

Deno.test("the longest label and the longest name pass", () => {
  equal(parseHostName("a".repeat(63)).length, 63);
  const longest = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
  equal(parseHostName(`${longest}.`), longest);
});

Deno.test("underscores are for query names only", () => {
  throws(() => parseHostName("_dmarc.example.com"), IpSyntaxError);
  equal(
    parseHostName("_Dmarc.example.com", { underscores: true }),
    "_dmarc.example.com",
  );
});

Deno.test("a name once read reads the same again, and never as an address", () => {
  const unit = fc.constantFrom(..."ab1.0x-_。１②ßüK٣xn--");
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: "grapheme" })), (text) => {
      let name: string;
      try {
        name = parseHostName(text);
      } catch (error) {
        equal(error instanceof IpSyntaxError, true);
        return;
      }
      equal(parseHostName(name), name);
      // The URL parser turns every number spelling into dotted decimal.
      equal(new URL(`http://${name}/`).hostname, name);
    }),
    { numRuns: 3000 },
  );
});

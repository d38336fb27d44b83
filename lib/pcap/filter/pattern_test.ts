/** Regular expressions over octets: what they match, and that no pattern makes them slow. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../errors/mod.ts";
import { compilePattern } from "./pattern.ts";

function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  assert.ok(compiled.pattern !== null, compiled.fault?.message);
  const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0));
  return compiled.pattern.test(bytes, 0, bytes.length);
}

Deno.test("patterns are found anywhere, and case is ignored", () => {
  assert.equal(matches("exam", "www.EXAMPLE.net"), true);
  assert.equal(matches("^exam", "www.example.net"), false);
  assert.equal(matches("net$", "www.example.net"), true);
  assert.equal(matches("www$", "www.example.net"), false);
  assert.equal(matches("^$", ""), true);
  assert.equal(matches("^$", "a"), false);
  assert.equal(matches("a{2,3}b", "xaab"), true);
  assert.equal(matches("^a{2,3}b", "aaaab"), false);
  assert.equal(matches("^[^a-c]+$", "DEF"), true);
  assert.equal(matches("^[^a-c]+$", "deB"), false);
  assert.equal(matches("\\x16\\x03[\\x00-\\x04]", "..\x16\x03\x01"), true);
  assert.equal(matches("(?:ab|cd)*e", "abcdabe"), true);
  assert.equal(matches("\\d+\\.\\w\\s", "a 12.x "), true);
  assert.equal(matches("a.c", "a\nc"), false);
  assert.equal(matches("é", "caf\xc3\xa9"), false);
  assert.equal(matches("\\xc3\\xa9", "caf\xc3\xa9"), true);
});

Deno.test("only the octets between the bounds count", () => {
  const { pattern } = compilePattern("^b$");
  const bytes = Uint8Array.from("abc", (one) => one.charCodeAt(0));
  assert.equal(pattern?.test(bytes, 1, 2), true);
  assert.equal(pattern?.test(bytes, 0, 2), false);
});

/** Patterns of what both engines know. */
const pattern = fc.letrec<{ choice: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "[b-c]", "\\d", "\\x61"),
    tie("choice").map((inner) => `(${inner})`),
    fc.tuple(
      fc.constantFrom("a", "(ab)", "[ac]"),
      fc.constantFrom("*", "+", "?", "{1,2}", "{2}", "*?"),
    )
      .map(([one, sign]) => one + sign),
  ),
  choice: fc.array(
    fc.tuple(
      fc.constantFrom("", "", "^"),
      fc.array(tie("atom"), { maxLength: 4 }),
      fc.constantFrom("", "", "$"),
    ).map(([start, atoms, end]) => start + atoms.join("") + end),
    { minLength: 1, maxLength: 3 },
  ).map((all) => all.join("|")),
})).choice.filter((text) => text.length <= 100);

Deno.test("a pattern matches what a backtracking engine matches", () => {
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "c", "1"), maxLength: 12 }), (
      text,
      subject,
    ) => {
      assert.equal(matches(text, subject), new RegExp(text, "is").test(subject));
    }),
    { numRuns: 500 },
  );
});

Deno.test("any text is a pattern or a fault, never an exception", () => {
  const soup = fc.string({ unit: fc.constantFrom(..."ab()[]{}^$*+?|\\-,019:dwxé"), maxLength: 30 });
  fc.assert(
    fc.property(soup, (text) => {
      const { pattern, fault } = compilePattern(text);
      assert.notEqual(pattern === null, fault === null);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("what would need a memory of the match is refused by name", () => {
  const fault = (text: string) => compilePattern(text).fault?.message;
  assert.equal(fault("(a)\\1"), '"\\1" is not known');
  assert.equal(fault("(?=a)"), '"(?=" is not known: no look-around, no named groups');
  assert.equal(fault("a++"), "possessive repetition is not known");
  assert.equal(fault("a**"), "a repetition is repeated");
  assert.equal(fault("a{9,3}"), "{9,3} is out of range");
  assert.equal(fault("[b-a]"), "a range of a set is upside down");
  assert.equal(fault("(((a{200}){200}){200})"), "the pattern unfolds to too much");
  assert.equal(fault("((((){250}){250}){250}){250}"), "the pattern unfolds to too much");
});

Deno.test("patterns that blow up elsewhere read a megabyte in one go", () => {
  const bytes = new Uint8Array(1_000_000).fill(0x61);
  for (const text of ["(a+)+b", "(a|a)*b", "(.*a){12}b", "^(a?){30}a{30}b", "(x+x+)+y"]) {
    const { pattern } = compilePattern(text);
    assert.equal(pattern?.test(bytes, 0, bytes.length), false, text);
  }
});

Deno.test("a pattern with more states than are kept ends in an error, not in hours", () => {
  const bytes = new Uint8Array(4_000_000);
  let state = 1;
  for (let at = 0; at < bytes.length; at++) {
    // Numerical Recipes' linear congruential generator; its high bits are random enough.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = 0x61 + (state >>> 31);
  }
  const { pattern } = compilePattern("a(a|b){40}c");
  assert.throws(
    () => pattern?.test(bytes, 0, bytes.length),
    (error) => error instanceof InputError && error.code === "input.filter_cost",
  );
});

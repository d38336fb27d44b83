import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeStrings, escapeText } from "./escape.ts";

Deno.test("escapeText() shows control characters instead of sending them", () => {
  assert.equal(escapeText("a\u001b[31mred\u0007\r\n"), "a\\x1b[31mred\\x07\\r\\n");
});

Deno.test("escapeText() shows bidirectional overrides, zero-width characters and tags", () => {
  assert.equal(escapeText("x\u202ey"), "x\\u{202e}y");
  assert.equal(escapeText("a\u200bb\ufeffc"), "a\\u{200b}b\\u{feff}c");
  assert.equal(escapeText("t\u{e0041}"), "t\\u{e0041}");
});

Deno.test("escapeText() shows lone surrogates", () => {
  assert.equal(escapeText("\ud800x"), "\\u{d800}x");
});

Deno.test("escapeText() leaves letters of every script alone", () => {
  assert.equal(escapeText("Zürich 東京 🙂"), "Zürich 東京 🙂");
});

Deno.test("escapeText() caps long text and counts what is left out", () => {
  assert.equal(escapeText("abcdef", 4), "abcd… (2 more characters)");
});

Deno.test("escapeStrings() reaches strings and keys at every depth and keeps other values", () => {
  assert.deepEqual(escapeStrings({ "k\n": ["a\u0000", { b: "\u0085", n: 5, z: null }] }), {
    "k\\n": ["a\\x00", { b: "\\x85", n: 5, z: null }],
  });
});

Deno.test("escapeText() never lets an unsafe character through", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const escaped = escapeText(text);
    for (const character of escaped) {
      const point = character.codePointAt(0) ?? 0;
      assert.ok(point >= 0x20 && !(point >= 0x7f && point <= 0x9f));
      assert.ok(!(point >= 0x200b && point <= 0x200f) && !(point >= 0x202a && point <= 0x202e));
    }
  }));
});

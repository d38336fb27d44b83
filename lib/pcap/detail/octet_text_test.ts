import assert from "node:assert/strict";
import fc from "fast-check";
import { dumpLines, textOf } from "./octet_text.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("a dump has offset, octets and text, sixteen to a line", () => {
  assert.deepEqual(dumpLines(new TextEncoder().encode("GET / HTTP/1.1\r\nHost"), 54), [
    "0036  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..",
    "0046  48 6f 73 74                                      Host",
  ]);
  assert.deepEqual(dumpLines(bytes(), 0), []);
});

Deno.test("text is given as it is, and what is no UTF-8 as escapes", () => {
  assert.deepEqual(textOf(new TextEncoder().encode("naïve 😀"), 100), {
    text: "naïve 😀",
    octets: 11,
    isUtf8: true,
  });
  assert.deepEqual(textOf(bytes(0x61, 0xff, 0x62, 0xc3), 100), {
    text: "a\\xffb\\xc3",
    octets: 4,
    isUtf8: false,
  });
});

Deno.test("overlong forms, surrogates and what lies above U+10FFFF are no UTF-8", () => {
  for (const octets of [bytes(0xc0, 0x80), bytes(0xe0, 0x80, 0x80), bytes(0xed, 0xa0, 0x80)]) {
    assert.equal(textOf(octets, 100).isUtf8, false);
  }
  assert.equal(textOf(bytes(0xf4, 0x90, 0x80, 0x80), 100).text, "\\xf4\\x90\\x80\\x80");
});

Deno.test("text ends before the character that does not fit", () => {
  assert.deepEqual(textOf(new TextEncoder().encode("ab😀"), 3), {
    text: "ab",
    octets: 2,
    isUtf8: true,
  });
  assert.deepEqual(textOf(bytes(0x61, 0xff), 4), { text: "a", octets: 1, isUtf8: true });
});

Deno.test("whatever the octets, text is bounded, goes forward, and agrees with a decoder on UTF-8", () => {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.integer({ min: 4, max: 50 }),
      (octets, max) => {
        const { text, octets: taken, isUtf8 } = textOf(octets, max);
        assert.ok(text.length <= max && taken > 0 && taken <= octets.length);
        let wanted: string | null = null;
        try {
          wanted = utf8.decode(octets.subarray(0, taken));
        } catch {
          assert.equal(isUtf8, false);
        }
        if (isUtf8) assert.equal(text, wanted);
      },
    ),
  );
});

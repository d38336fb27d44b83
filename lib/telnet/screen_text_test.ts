import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_LINE_CHARS, ScreenText } from "./screen_text.ts";

const encoder = new TextEncoder();

function screenOf(...pieces: readonly (string | Uint8Array)[]): ScreenText {
  const screen = new ScreenText();
  for (const piece of pieces) {
    screen.write(typeof piece === "string" ? encoder.encode(piece) : piece);
  }
  return screen;
}

function shown(text: string | Uint8Array): string {
  return screenOf(text).takeAll();
}

const MARK = " --More-- ";
const BACK = "\b".repeat(10);
const WIPE = BACK + " ".repeat(10) + BACK;

Deno.test("lines end with LF, CR LF, CR NUL LF and CR CR LF alike", () => {
  assert.equal(shown("a\nb\r\nc\r\0\nd\r\r\n"), "a\nb\nc\nd\n");
});

Deno.test("a prompt is the current line with its trailing space", () => {
  const screen = screenOf("motd\r\n\r\nrs1.example.net> ");
  assert.equal(screen.currentLine, "rs1.example.net> ");
  assert.equal(screen.finishedLength, 6);
  assert.equal(screen.takeFinished(), "motd\n\n");
  assert.equal(screen.finishedLength, 0);
  assert.equal(screen.takeFinished(), "");
  assert.equal(screen.takeAll(), "rs1.example.net> ");
  assert.equal(screen.currentLine, "");
  assert.equal(screen.takeAll(), "");
});

Deno.test("NUL, BEL and other controls vanish, a TAB stays", () => {
  assert.equal(shown("\0a\x07\tb\x7fc\x0c\x0e"), "a\tbc");
  assert.equal(shown("\ufeffa\ufeffb"), "ab");
});

Deno.test("CR and BS let later text overwrite earlier text", () => {
  assert.equal(shown("12345\rab\n"), "ab345\n");
  assert.equal(shown("12345\b\bab\n"), "123ab\n");
  assert.equal(shown("ab\b\b\b\b\bcd\n"), "cd\n");
  assert.equal(screenOf("12345\rab").currentLine, "ab");
  assert.equal(screenOf("12345\b\b").currentLine, "123");
});

Deno.test("UTF-8 is decoded across pieces, and what is none reads as U+FFFD", () => {
  assert.equal(screenOf(Uint8Array.of(0xc3), Uint8Array.of(0xa3)).takeAll(), "ã");
  assert.equal(shown(Uint8Array.of(0x53, 0xe3, 0x6f)), "S\ufffdo");
});

Deno.test("escape sequences vanish: CSI, charset, OSC, DCS, and their 8-bit forms", () => {
  assert.equal(shown("a\x1b[1;31mb\x1b[0m\x1b[?25hc"), "abc");
  assert.equal(shown("a\x1b(Bb\x1b=c\x1bMd"), "abcd");
  assert.equal(shown("a\x1b]0;title\x07b\x1b]0;title\x1b\\c"), "abc");
  assert.equal(shown("a\x1bP1$r0m\x1b\\b\x1b_x\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e"), "abcde");
  assert.equal(shown("a\u009b31mb\u009d0;t\u009cc\u0085d"), "abcd");
});

Deno.test("a broken escape sequence costs no more than its own line", () => {
  assert.equal(shown("a\x1b]0;never ended\r\nb\n"), "a\nb\n");
  assert.equal(shown("a\x1b[12\nb\n"), "a\nb\n");
  assert.equal(shown("a\x1b\nb\x1b"), "a\nb");
});

Deno.test("a pager mark in the middle of a line leaves the line as if it had not been there", () => {
  const screen = screenOf(`64496 {${MARK}`);
  screen.ghostTail(MARK.length);
  assert.equal(screen.currentLine, "64496 {");
  screen.write(encoder.encode(`\0${WIPE}64510,64511} ?\r\n`));
  assert.equal(screen.takeAll(), "64496 {64510,64511} ?\n");
});

Deno.test("text shorter than the mark that it replaces has no blanks behind it", () => {
  for (const [text, seen] of [["}", "}"], ["  }", "  }"], ["ab ", "ab "], ["", ""]] as const) {
    const screen = screenOf(`x${MARK}`);
    screen.ghostTail(MARK.length);
    screen.write(encoder.encode(`${WIPE}${text}\r\n`));
    assert.equal(screen.takeAll(), `x${seen}\n`);
  }
});

Deno.test("a prompt behind a mark keeps its trailing space", () => {
  const screen = screenOf(MARK);
  screen.ghostTail(MARK.length);
  screen.write(encoder.encode(`${WIPE}r1> `));
  assert.equal(screen.currentLine, "r1> ");
  assert.equal(screen.takeAll(), "r1> ");
});

Deno.test("a mark that is wiped from the first column by more blanks than it has vanishes too", () => {
  const screen = screenOf("---(more 12%)---");
  screen.ghostTail(16);
  screen.write(encoder.encode(`\r${" ".repeat(40)}\r10.0.0.0/24\r\n`));
  assert.equal(screen.takeAll(), "10.0.0.0/24\n");
});

Deno.test("a mark that nobody wipes leaves nothing behind", () => {
  const screen = screenOf(`{${MARK}`);
  screen.ghostTail(MARK.length);
  screen.write(encoder.encode("64510}\r\n"));
  assert.equal(screen.takeAll(), "{64510}\n");
});

Deno.test("a mark that ends with CR stands in the line that the cursor went back over", () => {
  const screen = screenOf("--More--\r");
  assert.deepEqual([screen.currentLine, screen.returnedLine], ["", "--More--"]);
  screen.ghostTail(8);
  assert.equal(screen.returnedLine, "");
  screen.write(encoder.encode(`${" ".repeat(8)}\r\r\nab\r\n`));
  assert.equal(screen.takeAll(), "\nab\n");
  assert.equal(screenOf("ab\rc").returnedLine, "");
});

Deno.test("a mark longer than the line takes the whole line", () => {
  const screen = screenOf("ab");
  screen.ghostTail(10);
  assert.equal(screen.currentLine, "");
  assert.equal(screen.takeAll(), "");
});

Deno.test("a line is broken at 65,536 characters, never inside a character", () => {
  assert.equal(MAX_LINE_CHARS, 65_536);
  const screen = screenOf("x".repeat(65_535), "😀y\n");
  assert.equal(screen.takeAll(), `${"x".repeat(65_535)}\n😀y\n`);
  assert.equal(shown("x".repeat(65_536) + "y"), `${"x".repeat(65_536)}\ny`);
  assert.equal(shown("\rab" + "c".repeat(65_536)).length, 65_539);
});

/** What screens are made of: text, controls, sequences, and any octet. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom("a", "bc", "\r", "\n", "\r\n", "\b", "\b\b\b", "   ", "\t", "\0", "é", "😀"),
    fc.constantFrom("\x1b", "\x1b[", "\x1b[0m", "\x1b]", "\x1bP", "\x07", "\x1b\\", "m", "\u009b"),
    fc.constantFrom(MARK, WIPE, "\ufeff"),
    fc.string({ unit: "binary", maxLength: 3 }),
  ).map((text) => encoder.encode(text)),
  { maxLength: 24 },
);
const streams = fc.oneof(
  pieces.map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
  fc.uint8Array({ maxLength: 80 }),
);

function reading(parts: Iterable<Uint8Array>): [string, number, string] {
  const screen = new ScreenText();
  for (const part of parts) screen.write(part);
  return [screen.currentLine, screen.finishedLength, screen.takeAll()];
}

Deno.test("every split of a stream gives the same text", () =>
  fc.assert(fc.property(streams, (stream) => {
    const whole = reading([stream]);
    assert.deepEqual(reading(Array.from(stream, (octet) => Uint8Array.of(octet))), whole);
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(reading([stream.subarray(0, at), stream.subarray(at)]), whole);
    }
  })));

Deno.test("whatever comes, the text is well-formed, clean, and no longer than what came", () =>
  fc.assert(
    fc.property(streams, fc.nat({ max: 12 }), (stream, count) => {
      const screen = new ScreenText();
      const half = stream.length >> 1;
      screen.write(stream.subarray(0, half));
      screen.ghostTail(count);
      screen.write(stream.subarray(half));
      const { currentLine } = screen;
      const text = screen.takeAll();
      assert.ok(text.isWellFormed() && currentLine.isWellFormed());
      // deno-lint-ignore no-control-regex -- control characters are what must be gone
      assert.doesNotMatch(text + currentLine, /[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      assert.ok(text.length <= stream.length);
    }),
    { numRuns: 10_000 },
  ));

Deno.test("a mark at any place of a paged text gives the text without paging", () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("{", "}", " ", "  ", "65001", '"x":1,', "\n"), { maxLength: 20 }),
      fc.nat({ max: 60 }),
      (words, place) => {
        const text = words.join("");
        const at = Math.min(place, text.length);
        const screen = screenOf(text.slice(0, at) + MARK);
        screen.ghostTail(MARK.length);
        screen.write(encoder.encode(`\0${WIPE}${text.slice(at)}`));
        assert.equal(screen.takeAll(), text);
      },
    ),
  ));

Deno.test("megabytes of backspaces, returns, blanks or half sequences take no long time", () => {
  for (
    const unit of ["\b", "\r", "ab\b", "x\r", "\x1b[", "\x1b]", "\u009b", "y", `${MARK}${BACK}`]
  ) {
    const piece = encoder.encode(unit.repeat(Math.floor(65_536 / unit.length)));
    const screen = new ScreenText();
    const startedMs = performance.now();
    for (let sent = 0; sent < 8 * 1_048_576; sent += piece.length) {
      screen.write(piece);
      screen.currentLine;
    }
    assert.ok(screen.takeAll().length <= 9 * 1_048_576);
    assert.ok(performance.now() - startedMs < 10_000, JSON.stringify(unit));
  }
});

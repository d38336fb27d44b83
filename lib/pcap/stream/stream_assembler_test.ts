import assert from "node:assert/strict";
import fc from "fast-check";
import { HeldBudget, StreamAssembler, type StreamSink } from "./stream_assembler.ts";

/** What came out, as text; a gap of three octets is `<3>`. */
function collector(): StreamSink & { text: string; frames: number[] } {
  return {
    text: "",
    frames: [],
    data(octets, frame) {
      this.text += String.fromCharCode(...octets);
      this.frames.push(frame);
    },
    gap(length) {
      this.text += `<${length}>`;
    },
  };
}

const ascii = (text: string) => new TextEncoder().encode(text);

function assembled(
  segments: readonly (readonly [seq: number, text: string])[],
  begin?: number,
): { text: string; frames: number[]; assembler: StreamAssembler } {
  const sink = collector();
  const assembler = new StreamAssembler(sink);
  if (begin !== undefined) assembler.begin(begin);
  segments.forEach(([seq, text], index) => assembler.add(seq, ascii(text), text.length, index + 1));
  return { text: sink.text, frames: sink.frames, assembler };
}

Deno.test("segments in order come out as they are, with their frames", () => {
  const { text, frames } = assembled([[100, "abc"], [103, "def"]]);
  assert.equal(text, "abcdef");
  assert.deepEqual(frames, [1, 2]);
});

Deno.test("a segment ahead of its turn waits for the one before it", () => {
  const { text, frames } = assembled([[103, "def"], [100, "abc"]], 100);
  assert.equal(text, "abcdef");
  assert.deepEqual(frames, [2, 1]);
});

Deno.test("what came first counts where segments overlap, held or not", () => {
  assert.equal(assembled([[100, "abcd"], [102, "XYef"]]).text, "abcdef");
  assert.equal(assembled([[104, "ef"], [102, "cdXYgh"], [100, "ab"]], 100).text, "abcdefgh");
  const { assembler } = assembled([[104, "ef"], [102, "cdXYgh"], [100, "ab"], [100, "AB"]], 100);
  assert.equal(assembler.counts.repeated, 4);
});

Deno.test("sequence numbers wrap", () => {
  assert.equal(assembled([[0xfffffffe, "abcd"], [6, "ij"], [2, "efgh"]]).text, "abcdefghij");
});

Deno.test("a hole is told as a gap once nothing more comes, and before that not at all", () => {
  const { text, assembler } = assembled([[100, "ab"], [105, "fg"]]);
  assert.equal(text, "ab");
  const sink = collector();
  const other = new StreamAssembler(sink);
  other.add(100, ascii("ab"), 2, 1);
  other.add(105, ascii("fg"), 2, 2);
  other.end();
  assert.equal(sink.text, "ab<3>fg");
  assert.deepEqual(other.counts, { delivered: 4, repeated: 0, missing: 3, gaps: 1 });
  assert.equal(assembler.drop() > 0, true);
});

Deno.test("octets that the capture cut off are a gap in their place", () => {
  const sink = collector();
  const assembler = new StreamAssembler(sink);
  assembler.add(100, ascii("ab"), 10, 1);
  assembler.add(110, ascii("cd"), 2, 2);
  assert.equal(sink.text, "ab<8>cd");
});

Deno.test("a shared budget that is full makes a gap, and says so", () => {
  const budget = new HeldBudget(2000);
  const sink = collector();
  const assembler = new StreamAssembler(sink, budget);
  assembler.begin(0);
  for (let index = 1; index <= 20; index++) {
    assembler.add(index * 100, new Uint8Array(100).fill(65), 100, index);
  }
  assert.ok(sink.text.startsWith("<100>AAAA"));
  assert.equal(budget.givenUp, 1);
  assert.equal(budget.heldBytes, 0);
});

Deno.test("many tiny segments out of order are bounded as well", () => {
  const sink = collector();
  const assembler = new StreamAssembler(sink);
  assembler.begin(0);
  for (let index = 1; index < 4000; index++) assembler.add(index * 2, ascii("x"), 1, index);
  assert.ok(sink.text.length > 0);
  assert.ok(assembler.drop() < 1100 * 130);
});

/** A text cut into pieces, in any order, some twice, some overlapping. */
const SHUFFLED = fc.record({
  text: fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(..."abcdefghij") }),
  start: fc.integer({ min: 0, max: 0xffffffff }),
  pieces: fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 20 })), { maxLength: 30 }),
  cuts: fc.array(fc.nat(59), { maxLength: 8 }),
  order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
});

Deno.test("every split and every order of the same octets gives the same stream", () => {
  fc.assert(fc.property(SHUFFLED, ({ text, start, pieces, cuts, order }) => {
    const edges = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])]
      .sort((a, b) => a - b);
    const segments: (readonly [number, string])[] = edges.slice(1).map((edge, index) => {
      const from = edges[index] ?? 0;
      return [(start + from) >>> 0, text.slice(from, edge)] as const;
    });
    for (const [from, length] of pieces) {
      const piece = text.slice(from, from + length);
      if (piece !== "") segments.push([(start + from) >>> 0, piece]);
    }
    const shuffled = segments.map((segment, index) => ({ segment, key: order[index % 40] ?? 0 }))
      .sort((a, b) => a.key - b.key).map(({ segment }) => segment);
    const { text: got, assembler } = assembled(shuffled, start);
    assert.equal(got, text);
    const total = segments.reduce((sum, [, piece]) => sum + piece.length, 0);
    assert.deepEqual(assembler.counts, {
      delivered: text.length,
      repeated: total - text.length,
      missing: 0,
      gaps: 0,
    });
  }));
});

Deno.test("any segments whatever give at most what they hold, and never fail", () => {
  const segment = fc.tuple(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.uint8Array({ maxLength: 30 }),
    fc.nat(100),
  );
  fc.assert(fc.property(fc.array(segment, { maxLength: 50 }), (segments) => {
    let octets = 0;
    let missing = 0;
    const budget = new HeldBudget(1500);
    const assembler = new StreamAssembler({
      data: (piece) => void (octets += piece.length),
      gap: (length) => void (missing += length),
    }, budget);
    segments.forEach(([seq, bytes, more], frame) =>
      assembler.add(seq, bytes, bytes.length + more, frame)
    );
    assembler.end();
    assert.equal(budget.heldBytes, 0);
    assert.equal(assembler.position, octets + missing);
    assert.ok(octets <= segments.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  }));
});

Deno.test("a hole that the receiver has acknowledged is told as a gap at once", () => {
  const sink = collector();
  const assembler = new StreamAssembler(sink);
  assembler.add(100, ascii("ab"), 2, 1);
  assembler.add(105, ascii("fg"), 2, 2);
  assembler.add(110, ascii("kl"), 2, 3);
  assembler.acknowledge(102);
  assert.equal(sink.text, "ab");
  assembler.acknowledge(107);
  assert.equal(sink.text, "ab<3>fg");
  assembler.add(107, ascii("hij"), 3, 4);
  assert.equal(sink.text, "ab<3>fghijkl");
  assembler.acknowledge(50);
  assert.equal(sink.text, "ab<3>fghijkl");
});

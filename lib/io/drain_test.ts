import assert from "node:assert/strict";
import fc from "fast-check";
import { drain, type Drained } from "./drain.ts";

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks);
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

async function drainText(
  chunks: readonly Uint8Array[],
  maxBytes = 1_000_000,
): Promise<Drained & { lines: string[] }> {
  const lines: string[] = [];
  const { done } = drain(streamOf(chunks), {
    maxBytes,
    onLine: (line) => lines.push(line),
    onFault: assert.fail,
  });
  return { ...await done, lines };
}

Deno.test("text and lines are the same however the pipe cuts them", async () => {
  const pieces = fc.array(fc.constantFrom("a", "ü", "\n", "\r\n", "\t", "日"), { maxLength: 40 });
  await fc.assert(fc.asyncProperty(pieces, fc.array(fc.nat(7)), async (parts, sizes) => {
    const text = parts.join("");
    const drained = await drainText(cut(new TextEncoder().encode(text), sizes));
    assert.equal(drained.text, text);
    const expected = text.split(/\r?\n/);
    assert.deepEqual(drained.lines, expected.at(-1) === "" ? expected.slice(0, -1) : expected);
  }));
});

Deno.test("what is past the cap is read and dropped, and a line that it cuts is not told", async () => {
  const bytes = new TextEncoder().encode("one\ntwo\nthree\n");
  const { text, truncated, lines } = await drainText(cut(bytes, [3, 3, 3]), 10);
  assert.deepEqual({ text, truncated, lines }, {
    text: "one\ntwo\nth",
    truncated: true,
    lines: ["one", "two"],
  });
  assert.equal((await drainText([bytes], bytes.length)).truncated, false);
});

Deno.test("a listener that throws is told once and the pipe is read on", async () => {
  let faults = 0;
  const { done } = drain(streamOf([new TextEncoder().encode("a\nb\n")]), {
    maxBytes: 100,
    onLine: () => {
      throw new Error("cannot");
    },
    onFault: () => faults++,
  });
  const drained = await done;
  assert.equal(drained.text, "a\nb\n");
  assert.equal(faults, 1);
  assert.ok(drained.fault?.error instanceof Error);
});

Deno.test("a pipe that never ends can be given up", async () => {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("so far")),
  });
  const draining = drain(stream, { maxBytes: 100, onFault: assert.fail });
  await new Promise((resolve) => setTimeout(resolve, 5));
  draining.giveUp();
  assert.equal((await draining.done).text, "so far");
});

import assert from "node:assert/strict";
import { freezeDeep, memorySize } from "./memory_size.ts";

Deno.test("memory is counted of buffers once, of text, maps and what says it for itself", () => {
  const buffer = new ArrayBuffer(1_000_000);
  const shared = { a: new Uint8Array(buffer, 0, 10), b: new Float64Array(buffer) };
  assert.equal(Math.round(memorySize(shared) / 1_000_000), 1);
  assert.equal(memorySize("x".repeat(1_000)), 2_000);
  assert.equal(memorySize(new Map([["k".repeat(500), "v".repeat(500)]])) > 2_000, true);
  assert.equal(memorySize({ memoryBytes: 5_000, hidden: null }) > 5_000, true);
});

Deno.test("data that refers to itself is counted and ends", () => {
  const ring: { next?: unknown } = {};
  ring.next = ring;
  assert.equal(memorySize(ring) < 200, true);
});

Deno.test("frozen data cannot be changed at any depth", () => {
  const answer = freezeDeep({ rows: [{ id: 1 }], none: null });
  assert.throws(() => answer.rows.push({ id: 2 }), TypeError);
  assert.throws(() => Object.assign(answer.rows[0] ?? {}, { id: 3 }), TypeError);
});

Deno.test("octets in an answer stay as they are, what is around them is frozen", () => {
  const answer = freezeDeep({ chunks: [Uint8Array.of(1, 2)] });
  assert.throws(() => answer.chunks.push(new Uint8Array(0)), TypeError);
  assert.deepEqual(answer.chunks, [Uint8Array.of(1, 2)]);
});

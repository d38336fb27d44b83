import assert from "node:assert/strict";
import { Arena } from "../arena.ts";
import { RecordHeap } from "./record_heap.ts";

Deno.test("a table grows without losing what is in it, and new records are zero", () => {
  const heap = new RecordHeap(64, 100_000);
  heap.ensure(10);
  heap.i32[9 * 16] = 42;
  assert.equal(heap.ensure(50_000), true);
  assert.equal(heap.i32[9 * 16], 42);
  assert.equal(heap.i32[49_999 * 16], 0);
  assert.equal(heap.ensure(50_000), false);
});

Deno.test("a table ends at its cap with a clear error", () => {
  const heap = new RecordHeap(64, 1000);
  heap.ensure(1000);
  assert.equal(heap.capacity, 1000);
  assert.throws(() => heap.ensure(1001), /no memory for 1001 records, the cap is 1000/);
});

Deno.test("a table in an arena has all its room at once and its records where the arena says", () => {
  const arena = new Arena();
  const heap = new RecordHeap(64, 1000, arena);
  const next = arena.int32(1);
  assert.equal(heap.ensure(1000), false);
  heap.u32[999 * 16 + 15] = 7;
  assert.equal(new Uint32Array(arena.memory.buffer, heap.address + 999 * 64, 16)[15], 7);
  assert.equal(next[0], 0);
  assert.deepEqual([heap.capacity, heap.sizeBytes], [1000, 64_000]);
  assert.throws(() => heap.ensure(1001), /the cap is 1000/);
});

Deno.test("a stride that is no multiple of eight octets is refused", () => {
  assert.throws(() => new RecordHeap(60, 10), RangeError);
  assert.throws(() => new RecordHeap(4096, 4_000_000), RangeError);
});

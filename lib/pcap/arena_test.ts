import assert from "node:assert/strict";
import { Arena } from "./arena.ts";

Deno.test("what an arena hands out is zero, aligned, apart, and stays valid while it grows", () => {
  const arena = new Arena();
  const small = arena.uint8(3);
  const words = arena.int32(256);
  assert.equal(words.byteOffset % 64, 0);
  assert.ok(words.byteOffset >= small.byteOffset + 3);
  small.fill(255);
  words[255] = -7;
  const large = arena.float64(1_000_000);
  large.fill(1.5);
  assert.deepEqual([...small, words[255], words[0]], [255, 255, 255, -7, 0]);
  assert.equal(new Int32Array(arena.memory.buffer, words.byteOffset, 256)[255], -7);
});

Deno.test("more than the address space holds is refused with a clear error", () => {
  const arena = new Arena();
  assert.throws(() => arena.take(5 * 2 ** 30), /no more memory/);
  assert.equal(arena.uint8(8).length, 8);
});

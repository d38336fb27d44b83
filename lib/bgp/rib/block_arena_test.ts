import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { BlockArena } from "./block_arena.ts";

Deno.test("blocks never overlap, keep what is in them, and are all given back", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 700 }), fc.boolean(), fc.nat()), {
    maxLength: 200,
    size: "max",
  });
  fc.assert(
    fc.property(steps, (all) => {
      const words = new Uint32Array(40_000);
      const usage = new Uint32Array(1);
      const arena = new BlockArena(words, 0, usage, 0);
      const blocks: { readonly place: number; readonly size: number; readonly mark: number }[] = [];
      all.forEach(([size, isTake, at], mark) => {
        const [old] = isTake || blocks.length === 0 ? [] : blocks.splice(at % blocks.length, 1);
        if (old !== undefined) return arena.release(old.place, old.size);
        const place = arena.allocate(size);
        if (place === 0) return;
        assertEquals(place % 4, 0);
        words.fill(mark, place, place + size);
        blocks.push({ place, size, mark });
      });
      for (const { place, size, mark } of blocks) {
        assertEquals(words.subarray(place, place + size).every((word) => word === mark), true);
      }
      for (const { place, size } of blocks) arena.release(place, size);
      assertEquals(usage[0], 0);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a block that was given back is given out again, and a full arena says so", () => {
  const arena = new BlockArena(new Uint32Array(64), 0, new Uint32Array(1), 0);
  const first = arena.allocate(20);
  assertEquals([first, arena.allocate(40), arena.allocate(60)], [4, 24, 0]);
  arena.release(first, 20);
  assertEquals(arena.allocate(18), first);
});

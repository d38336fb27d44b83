import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { IdHash, mixWord } from "./id_hash.ts";

function idHash(ids: number, hashOf: (id: number) => number): IdHash {
  return new IdHash(ids, (all, count, hashes) => {
    for (let i = 0; i < count; i++) hashes[i] = hashOf(all[i] ?? 0);
  });
}

/** Adds an id behind all that have its hash. */
function add(to: IdHash, hash: number, id: number): void {
  for (let found = to.first(hash); found !== 0;) found = to.next();
  to.add(id);
}

Deno.test("ids are found by hash until they are removed, however many collide", () => {
  // Few different hashes: nearly all ids meet in the same slots.
  const hashOf = (id: number): number => mixWord(0, id % 7);
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 300 })), {
    maxLength: 800,
    size: "max",
  });
  fc.assert(
    fc.property(steps, (all) => {
      const hash = idHash(300, hashOf);
      const there = new Set<number>();
      for (const [isAdd, id] of all) {
        if (isAdd && !there.has(id)) {
          add(hash, hashOf(id), id);
          there.add(id);
        } else if (!isAdd && there.delete(id)) hash.remove(hashOf(id), id);
      }
      for (let rest = 1; rest <= 7; rest++) {
        const found: number[] = [];
        for (let id = hash.first(hashOf(rest)); id !== 0; id = hash.next()) {
          if (id % 7 === rest % 7) found.push(id);
        }
        const wanted = [...there].filter((id) => id % 7 === rest % 7);
        assertEquals(found.sort((a, b) => a - b), wanted.sort((a, b) => a - b));
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("ids are found while segments grow, and as half of them go", () => {
  const hashOf = (id: number): number => mixWord(0, id);
  const hash = idHash(60_000, hashOf);
  const isThere = (id: number): boolean => {
    for (let found = hash.first(hashOf(id)); found !== 0; found = hash.next()) {
      if (found === id) return true;
    }
    return false;
  };
  // Ids of more than 16 bits.
  const all = Array.from({ length: 60_000 }, (_, index) => 1 + index * 559);
  for (const id of all) add(hash, hashOf(id), id);
  assertEquals(all.filter((id) => !isThere(id)), []);
  const kept = all.filter((_, index) => index % 2 === 0);
  for (const [index, id] of all.entries()) if (index % 2 === 1) hash.remove(hashOf(id), id);
  assertEquals(all.filter(isThere), kept);
});

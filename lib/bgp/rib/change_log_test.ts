import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { Change, ChangeLogWriter } from "./change_log.ts";
import { AddressWords } from "./prefix_words.ts";
import { CHANGE_REST_WORDS, CHANGE_WORDS } from "./rib_memory.ts";

Deno.test("a set is kept as long as an entry names it, and no longer", () => {
  const sets = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), sets, (size, all) => {
      const uses = new Map<number, number>();
      const count = (set: number, more: number) => uses.set(set, (uses.get(set) ?? 0) + more);
      const views = {
        head: new Uint32Array(32),
        changes: new Uint32Array(size * CHANGE_WORDS),
        changes6: new Uint32Array(size),
        changeRests: new Uint32Array(size * CHANGE_REST_WORDS),
      };
      const log = new ChangeLogWriter(views, {
        retain: (set) => void count(set, 1),
        release: (set) => void count(set, -1),
      });
      for (const [index, set] of all.entries()) {
        log.add(Change.announce, 0, new AddressWords(), 24, 0, 0, set, -1);
        const named = all.slice(0, index + 1).slice(-size).filter((one) => one !== 0);
        const kept = [...uses].filter(([, number]) => number !== 0);
        assertEquals(kept.map(([one]) => one).sort(), [...new Set(named)].sort());
        assertEquals(kept.every(([, number]) => number > 0), true);
      }
      for (let zero = 0; zero < size; zero++) {
        log.add(Change.withdraw, 0, new AddressWords(), 24, 0, 0, 0, -1);
      }
      assertEquals([...uses.values()].filter((number) => number !== 0), []);
    }),
    { numRuns: 300 },
  );
});

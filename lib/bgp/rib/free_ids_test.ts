import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { FreeIds } from "./free_ids.ts";

Deno.test("the smallest free id above a bound is given out, and the bound falls as ids come back", () => {
  const END = 2100;
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(END)), { maxLength: 400, size: "max" });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: END }), (all, filled) => {
      const ids = new FreeIds(1, END);
      const taken = new Set<number>();
      for (let n = 1; n < filled; n++) taken.add(ids.take());
      for (const [isTake, at] of all) {
        if (!isTake) {
          if (taken.delete(at)) ids.release(at);
          continue;
        }
        const top = Math.max(0, ...taken);
        const above = Math.min(at, top);
        let wanted = above + 1;
        while (taken.has(wanted)) wanted++;
        assertEquals(ids.take(above), wanted < END ? wanted : -1);
        if (wanted < END) taken.add(wanted);
      }
      assertEquals(ids.bound, Math.max(0, ...taken) + 1);
    }),
    { numRuns: 30 },
  );
});

import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import type { RouteChange } from "../bgp_service.ts";
import type { AttributeReader } from "./attribute_reader.ts";
import { Change, ChangeLog, ChangeLogWriter } from "./change_log.ts";
import { AddressWords } from "./prefix_words.ts";
import type { RibLock } from "./rib_lock.ts";
import { CHANGE_REST_WORDS, CHANGE_WORDS } from "./rib_memory.ts";

/** Memory of a ring. */
const viewsOf = (size: number) => ({
  head: new Uint32Array(32),
  changes: new Uint32Array(size * CHANGE_WORDS),
  changes6: new Uint32Array(size),
  changeRests: new Uint32Array(size * CHANGE_REST_WORDS),
});

Deno.test("what is read and found is what was written, in any ring", () => {
  const NOW = Date.UTC(2026, 5, 1), YEAR = 365 * 86_400_000;
  const peer = fc.oneof(fc.integer({ min: -1, max: 999 }), fc.constantFrom(-1, 0, 3, 999));
  const word = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1));
  const entry = fc.record({
    kind: fc.constantFrom(0, 1, 2, 3),
    isV6: fc.boolean(),
    address: fc.tuple(word, word, word, word),
    length: fc.integer({ min: 0, max: 128 }),
    peer,
    before: peer,
    pathId: word,
    set: fc.integer({ min: 0, max: 2 ** 25 - 1 }),
    atMs: fc.integer({ min: NOW - 8 * YEAR, max: NOW + 8 * YEAR }),
  });
  const lock = { read: <T>(act: () => T): T => act() } as RibLock;
  const kinds: readonly RouteChange["kind"][] = ["announce", "update", "withdraw", "best"];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(entry, { maxLength: 20 }), (size, all) => {
      const views = viewsOf(size);
      const log = new ChangeLogWriter(views, { retain: () => {}, release: () => {} });
      log.setTime(NOW);
      const wanted = all.map((one, seq) => {
        const family = one.isV6 ? 6 : 4;
        const words = new AddressWords();
        [words.w0 = 0, words.w1 = 0, words.w2 = 0, words.w3 = 0] = one.isV6
          ? one.address
          : [one.address[0], 0, 0, 0];
        const length = Math.min(one.length, one.isV6 ? 128 : 32);
        log.setTime(one.atMs);
        log.add(
          ...[one.kind, one.isV6 ? 1 : 0, words, length, one.peer] as const,
          ...[one.pathId, one.set, one.before] as const,
        );
        return {
          seq,
          atMs: one.atMs,
          prefix: words.toPrefix(family, length),
          kind: kinds[one.kind],
          peer: one.peer,
          pathId: one.pathId,
          before: one.before,
          asPath: null,
          nextHop: null,
        };
      }).slice(-size);
      // Paths are not asked for.
      const reader = new ChangeLog(views, {} as AttributeReader, lock);
      assertEquals(reader.read(0, 100, "brief"), wanted);
      const asked = (more: Partial<Parameters<typeof reader.find>[0]>) =>
        reader.find(
          { fromMs: null, toMs: null, prefix: null, isCovered: false, peer: null, ...more },
          ...[0, 100, 100] as const,
        );
      assertEquals(asked({}), wanted);
      for (const { prefix, atMs, peer } of wanted) {
        const host = { ...prefix, length: prefix.family === 4 ? 32 : 128 };
        assertEquals(
          asked({ prefix: host }),
          wanted.filter(({ prefix: { family, length, value } }) =>
            family === host.family && length === host.length && value === host.value
          ),
        );
        assertEquals(
          asked({ fromMs: atMs, toMs: atMs }),
          wanted.filter((one) => one.atMs === atMs),
        );
        assertEquals(
          asked({ peer }),
          wanted.filter((one) => one.peer === peer || one.before === peer),
        );
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a clock that is set right after decades is right from then on", () => {
  const views = viewsOf(4);
  const log = new ChangeLogWriter(views, { retain: () => {}, release: () => {} });
  const times = [1000, Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 22)];
  for (const atMs of times) {
    log.setTime(atMs);
    log.add(0, 0, new AddressWords(), 8, 0, 0, 0, -1);
  }
  const lock = { read: <T>(act: () => T): T => act() } as RibLock;
  const changes = new ChangeLog(views, {} as AttributeReader, lock).read(0, 10, "brief");
  assertEquals(changes.slice(1).map(({ atMs }) => atMs), times.slice(1));
});

Deno.test("a set is kept as long as an entry names it, and no longer", () => {
  const sets = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), sets, (size, all) => {
      const uses = new Map<number, number>();
      const count = (set: number, more: number) => uses.set(set, (uses.get(set) ?? 0) + more);
      const log = new ChangeLogWriter(viewsOf(size), {
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

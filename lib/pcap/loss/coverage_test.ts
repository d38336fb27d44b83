import assert from "node:assert/strict";
import fc from "fast-check";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import {
  analyze,
  analyzeCapture,
  type StampedSegment,
  troubleOf,
} from "../../../tests/support/stamped_segments.ts";
import { SYN } from "../../../tests/support/tcp_segments.ts";
import { ByteBudget } from "./byte_budget.ts";
import { HoleSet, noReveal, type Reveal } from "./hole_set.ts";

/** Octets that are kept one by one: what the analyzer must agree with. */
class EveryOctet {
  readonly #seen = new Set<number>();
  #highest = -Infinity;
  #lowest = Infinity;
  retransmissions = 0;
  retransmittedOctets = 0;
  lostUpstream = 0;

  add(start: number, octets: number): void {
    const end = start + octets;
    if (start < this.#highest) {
      const oldEnd = Math.min(end, this.#highest);
      let unseen = 0;
      for (let at = start; at < oldEnd; at++) if (!this.#seen.has(at)) unseen++;
      this.retransmissions++;
      this.retransmittedOctets += oldEnd - start;
      if (unseen > 0) this.lostUpstream++;
    }
    for (let at = start; at < end; at++) this.#seen.add(at);
    this.#highest = Math.max(this.#highest, end);
    this.#lowest = Math.min(this.#lowest, start);
  }

  get missingOctets(): number {
    return this.#highest - this.#lowest - this.#seen.size;
  }
}

const pieces = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 2, max: 60 })),
  { minLength: 1, maxLength: 120 },
);

Deno.test("holes and repeated octets are those of an oracle that keeps every octet", () => {
  fc.assert(fc.property(pieces, fc.integer({ min: 0, max: 0xffff_ffff }), (some, base) => {
    const oracle = new EveryOctet();
    // Every segment has a newer timestamp: whatever is not beyond all others was sent again.
    const segments = some.map(([start, length], index): StampedSegment => {
      oracle.add(start, length);
      return { seq: (base + start) >>> 0, length, tsVal: 1 + index, ipId: 1 + index };
    });
    const { total } = analyze(segments).loss;
    const lostDownstream = oracle.retransmissions - oracle.lostUpstream;
    assert.deepEqual(
      troubleOf(total),
      troubleOf({
        retransmissions: oracle.retransmissions,
        retransmittedOctets: oracle.retransmittedOctets,
        lostUpstream: oracle.lostUpstream,
        lostDownstream,
        missingOctets: oracle.missingOctets,
      }),
    );
  }));
});

const REVEAL: Reveal = { timeNs: 0, hasTimestamps: false, tsVal: 0, idBefore: -1, idBeyond: -1 };

Deno.test("a set of holes fills and splits like one that keeps every octet", () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 60,
  });
  const fills = fc.array(
    fc.tuple(fc.integer({ min: -5, max: 600 }), fc.integer({ min: 1, max: 40 })),
  );
  fc.assert(fc.property(gaps, fills, (some, filled) => {
    const holes = new HoleSet(new ByteBudget(1e6), noReveal());
    const open = new Set<number>();
    let position = 0;
    for (const [hole, data] of some) {
      assert.ok(holes.add(position, position + hole, REVEAL));
      for (let at = position; at < position + hole; at++) open.add(at);
      position += hole + data;
    }
    for (const [start, octets] of filled) {
      let expected = 0;
      for (let at = start; at < start + octets; at++) if (open.delete(at)) expected++;
      assert.equal(holes.fill(start, start + octets), expected);
    }
    assert.equal(holes.octetsBelow(position), open.size);
    const half = Math.floor(position / 2);
    assert.equal(holes.octetsBelow(half), [...open].filter((at) => at < half).length);
  }));
});

Deno.test("a hole before every segment ends at the bound of a direction, and is told", () => {
  const segments: StampedSegment[] = [{ flags: SYN, seq: 0 }];
  for (let index = 0; index < 5000; index++) segments.push({ seq: 10 + index * 20, length: 10 });
  segments.push({ seq: 0, length: 5 }, { seq: 5, length: 2 });
  const { loss } = analyze(segments);
  assert.equal(loss.unknownDirections, 1);
  assert.equal(loss.connection(0)?.directions[0].isUnknown, true);
  assert.deepEqual(troubleOf(loss.total), { ambiguous: 2 });
});

Deno.test("memory for what goes wrong is bounded over all connections, and what had none is told", () => {
  const segments: StampedSegment[] = [];
  for (let connection = 0; connection < 1000; connection++) {
    segments.push({ connection, seq: 1, length: 10 }, { connection, seq: 1, length: 10, tsVal: 1 });
  }
  const { loss } = analyze(segments, { troubleBytes: 100_000 });
  const { retransmissions = 0, ambiguous = 0 } = troubleOf(loss.total);
  assert.equal(retransmissions + ambiguous, 1000);
  assert.equal(loss.unknownDirections, ambiguous);
  assert.ok(ambiguous > 800, `only ${ambiguous} connections had no room`);
});

Deno.test("a budget gives back what a set of holes took", () => {
  const budget = new ByteBudget(1000);
  const holes = new HoleSet(budget, noReveal());
  let count = 0;
  while (holes.add(count * 2, count * 2 + 1, REVEAL)) count++;
  assert.equal(count, 16);
  assert.equal(budget.usedBytes, 768);
  assert.equal(holes.fill(0, 100), 16);
  holes.clear();
  assert.equal(budget.usedBytes, 0);
});

Deno.test("connections beyond the bound are counted, not followed", () => {
  const { loss } = analyze([{ connection: 9, seq: 1, length: 1 }], { connectionsMax: 5 });
  assert.equal(loss.untracked, 1);
  assert.equal(loss.connection(9), null);
});

Deno.test("a path that only reorders shows no retransmission in 20,000 segments", () => {
  // A segment every 0.3 ms, so that neighbours share a millisecond of the clock; a twentieth is
  // held back for up to 3 ms. No identifications, as with IPv6, and a round trip of 40 ms.
  let state = 7;
  const random = (): number =>
    (state = (Math.imul(state, 48_271) >>> 0) % 0x7fff_ffff) / 0x7fff_ffff;
  const sent = Array.from({ length: 20_000 }, (_, index): StampedSegment => ({
    seq: (0xffff_0000 + index * 1000) >>> 0,
    ack: 1,
    length: 1000,
    tsVal: Math.floor(index * 0.3) + 5,
    timeMs: 100 + index * 0.3 + (random() < 0.05 ? random() * 3 : 0),
  }));
  const arrived = [...sent].sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
  const handshake: StampedSegment[] = [
    { flags: SYN, seq: 0xfffe_ffff, timeMs: 0 },
    { side: 1, flags: SYN | 0x10, seq: 0, ack: 0xffff_0000, timeMs: 0.1 },
    { seq: 0xffff_0000, ack: 1, timeMs: 40 },
  ];
  const { reordered = 0, ...others } = troubleOf(analyze([...handshake, ...arrived]).loss.total);
  assert.deepEqual(others, {});
  assert.ok(reordered > 500, `only ${reordered} were reordered`);
});

Deno.test("whatever TCP does, counts add up and limits cover no more than the time", async () => {
  for (const seed of [1, 2, 3]) {
    for (const snapLength of [65_535, 50]) {
      const file = hostileTcp({ seed, frames: 4000, connections: 5, snapLength });
      const { loss, rtt } = await analyzeCapture(file);
      const { retransmissions, spurious, lostUpstream, lostDownstream } = loss.total;
      assert.ok(retransmissions > 100, `only ${retransmissions} retransmissions`);
      assert.equal(spurious + lostUpstream + lostDownstream, retransmissions);
      assert.deepEqual(Object.values(loss.total).filter((count) => !(count >= 0)), []);
      const sum = loss.worst.reduce(
        (all, { directions: [a, b] }) => all + a.retransmissions + b.retransmissions,
        0,
      );
      assert.ok(sum <= retransmissions);
      for (const { tcp } of loss.worst) {
        for (const { limits } of rtt.connection(tcp)?.directions ?? []) {
          if (limits === null) continue;
          assert.ok(limits.share >= 0 && limits.share <= 1, `${limits.share}`);
        }
      }
    }
  }
});

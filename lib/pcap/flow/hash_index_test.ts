import assert from "node:assert/strict";
import fc from "fast-check";
import { HashIndex, ID_MASK, PROBES_MAX, TAG_MASK } from "./hash_index.ts";

/** Slots from the first one of `hash` to that of record `id`, -1 if a search ends before. */
function distance({ slots, mask }: HashIndex, hash: number, id: number): number {
  for (let probes = 0; probes < PROBES_MAX; probes++) {
    const entry = slots[(hash + probes) & mask]!;
    if (entry === 0) return -1;
    if (((entry ^ hash) & TAG_MASK) === 0 && (entry & ID_MASK) - 1 === id) return probes;
  }
  return -1;
}

/** Hashes that meet in a few slots at the end of a small index and at its beginning. */
const crowdedHash = fc.tuple(fc.integer({ min: 4088, max: 4104 }), fc.nat(1023))
  .map(([home, tag]) => (tag << 21) | (home & 4095) | (tag & 1) << 12);

Deno.test("records are found after any of them is removed, and where the index ends", () => {
  const steps = fc.array(fc.tuple(crowdedHash, fc.boolean(), fc.nat()), { maxLength: 120 });
  fc.assert(fc.property(steps, (all) => {
    const hashes: number[] = [];
    const index = new HashIndex((id) => hashes[id]!);
    const there: number[] = [];
    for (const [hash, isRemoval, which] of all) {
      if (isRemoval && there.length > 0) {
        const [id = -1] = there.splice(which % there.length, 1);
        index.remove(hashes[id]!, id);
        assert.equal(distance(index, hashes[id]!, id), -1);
      } else if (index.hasRoom(hash)) {
        const id = hashes.push(hash) - 1;
        index.insert(hash, id);
        there.push(id);
      }
      for (const id of there) assert.ok(distance(index, hashes[id]!, id) >= 0);
    }
    assert.equal(index.slots.filter((entry) => entry !== 0).length, there.length);
  }));
});

Deno.test("growing moves no record farther from its first slot", () => {
  fc.assert(fc.property(fc.array(crowdedHash, { maxLength: 120, size: "max" }), (hashes) => {
    const index = new HashIndex((id) => hashes[id]!);
    const before = hashes.map((hash, id) => {
      index.insert(hash, id);
      return distance(index, hash, id);
    });
    index.reserve(4000);
    assert.equal(index.slots.length, 8192);
    hashes.forEach((hash, id) => {
      const after = distance(index, hash, id);
      assert.ok(after >= 0 && after <= before[id]!);
    });
  }));
});

Deno.test("a search that is as long as it may be has no room, and its first slot can be taken", () => {
  const index = new HashIndex(() => 7);
  for (let id = 0; id < PROBES_MAX; id++) index.insert(7, id);
  assert.equal(index.hasRoom(7), false);
  assert.equal(index.hasRoom(8), true);
  assert.equal(index.occupant(7), 0);
  index.replace(7, 500);
  assert.equal(distance(index, 7, 500), 0);
  assert.equal(distance(index, 7, 0), -1);
});

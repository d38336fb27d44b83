import assert from "node:assert/strict";
import fc from "fast-check";
import { AgedRecords, OWN_BYTES } from "./aged_records.ts";

/** Records of one word of the user's own, in {@link VALUE}. */
const STRIDE_BYTES = OWN_BYTES + 4;
const WORDS = STRIDE_BYTES / 4;
const VALUE = OWN_BYTES / 4;
const BOUNDS = { recordsMax: 1000, listedMax: 1000 };

function listed(records: AgedRecords): number[] {
  const values: number[] = [];
  for (let record = records.oldest; record >= 0; record = records.newerThan(record)) {
    values.push(records.words[record * WORDS + VALUE] ?? -1);
  }
  return values;
}

function add(records: AgedRecords, hash: number, value: number): number {
  const record = records.take();
  records.words[record * WORDS + VALUE] = value;
  records.list(record, hash);
  return record;
}

Deno.test("records are found by hash, and listed in order, whatever was taken away before", () => {
  const hash = fc.integer({ min: 0, max: 3 }).map((low) => low << 30);
  fc.assert(fc.property(
    fc.array(fc.record({ hash, remove: fc.option(fc.nat(), { freq: 2 }) }), { maxLength: 100 }),
    (steps) => {
      const records = new AgedRecords(STRIDE_BYTES, BOUNDS);
      const expected: { record: number; hash: number; value: number }[] = [];
      steps.forEach(({ hash, remove }, value) => {
        expected.push({ record: add(records, hash, value), hash, value });
        if (remove === null) return;
        const [gone] = expected.splice(remove % expected.length, 1);
        records.unlist(gone?.record ?? -1);
        records.giveBack(gone?.record ?? -1);
      });
      assert.deepEqual(listed(records), expected.map(({ value }) => value));
      assert.equal(records.size, expected.length);
      for (const { record, hash } of expected) {
        const found: number[] = [];
        for (let at = records.index.first(hash); at >= 0; at = records.index.next()) found.push(at);
        assert.ok(found.includes(record));
      }
    },
  ));
});

Deno.test("of records that all have one hash, one makes room for the next once a search would be long", () => {
  const records = new AgedRecords(STRIDE_BYTES, BOUNDS);
  for (let value = 0; value < 128; value++) add(records, 7, value);
  const record = records.take();
  assert.equal(records.list(record, 7), 0);
  assert.equal(records.size, 128);
  assert.equal(listed(records)[0], 1);
});

Deno.test("a record that was given back is given again", () => {
  const records = new AgedRecords(STRIDE_BYTES, { ...BOUNDS, recordsMax: 2 });
  const first = records.take();
  records.take();
  records.giveBack(first);
  assert.equal(records.take(), first);
});

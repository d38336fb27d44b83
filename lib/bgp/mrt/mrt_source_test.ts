import { deepEqual, equal, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { dumpLines, joined, sampleTable } from "../../../tests/support/mrt_samples.ts";
import { DecodeError } from "../../errors/mod.ts";

Deno.test("gzip is told by content, in one member or several", async () => {
  const plain = await dumpLines(sampleTable());
  const once = await dumpLines(gzipSync(sampleTable()), 7);
  deepEqual(once.lines, plain.lines);
  equal(once.coverage.compression, "gzip");
  const twice = joined(gzipSync(sampleTable()), gzipSync(sampleTable()));
  deepEqual((await dumpLines(twice)).lines, [...plain.lines, ...plain.lines]);
});

Deno.test("gzip that is cut, or damaged, says so", async () => {
  const packed = gzipSync(sampleTable());
  const cut = await dumpLines(packed.subarray(0, packed.length - 9));
  equal(cut.coverage.damage.places[0]?.effect, "stopped");
  equal(cut.coverage.damage.places[0]?.found.startsWith("the gzip data is cut"), true);
  packed.fill(0xaa, 20, 60);
  const damaged = await dumpLines(packed);
  equal(damaged.coverage.damage.places[0]?.found.startsWith("the gzip data is damaged"), true);
});

Deno.test("other compressions are refused by name, with what to do", async () => {
  const bzip2 = new TextEncoder().encode("BZh91AY&SY");
  await rejects(dumpLines(bzip2), (error) => {
    equal(error instanceof DecodeError && error.code, "decode.mrt_compression");
    equal(String(error).includes("bzip2"), true);
    return true;
  });
});

Deno.test("an empty file has no records and no damage", async () => {
  const { lines, coverage } = await dumpLines(new Uint8Array(0));
  deepEqual(lines, []);
  equal(coverage.damage.count, 0);
});

Deno.test("what expands without end is cut off", async () => {
  // Octets that expand a thousand times over, in a record kind that is passed over.
  const record = new Uint8Array(12 + 65_536);
  new DataView(record.buffer).setUint16(4, 99);
  new DataView(record.buffer).setUint32(8, 65_536);
  const many = new Uint8Array(1_200 * record.length);
  for (let n = 0; n < 1_200; n++) many.set(record, n * record.length);
  const { coverage } = await dumpLines(gzipSync(many, { level: 9 }));
  equal(coverage.damage.places.at(-1)?.effect, "stopped");
  equal(coverage.damage.places.at(-1)?.found.endsWith("hold more than 400 times as many"), true);
});

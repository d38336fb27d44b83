import assert from "node:assert/strict";
import fc from "fast-check";
import { hex, readAll } from "../../tests/support/capture_bytes.ts";

const HEADER = "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000";
const GOOD = "01000000 02000000 02000000 40000000 aabb";

Deno.test("all four classic headers and the modified one are read", async () => {
  const times = async (text: string) => {
    const { reader, packets } = await readAll(hex(text));
    const { variant, byteOrder } = reader.format;
    return [
      packets.length,
      packets[0]?.sec,
      packets[0]?.nsec,
      packets[0]?.bytes,
      byteOrder,
      variant,
    ];
  };
  assert.deepEqual(await times(HEADER + GOOD), [1, 1, 2000, [0xaa, 0xbb], "little", null]);
  assert.deepEqual(
    await times(
      "a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001" +
        "00000001 00000002 00000002 00000040 aabb",
    ),
    [1, 1, 2000, [0xaa, 0xbb], "big", null],
  );
  assert.deepEqual(
    await times("4d3cb2a1 0200 0400 00000000 00000000 ffff0000 01000000" + GOOD),
    [1, 1, 2, [0xaa, 0xbb], "little", "nanosecond"],
  );
  assert.deepEqual(
    await times(
      "a1b23c4d 0002 0004 00000000 00000000 0000ffff 00000001" +
        "ffffffff 3b9ac9ff 00000002 00000040 aabb",
    ),
    [1, 4_294_967_295, 999_999_999, [0xaa, 0xbb], "big", "nanosecond"],
  );
  assert.deepEqual(
    await times(
      "34cdb2a1 0200 0400 00000000 00000000 ffff0000 01000000" +
        "01000000 02000000 02000000 40000000 07000000 0800 00 00 aabb",
    ),
    [1, 1, 2000, [0xaa, 0xbb], "little", "modified (Kuznetsov)"],
  );
});

Deno.test("the upper bits of the link type word tell the FCS", async () => {
  const { packets } = await readAll(
    hex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000024" + GOOD),
  );
  assert.deepEqual([packets[0]?.linkType, packets[0]?.fcsLength], [1, 4]);
});

Deno.test("before version 2.3 the wire length comes first", async () => {
  const { packets } = await readAll(
    hex(
      "d4c3b2a1 0200 0200 00000000 00000000 ffff0000 01000000 01000000 02000000 40000000 02000000 aabb",
    ),
  );
  assert.deepEqual([packets[0]?.wireLength, packets[0]?.bytes.length], [64, 2]);
});

/** What is read of one good record, `middle`, and one more good record. */
async function around(middle: string) {
  const { reader, packets } = await readAll(hex(HEADER + GOOD + middle + GOOD));
  return {
    packets: packets.length,
    complete: reader.complete,
    truncatedAt: reader.truncatedAt,
    warnings: reader.warnings.map(({ code, offset, effect }) => [code, offset, effect]),
  };
}

Deno.test("nothing is invented behind a length that cannot be", async () => {
  for (const length of ["f0ffffff", "ffffffff", "01000400", "00000080"]) {
    assert.deepEqual(await around(`01000000 02000000 ${length} ffffffff`), {
      packets: 1,
      complete: false,
      truncatedAt: 42,
      warnings: [["captured_length", 42, "stopped"]],
    });
  }
  assert.partialDeepStrictEqual(await around("01000000 ffffff00 20000000 02000000"), {
    packets: 1,
    warnings: [["not_a_record", 42, "stopped"]],
  });
  assert.partialDeepStrictEqual(await around("00".repeat(64)), {
    packets: 1,
    warnings: [["zero_filled", 42, "stopped"]],
  });
  assert.partialDeepStrictEqual(await around("01000000 02000000 00800000 00800000"), {
    packets: 1,
    warnings: [["cut_packet", 42, "stopped"]],
  });
});

Deno.test("what can be put right is, and says so", async () => {
  const late = await readAll(hex(HEADER + "01000000 80841e00 02000000 40000000 aabb"));
  assert.partialDeepStrictEqual(late.packets[0], { sec: 3, nsec: 0 });
  assert.deepEqual(late.reader.warnings, [{
    code: "time_fraction",
    offset: 24,
    found: "2000000 as part of a second of 1000000; carried into the seconds",
    limitedBy: "timestamp",
    effect: "normalized",
  }]);
  assert.equal(late.reader.complete, true);
  const long = await readAll(hex(HEADER + "01000000 00000000 02000000 01000000 aabb"));
  assert.equal(long.packets[0]?.wireLength, 2);
  assert.equal(long.reader.warnings[0]?.code, "captured_above_wire");
});

Deno.test("a packet of no captured byte, and one of epoch 0, are packets", async () => {
  assert.partialDeepStrictEqual(await around("01000000 00000000 00000000 40000000"), {
    packets: 3,
    complete: true,
    warnings: [],
  });
  assert.partialDeepStrictEqual(await around("00000000 00000000 02000000 40000000 aabb"), {
    packets: 3,
    complete: true,
  });
});

Deno.test("a jumbo beyond the read size comes in one piece, one beyond the bound stops", async () => {
  const size = 1_000_000;
  const head = hex(
    "d4c3b2a1 0200 0400 00000000 00000000 00000002 01000000" +
      "01000000 02000000 40420f00 40420f00",
  );
  const bytes = new Uint8Array(head.length + size).fill(7);
  bytes.set(head);
  const { reader, packets } = await readAll(bytes, 65_536);
  assert.deepEqual([packets.length, packets[0]?.bytes.length, reader.complete], [1, size, true]);
  const { reader: beyond } = await readAll(
    hex(
      "d4c3b2a1 0200 0400 00000000 00000000 ffffffff 01000000 01000000 02000000 01000001 01000001",
    ),
  );
  assert.equal(beyond.warnings[0]?.code, "captured_length");
});

Deno.test("frequent damage is counted, and kept in bounded memory", async () => {
  const { reader, packets } = await readAll(
    hex(HEADER + "01000000 40420f00 02000000 40000000 aabb".repeat(500)),
  );
  assert.equal(packets.length, 500);
  assert.equal(reader.warnings.length, 10);
  assert.equal(reader.warningCounts.get("time_fraction"), 500);
});

Deno.test("what is written is read, in either byte order and unit", async () => {
  const packet = fc.record({
    sec: fc.nat(0xffffffff),
    fraction: fc.nat(999_999),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    more: fc.nat(2000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { maxLength: 600 }),
      fc.boolean(),
      fc.boolean(),
      async (wanted, littleEndian, isNano) => {
        const length = wanted.reduce((sum, one) => sum + 16 + one.bytes.length, 24);
        const bytes = new Uint8Array(length);
        const view = new DataView(bytes.buffer);
        [isNano ? 0xa1b23c4d : 0xa1b2c3d4, 0, 0, 0, 65_535, 113].forEach((word, index) =>
          view.setUint32(4 * index, word, littleEndian)
        );
        view.setUint16(4, 2, littleEndian);
        view.setUint16(6, 4, littleEndian);
        let at = 24;
        for (const one of wanted) {
          [one.sec, one.fraction, one.bytes.length, one.bytes.length + one.more].forEach(
            (word, index) => view.setUint32(at + 4 * index, word, littleEndian),
          );
          bytes.set(one.bytes, at + 16);
          at += 16 + one.bytes.length;
        }
        const { reader, packets } = await readAll(bytes, 1000);
        assert.deepEqual(
          packets.map(({ sec, nsec, wireLength, bytes, linkType }) => [
            sec,
            nsec,
            wireLength,
            bytes,
            linkType,
          ]),
          wanted.map((one) => [
            one.sec,
            one.fraction * (isNano ? 1 : 1000),
            one.bytes.length + one.more,
            [...one.bytes],
            113,
          ]),
        );
        assert.equal(reader.complete, true);
      },
    ),
    { numRuns: 30 },
  );
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { hex, readAll } from "../../tests/support/capture_bytes.ts";
import { split, splitTime, timeUnitOf } from "./pcapng_time.ts";

const SECTION = "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000";
const SECTION_BE = "0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c";
const INTERFACE = "01000000 14000000 0100 0000 00000000 14000000";
const PACKET = "06000000 24000000 00000000 00000000 42420f00 02000000 40000000 aabb0000 24000000";

/** What is read of the blocks, with the codes of the warnings. */
async function read(...blocks: string[]) {
  const { reader, packets } = await readAll(hex(blocks.join("")));
  return {
    reader,
    packets,
    codes: reader.warnings.map(({ code, effect }) => `${code} ${effect}`),
  };
}

Deno.test("interfaces have their own link type, clock, offset and FCS", async () => {
  // tsresol 10^-9, tsoffset 1000 s, fcslen 4, name "eth0".
  const second = "01000000 3c000000 7100 0000 00000000" +
    "0200 0400 65746830 0900 0100 09000000 0e00 0800 e803000000000000 0d00 0100 04000000 0000 0000" +
    "3c000000";
  const packet = PACKET.replace(
    "24000000 00000000 00000000 42420f00",
    "24000000 01000000 00000000 05000000",
  );
  const { reader, packets } = await read(SECTION, INTERFACE, second, PACKET, packet);
  assert.deepEqual(
    packets.map((one) => [one.interfaceId, one.linkType, one.sec, one.nsec, one.fcsLength]),
    [[0, 1, 1, 2000, 0], [1, 113, 1000, 5, 4]],
  );
  assert.partialDeepStrictEqual(reader.format.interfaces[1], {
    name: "eth0",
    timeResolution: "10^-9",
    linkType: 113,
  });
});

Deno.test("sections of both byte orders follow each other, interfaces numbered over the file", async () => {
  const interfaceBe = "00000001 00000014 0065 0000 00000000 00000014";
  const packetBe =
    "00000006 00000024 00000000 00000000 000f4242 00000002 00000040 aabb0000 00000024";
  const { reader, packets } = await read(
    SECTION,
    INTERFACE,
    PACKET,
    SECTION_BE,
    interfaceBe,
    packetBe,
  );
  assert.deepEqual(
    packets.map((one) => [one.interfaceId, one.linkType, one.sec, one.nsec]),
    [[0, 1, 1, 2000], [1, 101, 1, 2000]],
  );
  assert.deepEqual([reader.format.sections, reader.format.byteOrder], [2, "big"]);
});

Deno.test("simple and obsolete packets are packets; the simple one has no time", async () => {
  const simple = "03000000 14000000 02000000 aabb0000 14000000";
  const obsolete =
    "02000000 24000000 0000 0500 00000000 42420f00 02000000 40000000 ccdd0000 24000000";
  const { reader, packets } = await read(SECTION, INTERFACE, simple, obsolete);
  assert.deepEqual(
    packets.map((one) => [one.hasTime, one.sec, one.wireLength, one.bytes]),
    [[false, 0, 2, [0xaa, 0xbb]], [true, 1, 64, [0xcc, 0xdd]]],
  );
  assert.equal(reader.format.interfaces[0]?.lostBetweenPackets, 5);
});

Deno.test("options of a packet tell its FCS and the drops before it", async () => {
  const packet = "06000000 3c000000 00000000 00000000 42420f00 02000000 40000000 aabb0000" +
    "0200 0400 80000000 0400 0800 0300000000000000 0000 0000 3c000000";
  const { reader, packets } = await read(SECTION, INTERFACE, packet);
  assert.equal(packets[0]?.fcsLength, 4);
  assert.equal(reader.format.interfaces[0]?.lostBetweenPackets, 3);
});

Deno.test("options that run over their block are left alone, and told", async () => {
  const interfaceOver = "01000000 1c000000 0100 0000 00000000 0200 ff00 65746830 1c000000";
  const packetOver =
    "06000000 28000000 00000000 00000000 42420f00 02000000 40000000 aabb0000 0200 0400 28000000";
  const { reader, packets, codes } = await read(SECTION, interfaceOver, packetOver);
  assert.deepEqual([packets.length, packets[0]?.fcsLength, reader.complete], [1, 0, true]);
  assert.equal(reader.format.interfaces[0]?.name, null);
  assert.deepEqual(codes, ["option_length noted", "option_length noted"]);
  assert.equal(reader.warnings[0]?.found, "an option of 255 bytes beyond its block");
});

Deno.test("statistics are kept, other blocks are counted", async () => {
  const statistics = "05000000 34000000 00000000 00000000 00000000" +
    "0400 0800 0a00000000000000 0500 0800 0200000000000000 0000 0000 34000000";
  const empty = (type: string) => `${type} 0c000000 0c000000`;
  const { reader, packets } = await read(
    SECTION,
    INTERFACE,
    statistics,
    empty("04000000"),
    empty("0a000000"),
    empty("ad0b0000"),
    empty("ad0b0040"),
    empty("99990000"),
    PACKET,
  );
  assert.equal(packets.length, 1);
  assert.deepEqual(reader.format.interfaces[0]?.statistics, {
    received: 10,
    dropped: 2,
    filterAccepted: null,
    osDropped: null,
    delivered: null,
  });
  assert.deepEqual(reader.format.otherBlocks, {
    name_resolution: 1,
    decryption_secrets: 1,
    custom: 2,
    unknown: 1,
  });
});

Deno.test("a damaged block is left out, and the next is found by its length", async () => {
  const badTrailer = PACKET.replace(/24000000$/, "25000000");
  const badInterface = PACKET.replace("24000000 00000000", "24000000 07000000");
  const tooLong = PACKET.replace("02000000 40000000", "20000000 40000000");
  assert.partialDeepStrictEqual(await read(SECTION, INTERFACE, badTrailer, PACKET), {
    packets: [{ frame: 1 }],
    codes: ["trailer_length skipped"],
  });
  for (
    const [block, code] of [
      [badInterface, "interface_id skipped"],
      [tooLong, "captured_above_block skipped"],
      ["06000000 0c000000 0c000000", "short_block skipped"],
    ] as const
  ) {
    const { reader, packets, codes } = await read(SECTION, INTERFACE, PACKET, block, PACKET);
    assert.deepEqual([packets.length, codes], [2, [code]]);
    assert.deepEqual([reader.complete, reader.truncatedAt], [false, 28 + 20 + 36]);
  }
  const { packets, codes } = await read(SECTION, PACKET);
  assert.deepEqual([packets.length, codes], [0, ["interface_id skipped"]]);
});

Deno.test("where no length can be trusted, reading stops", async () => {
  const stops = async (...blocks: string[]) => {
    const { packets, codes } = await read(SECTION, INTERFACE, PACKET, ...blocks, PACKET);
    assert.equal(packets.length, 1);
    return codes;
  };
  assert.deepEqual(await stops("06000000 08000000 00000000"), ["block_length stopped"]);
  assert.deepEqual(await stops("06000000 00000000 00000000"), ["block_length stopped"]);
  assert.deepEqual(await stops("0a0d0d0a 1c000000 00000000 0000000000000000"), [
    "byte_order stopped",
  ]);
  assert.deepEqual(await stops("06000000 f0ffffff 00000000"), [
    "block_too_long skipped",
    "cut_block stopped",
  ]);
  const badTrailer = PACKET.replace(/24000000$/, "25000000");
  assert.deepEqual(await stops(badTrailer, badTrailer), [
    "trailer_length skipped",
    "block_length stopped",
  ]);
  assert.deepEqual(await stops(SECTION.replace("0100 0000", "0900 0000")), ["version stopped"]);
});

Deno.test("timestamps split without loss in every resolution", () => {
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.nat(0xffffffff),
      fc.nat(0xffffffff),
      (octet, high, low) => {
        const exponent = BigInt(octet & 127);
        const units = (octet & 128) === 0 ? 10n ** exponent : 2n ** exponent;
        const count = BigInt(high) * 2n ** 32n + BigInt(low);
        splitTime(timeUnitOf(octet), high, low);
        assert.equal(split.sec, Number(count / units));
        assert.equal(split.nsec, Number((count % units) * 1_000_000_000n / units));
      },
    ),
    { numRuns: 3000 },
  );
});

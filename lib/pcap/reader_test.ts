import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { hex, readAll, sourceOf } from "../../tests/support/capture_bytes.ts";
import { makeFramingBatch } from "./framing_batch.ts";
import { openReader } from "./reader.ts";

const FIXTURES = new URL("../../tests/fixtures/captures/", import.meta.url);

/** Little-endian, microseconds, snap length 65535, Ethernet; two packets of 4 and 2 bytes. */
const PCAP = hex(`
  d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000
  01000000 02000000 04000000 40000000 aabbccdd
  03000000 3f420f00 02000000 02000000 eeff`);

/** Little-endian; one Ethernet interface in microseconds; two enhanced packets. */
const PCAPNG = hex(`
  0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
  01000000 14000000 0100 0000 00000000 14000000
  06000000 24000000 00000000 00000000 42420f00 04000000 40000000 aabbccdd 24000000
  06000000 24000000 00000000 00000000 ff0b3d00 02000000 02000000 eeff0000 24000000`);

const SNOOP = hex(`
  736e6f6f70000000 00000002 00000004
  00000040 00000004 0000001c 00000000 00000001 00000002 aabbccdd
  00000002 00000002 0000001c 00000007 00000003 000f423f eeff0000`);

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const TWO_PACKETS = [
  { frame: 1, sec: 1, nsec: 2000, wireLength: 64, bytes: [0xaa, 0xbb, 0xcc, 0xdd] },
  { frame: 2, sec: 3, nsec: 999_999_000, wireLength: 2, bytes: [0xee, 0xff] },
];

for (const [name, bytes] of [["pcap", PCAP], ["pcapng", PCAPNG], ["snoop", SNOOP]] as const) {
  // The pcapng times are 0x0f4242 = 1.000002 s and 0x3d0bff = 4.000767 s.
  const expected = name === "pcapng"
    ? [TWO_PACKETS[0], { ...TWO_PACKETS[1], sec: 4, nsec: 767_000 }]
    : TWO_PACKETS;
  Deno.test(`${name}: two packets come out as they were put in, whatever the size of a read`, async () => {
    for (const step of [1, 3, 7, Infinity]) {
      const { reader, packets } = await readAll(bytes, step);
      assert.equal(packets.length, 2);
      assert.partialDeepStrictEqual(packets[0], expected[0]);
      assert.partialDeepStrictEqual(packets[1], { ...expected[1], linkType: 1, hasTime: true });
      assert.equal(reader.complete, true);
      assert.equal(reader.truncatedAt, null);
      assert.deepEqual(reader.warnings, []);
      assert.equal(reader.bytesRead, bytes.length);
      assert.equal(reader.format.container, name);
    }
  });

  Deno.test(`${name}: every length that it can be cut to has a defined outcome`, async () => {
    for (let length = 0; length < bytes.length; length++) {
      const whole = await readAll(bytes.subarray(0, length)).catch((error: unknown) => {
        assert.match(
          String((error as { code?: unknown }).code),
          /^decode\.(?:empty|unknown_format|cut_header)$/,
        );
        return null;
      });
      if (whole === null) continue;
      const { reader, packets } = whole;
      assert.equal(packets.length <= 1, true);
      assert.equal(reader.ended, true);
      assert.equal(reader.complete, reader.warnings.length === 0);
      if (!reader.complete) {
        assert.equal(reader.warnings.length, 1);
        assert.match(reader.warnings[0]?.code ?? "", /^cut_/);
        assert.equal(reader.truncatedAt, reader.warnings[0]?.offset);
      }
    }
  });

  Deno.test(`${name}: gzip and zstd are told by content, and cut ones say so`, async () => {
    for (
      const [kind, packed] of [["gzip", gzipSync(bytes)], [
        "zstd",
        zstdCompressSync(bytes),
      ]] as const
    ) {
      const { reader, packets } = await readAll(packed);
      assert.equal(packets.length, 2);
      assert.equal(reader.complete, true);
      assert.equal(reader.format.compression, kind);
      const twice = await readAll(
        join(packed, kind === "gzip" ? gzipSync(new Uint8Array(0)) : packed),
        5,
      );
      // A second frame continues the stream; a file header is no record of it.
      assert.equal(twice.packets.length >= 2, true);
      for (let length = 0; length < packed.length; length++) {
        try {
          const cut = await readAll(packed.subarray(0, length));
          assert.equal(cut.reader.complete, false, `${kind} cut to ${length}`);
          assert.equal(cut.reader.warnings[0]?.code, `${kind}_cut`);
        } catch (error) {
          assert.match(String((error as { code?: unknown }).code), /^decode\./);
        }
      }
    }
  });
}

Deno.test("what is no capture names its first bytes and the known formats", async () => {
  await assert.rejects(readAll(new Uint8Array(0)), { code: "decode.empty" });
  await assert.rejects(readAll(new TextEncoder().encode("hello world\n")), {
    code: "decode.unknown_format",
    message:
      'Cannot read the capture: it begins with "68 65 6c 6c 6f 20 77 6f", which no known format does',
    hint:
      "Known are pcap (microsecond, nanosecond, modified), pcapng and snoop, each plain or in gzip or zstd.",
  });
  await assert.rejects(readAll(gzipSync("hello world\n")), { code: "decode.unknown_format" });
  await assert.rejects(readAll(zstdCompressSync(PCAP).subarray(0, -1)), {
    code: "decode.compression",
    message: "Cannot read the capture: nothing of it could be decompressed",
  });
  await assert.rejects(readAll(PCAP.subarray(0, 23)), { code: "decode.cut_header" });
  const { reader, packets } = await readAll(PCAP.subarray(0, 24));
  assert.deepEqual([packets.length, reader.complete], [0, true]);
});

Deno.test("captures of real connections have the packets that capinfos counts", async () => {
  const counts = {
    "real-keepalive.pcap": 23,
    "real-portreuse.pcap": 35,
    "real-resets.pcap": 29,
    "real-synblackhole.pcap": 7,
    "real-rtobackoff.pcap": 80,
  };
  for (const [name, count] of Object.entries(counts)) {
    const { reader, packets } = await readAll(await Deno.readFile(new URL(name, FIXTURES)));
    assert.equal(packets.length, count, name);
    assert.equal(reader.complete, true);
  }
});

Deno.test("a bomb is stopped at its bound, and what came before it is read", async () => {
  const record = hex("01000000 02000000 40000000 40000000" + "00".repeat(64));
  const raw = join(PCAP.subarray(0, 24), ...Array<Uint8Array>(20_000).fill(record));
  for (const packed of [gzipSync(raw), zstdCompressSync(raw)]) {
    const reader = await openReader(sourceOf(packed), { maxExpandedBytes: 500_000 });
    const batch = makeFramingBatch();
    while (!reader.ended) if (reader.next(batch) === 0) await reader.fill();
    reader.close();
    assert.equal(reader.complete, false);
    assert.equal(reader.warnings[0]?.code, "expansion_limit");
    assert.equal(reader.packets > 1000, true);
  }
});

Deno.test("damaged gzip gives what came well before the damage", async () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 1000 }, () => (state = state * 75 % 65_537));
  const record = join(hex("01000000 02000000 e8030000 e8030000"), noise);
  const raw = join(PCAP.subarray(0, 24), ...Array<Uint8Array>(4000).fill(record));
  // Stored without compression: what comes out of one read of the file is about as long as it.
  const packed = gzipSync(raw, { level: 0 });
  // The checksum is in the last eight bytes (RFC 1952 §2.3.1).
  packed[packed.length - 8] = (packed[packed.length - 8] ?? 0) ^ 0xff;
  const { reader, packets } = await readAll(packed);
  assert.equal(packets.length > 2500 && packets.length < 4000, true);
  assert.equal(reader.complete, false);
  assert.equal(reader.truncatedAt, 24 + packets.length * 1016);
  assert.equal(reader.warnings[0]?.code, "gzip_damaged");
});

Deno.test("mutated captures never throw anything but a decode error, and never invent bytes", async () => {
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const rounds = Number(Deno.env.get("NETGLASS_FUZZ_ROUNDS") ?? 6000);
  for (let round = 0; round < rounds; round++) {
    const original = [PCAP, PCAPNG, SNOOP][round % 3] ?? PCAP;
    const bytes = original.slice();
    for (let times = 1 + random(4); times > 0; times--) {
      bytes[random(bytes.length)] = [0, 255, 127, 128, random(256)][random(5)] ?? 0;
    }
    try {
      const { reader, packets } = await readAll(bytes, 1 + random(64));
      const sum = packets.reduce((total, packet) => total + packet.bytes.length, 0);
      assert.equal(sum <= bytes.length, true);
      assert.equal(packets.every(({ wireLength, bytes }) => wireLength >= bytes.length), true);
      assert.equal(packets.every(({ nsec }) => nsec >= 0 && nsec < 1e9), true);
      assert.equal(reader.complete, reader.truncatedAt === null);
    } catch (error) {
      assert.match(
        String((error as { code?: unknown }).code),
        /^decode\./,
        `round ${round}: ${error}`,
      );
    }
  }
});

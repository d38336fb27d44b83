import assert from "node:assert/strict";
import fc from "fast-check";
import { FIN, RST, type Segment, segmentBatch, SYN } from "../../../tests/support/tcp_segments.ts";
import { TcpFlagAnalyzer } from "./flag_analyzer.ts";
import { tcpFlagNames } from "./flags.ts";

const ACK = 0x10;

/** Names of the flags of each segment. */
function flagsOf(segments: readonly Segment[], analyzer = new TcpFlagAnalyzer()): string[] {
  const batch = segmentBatch(segments);
  analyzer.addBatch(batch);
  return segments.map((_segment, row) => tcpFlagNames(batch.tcpFlags.flags[row] ?? 0).join(" "));
}

const HANDSHAKE: readonly Segment[] = [
  { flags: SYN, seq: 1000, timeMs: 0, windowScale: 7 },
  { side: 1, flags: SYN | ACK, seq: 5000, ack: 1001, timeMs: 50, windowScale: 7 },
  { seq: 1001, ack: 5001, timeMs: 100 },
];

Deno.test("data in order get no flag, also where the sequence number wraps", () => {
  assert.deepEqual(
    flagsOf([
      { seq: 0xffff_ff00, ack: 1, length: 200 },
      { seq: 0xffff_ffc8, ack: 1, length: 200 },
      { side: 1, seq: 1, ack: 0x90 },
      { seq: 0x90, ack: 1, length: 200 },
    ]),
    ["", "", "", ""],
  );
});

Deno.test("what comes late is out of order within a round trip, and retransmitted after it", () => {
  const late = (timeMs: number) =>
    flagsOf([
      ...HANDSHAKE,
      { seq: 1001, ack: 5001, length: 100, timeMs: 110 },
      { seq: 1201, ack: 5001, length: 100, timeMs: 111 },
      { seq: 1101, ack: 5001, length: 100, timeMs },
    ]).slice(4);
  assert.deepEqual(late(210.9), ["lost_segment", "out_of_order"]);
  assert.deepEqual(late(211), ["lost_segment", "retransmission"]);
});

Deno.test("three equal ACKs ask for a fast retransmission; after 20 ms it is an ordinary one", () => {
  const answered = (timeMs: number) =>
    flagsOf([
      { seq: 1, ack: 1, length: 100, timeMs: 0 },
      { seq: 201, ack: 1, length: 100, timeMs: 0.1 },
      { side: 1, seq: 1, ack: 101, timeMs: 10 },
      { side: 1, seq: 1, ack: 101, timeMs: 10 },
      { side: 1, seq: 1, ack: 101, timeMs: 10 },
      { seq: 101, ack: 1, length: 100, timeMs },
    ]).slice(3);
  assert.deepEqual(answered(29.9), [
    "duplicate_ack",
    "duplicate_ack",
    "retransmission fast_retransmission",
  ]);
  assert.deepEqual(answered(30), ["duplicate_ack", "duplicate_ack", "retransmission"]);
});

Deno.test("duplicate ACKs are numbered within their run", () => {
  const batch = segmentBatch([
    { seq: 1, ack: 101 },
    { seq: 1, ack: 101 },
    { seq: 1, ack: 101 },
    { seq: 1, ack: 201 },
    { seq: 1, ack: 201 },
  ]);
  new TcpFlagAnalyzer().addBatch(batch);
  assert.deepEqual([...batch.tcpFlags.duplicateAck.subarray(0, 5)], [0, 1, 2, 0, 1]);
});

Deno.test("data that were acknowledged are retransmitted spuriously", () => {
  assert.deepEqual(
    flagsOf([
      { seq: 1, ack: 1, length: 100 },
      { side: 1, seq: 1, ack: 101 },
      { seq: 1, ack: 1, length: 100 },
    ])[2],
    "retransmission spurious_retransmission",
  );
});

Deno.test("a SYN that is sent again is told apart", () => {
  assert.deepEqual(
    flagsOf([{ flags: SYN, seq: 7, timeMs: 0 }, { flags: SYN, seq: 7, timeMs: 1000 }]),
    ["", "retransmission syn_retransmission"],
  );
});

Deno.test("an ACK of data that were not captured is flagged once", () => {
  assert.deepEqual(
    flagsOf([
      { seq: 1, ack: 1, length: 100 },
      { side: 1, seq: 1, ack: 301 },
      { side: 1, seq: 1, ack: 401 },
    ]),
    ["", "ack_lost_segment", ""],
  );
});

Deno.test("a full window, its probe and the update are told, by the scale of the handshake", () => {
  assert.deepEqual(
    flagsOf([
      ...HANDSHAKE,
      { side: 1, seq: 5001, ack: 1001, window: 2 },
      { seq: 1001, ack: 5001, length: 256 },
      { side: 1, seq: 5001, ack: 1257, window: 0 },
      { seq: 1257, ack: 5001, length: 1 },
      { side: 1, seq: 5001, ack: 1257, window: 0 },
      { side: 1, seq: 5001, ack: 1257, window: 5 },
    ]).slice(3),
    [
      "window_update",
      "window_full",
      "zero_window",
      "zero_window_probe",
      "zero_window zero_window_probe_ack",
      "window_update",
    ],
  );
});

Deno.test("a window is full without its scale before the first ACK, or where a side has none", () => {
  const withServer = (server: Segment) =>
    flagsOf([
      { flags: SYN, seq: 1000, windowScale: 7 },
      { side: 1, flags: SYN | ACK, seq: 5000, ack: 1001, window: 100, ...server },
      { seq: 1001, ack: 5001, length: 100 },
    ])[2];
  assert.equal(withServer({ windowScale: 7 }), "window_full");
  assert.equal(withServer({}), "window_full");
});

Deno.test("a keep-alive, its answer, and a reset are told", () => {
  assert.deepEqual(
    flagsOf([
      { seq: 1, ack: 1, length: 100 },
      { side: 1, seq: 1, ack: 101 },
      { seq: 100, ack: 1 },
      { side: 1, seq: 1, ack: 101 },
      { side: 1, flags: RST, seq: 1 },
    ]),
    ["", "", "keep_alive", "keep_alive_ack", "reset"],
  );
});

Deno.test("state does not outlive its connection, nor reach another", () => {
  const analyzer = new TcpFlagAnalyzer();
  const first: Segment = { seq: 5000, ack: 1, length: 100 };
  flagsOf([first, { ...first, connection: 1 }], analyzer);
  const again = { ...first, seq: 100, isNew: false };
  assert.deepEqual(
    flagsOf([{ ...again, connection: 1 }, { ...again, isNew: true }], analyzer),
    ["retransmission", ""],
  );
});

Deno.test("a FIN after ten thousand segments that nobody acknowledged no longer counts", () => {
  const closing = (segments: number) => {
    const analyzer = new TcpFlagAnalyzer();
    for (let sent = 0; sent < segments; sent += 100) {
      const size = Math.min(100, segments - sent);
      analyzer.addBatch(segmentBatch(
        Array.from({ length: size }, (_, index): Segment => ({
          seq: 1 + sent + index,
          length: 1,
          isNew: sent + index === 0,
        })),
      ));
    }
    const fin: Segment = { seq: 1 + segments, flags: FIN | ACK, isNew: false };
    return flagsOf([{ ...fin, timeMs: 0 }, { ...fin, timeMs: 500 }], analyzer);
  };
  assert.deepEqual(closing(9_999), ["", "retransmission"]);
  assert.deepEqual(closing(10_000), ["", ""]);
});

const segment: fc.Arbitrary<Segment> = fc.record({
  connection: fc.nat(3),
  side: fc.constantFrom(0 as const, 1 as const),
  flags: fc.nat(0xfff),
  seq: fc.oneof(
    fc.nat(200),
    fc.nat(0xffff_ffff),
    fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff }),
  ),
  ack: fc.oneof(fc.nat(200), fc.nat(0xffff_ffff)),
  length: fc.oneof(fc.nat(3), fc.nat(65_535)),
  window: fc.nat(65_535),
  timeMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  windowScale: fc.integer({ min: -1, max: 255 }),
});

Deno.test("cutting a capture into other batches changes no flag", () => {
  fc.assert(fc.property(fc.array(segment, { maxLength: 60 }), fc.nat(60), (segments, cut) => {
    const timed = segments.map((one, index) => ({
      ...one,
      isNew: segments.findIndex(({ connection }) => connection === one.connection) === index,
    }));
    const whole = flagsOf(timed);
    const analyzer = new TcpFlagAnalyzer();
    const parts = [
      ...flagsOf(timed.slice(0, cut), analyzer),
      ...flagsOf(timed.slice(cut), analyzer),
    ];
    assert.deepEqual(parts, whole);
  }));
});

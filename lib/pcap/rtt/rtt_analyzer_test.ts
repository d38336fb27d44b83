import assert from "node:assert/strict";
import {
  analyze,
  analyzeFixture,
  stampedBatch,
  type StampedSegment,
} from "../../../tests/support/stamped_segments.ts";
import { ACK, SYN } from "../../../tests/support/tcp_segments.ts";
import { RttAnalyzer } from "./rtt_analyzer.ts";
import type { ConnectionTimes, LimitVerdict } from "./rtt_findings.ts";
import { RttSampler } from "./rtt_sampler.ts";

const MS = 1e6;

/** A handshake: to the server 40 ms, to the client 0.02 ms; both scale windows by 2^7. */
const HANDSHAKE: readonly StampedSegment[] = [
  { flags: SYN, seq: 999, timeMs: 0, mss: 1000, windowScale: 7 },
  { side: 1, flags: SYN | ACK, seq: 4999, ack: 1000, timeMs: 40, mss: 1000, windowScale: 7 },
  { seq: 1000, ack: 5000, timeMs: 40.02 },
];

function timesOf(segments: readonly StampedSegment[]): ConnectionTimes {
  return analyze([...HANDSHAKE, ...segments]).rtt.connection(0) ?? assert.fail("no record");
}

function data(index: number, timeMs: number, more: Partial<StampedSegment> = {}): StampedSegment {
  return { seq: 1000 + index * 1000, ack: 5000, length: 1000, timeMs, ...more };
}

function ack(index: number, timeMs: number, more: Partial<StampedSegment> = {}): StampedSegment {
  return { side: 1, seq: 5000, ack: 1000 + index * 1000, timeMs, ...more };
}

Deno.test("a recorded transfer has the round trips of its path, seen from the sender", async () => {
  const { rtt } = await analyzeFixture("real-loss1-snd.pcap.gz");
  const { serverLegNs, clientLegNs, directions } = rtt.connection(1) ?? assert.fail();
  assert.deepEqual([serverLegNs, clientLegNs], [20_465_000, 59_008]);
  assert.deepEqual(directions[0].rtt.minNs, 20_112_000);
  assert.equal(directions[0].limits?.limitedBy, "congestion");
  assert.equal(directions[0].limits?.confidence, "high");
  assert.equal(rtt.handshake?.samples, 2);
});

Deno.test("a receiver that stops reading limits the transfer by its window", async () => {
  const { rtt } = await analyzeFixture("real-zerowin.pcap.gz");
  const { directions } = rtt.connection(0) ?? assert.fail();
  assert.equal(directions[0].limits?.limitedBy, "receiver_window");
  assert.ok((directions[0].limits?.share ?? 0) > 0.98);
  assert.deepEqual([directions[1].zeroWindows, directions[1].zeroWindowNs], [2, 5_897_007_000]);
  assert.deepEqual([rtt.zeroWindows, rtt.zeroWindowNs], [2, 5_897_007_000]);
});

Deno.test("a path that goes dark limits a transfer by loss", async () => {
  const { rtt } = await analyzeFixture("real-rtobackoff.pcap");
  const limits = rtt.connection(0)?.directions[0].limits ?? assert.fail();
  assert.equal(limits.limitedBy, "loss");
  assert.equal(Math.round(limits.lossMs), 6464);
});

Deno.test("both legs of the handshake are timed where they are", () => {
  const { serverLegNs, clientLegNs } = timesOf([]);
  assert.deepEqual([serverLegNs, clientLegNs], [40 * MS, 20_000]);
});

Deno.test("a SYN that was sent again times nothing, the SYN-ACK still does", () => {
  const { rtt } = analyze([{ flags: SYN, seq: 999, timeMs: -1000 }, ...HANDSHAKE]);
  const { serverLegNs, clientLegNs } = rtt.connection(0) ?? assert.fail();
  assert.deepEqual([serverLegNs, clientLegNs], [null, 20_000]);
  assert.deepEqual([rtt.serverLeg, rtt.handshake], [null, null]);
});

Deno.test("a capture that begins with the SYN-ACK knows the client by it", () => {
  const { rtt } = analyze([
    { flags: SYN | ACK, seq: 1, ack: 10, timeMs: 0 },
    { side: 1, seq: 10, ack: 2, timeMs: 7 },
  ]);
  assert.equal(rtt.connection(0)?.clientLegNs, 7 * MS);
  assert.equal(rtt.connection(0)?.serverLegNs, null);
});

Deno.test("data are timed to the acknowledgment that covers them", () => {
  const { directions } = timesOf([data(0, 50), data(1, 51), ack(2, 90), data(2, 100), ack(3, 130)]);
  assert.deepEqual(directions[0].rtt, {
    samples: 2,
    minNs: 30 * MS,
    meanNs: 35 * MS,
    lastNs: 30 * MS,
  });
});

Deno.test("without timestamps, what was sent again is not timed", () => {
  const { directions } = timesOf([data(0, 50), data(0, 250), ack(1, 290)]);
  assert.equal(directions[0].rtt.samples, 0);
});

Deno.test("with timestamps, only the echo of what was timed is a sample", () => {
  const sent = data(0, 50, { tsVal: 100, tsEcr: 1 });
  const again = data(0, 250, { tsVal: 300, tsEcr: 1 });
  const echo = (tsEcr: number) => ack(1, 290, { tsVal: 9, tsEcr });
  assert.equal(timesOf([sent, again, echo(300)]).directions[0].rtt.samples, 0);
  assert.equal(timesOf([sent, again, echo(100)]).directions[0].rtt.lastNs, 240 * MS);
});

Deno.test("a window is closed from the first zero to the update, and at the end still is", () => {
  const closed = timesOf([
    ack(0, 100, { window: 0 }),
    ack(0, 300, { window: 0 }),
    ack(0, 600),
    ack(0, 1000, { window: 0 }),
    data(0, 1250),
  ]).directions[1];
  assert.equal(closed.zeroWindows, 2);
  assert.equal(closed.zeroWindowNs, 750 * MS);
  assert.equal(closed.isWindowClosed, true);
});

/** Windows of `flight` segments, each acknowledged a round trip of 40 ms after it was sent. */
function windows(rounds: number, flight: number, window: number, size = 1000): StampedSegment[] {
  const segments: StampedSegment[] = [];
  for (let round = 0; round < rounds; round++) {
    const at = 100 + round * 40;
    for (let index = 0; index < flight; index++) {
      const number = round * flight + index;
      segments.push(data(number, at + index * 0.01, { seq: 1000 + number * size, length: size }));
    }
    const next = 1000 + (round + 1) * flight * size;
    segments.push({ side: 1, seq: 5000, ack: next, window, timeMs: at + 39.9 });
  }
  return segments;
}

function limitsOf(segments: readonly StampedSegment[]): LimitVerdict {
  return timesOf(segments).directions[0].limits ?? assert.fail("no transfer");
}

Deno.test("a sender that fills the window waits for the receiver", () => {
  // 125 units of 2^7 octets are 16,000: sixteen segments.
  const limits = limitsOf(windows(20, 16, 125));
  assert.deepEqual([limits.limitedBy, limits.confidence], ["receiver_window", "high"]);
  assert.ok(limits.share > 0.9);
});

Deno.test("a sender that leaves room in the window waits for its congestion window", () => {
  const limits = limitsOf(windows(20, 16, 501));
  assert.equal(limits.limitedBy, "congestion");
  assert.ok(limits.share > 0.95);
});

Deno.test("a sender with everything acknowledged and long silent waits for the application", () => {
  const segments = Array.from({ length: 20 }, (_, index) => [
    data(index, 100 + index * 500),
    ack(index + 1, 140 + index * 500),
  ]).flat();
  const limits = limitsOf(segments);
  assert.equal(limits.limitedBy, "application");
  assert.ok(limits.share > 0.85);
});

Deno.test("a sender that ends with less than a segment had no more to send", () => {
  const segments: StampedSegment[] = [];
  for (let round = 0; round < 20; round++) {
    const seq = 1000 + round * 1300;
    segments.push(data(0, 100 + round * 50, { seq }));
    segments.push(data(0, 100 + round * 50, { seq: seq + 1000, length: 300 }));
    segments.push({ side: 1, seq: 5000, ack: seq + 1300, timeMs: 140 + round * 50 });
  }
  assert.equal(limitsOf(segments).limitedBy, "application");
});

Deno.test("a few segments are no transfer", () => {
  assert.equal(timesOf([data(0, 50), ack(1, 90)]).directions[0].limits, null);
});

Deno.test("a SYN takes no record, and a number given again begins anew", () => {
  const { rtt } = analyze([
    ...HANDSHAKE,
    ack(0, 100, { window: 0 }),
    { flags: SYN, seq: 1, timeMs: 300, isNew: true },
    { side: 1, flags: SYN | ACK, seq: 1, ack: 2, timeMs: 301 },
  ]);
  const { serverLegNs, clientLegNs, directions } = rtt.connection(0) ?? assert.fail();
  assert.deepEqual([serverLegNs, clientLegNs], [MS, null]);
  assert.deepEqual([directions[1].zeroWindows, directions[1].isWindowClosed], [0, false]);
  assert.equal(rtt.zeroWindows, 1);
});

Deno.test("connections beyond the bound are counted", () => {
  const analyzer = new RttAnalyzer({ connectionsMax: 2 });
  analyzer.addBatch(stampedBatch([{ connection: 0 }, { connection: 2 }]));
  assert.equal(analyzer.finish().untracked, 1);
  assert.equal(analyzer.finish().connection(2), null);
});

Deno.test("a sampler has every sample of its connection and of no other", () => {
  const sampler = new RttSampler(3);
  const segments = Array.from({ length: 100 }, (_, index) => [
    { ...data(index, 1000 + index * 100), connection: 3, isNew: index === 0 },
    { ...ack(index + 1, 1001 + index * 101), connection: 3, isNew: false },
    { ...data(index, 5), connection: 4, isNew: index === 0 },
  ]).flat();
  for (let from = 0; from < segments.length; from += 100) {
    sampler.addBatch(stampedBatch(segments.slice(from, from + 100)));
  }
  const { data: [fromA, fromB], times, isCapped } = sampler.finish();
  assert.deepEqual([fromB, isCapped, times?.tcp], [null, false, 3]);
  assert.deepEqual(fromA, {
    samples: 100,
    minNs: 1 * MS,
    meanNs: 50.5 * MS,
    p50Ns: 50 * MS,
    p95Ns: 95 * MS,
    p99Ns: 99 * MS,
    maxNs: 100 * MS,
  });
});

Deno.test("a sampler says of its connection what the pass over all says", () => {
  const open = HANDSHAKE.map((segment, index) =>
    index === 2 ? { ...segment, timeMs: 50 } : segment
  );
  const rounds = Array.from({ length: 20 }, (_, index) => [
    data(index, 60 + index * 50),
    ack(index + 1, 100 + index * 50),
  ]).flat();
  const batch = stampedBatch([...open, ...rounds].map((segment, index) => (
    { ...segment, connection: 3, isNew: index === 0 }
  )));
  const analyzer = new RttAnalyzer();
  const sampler = new RttSampler(3);
  for (const one of [analyzer, sampler]) one.addBatch(batch);
  const { times } = sampler.finish();
  assert.equal(times?.directions[0].limits?.applicationMs, 0);
  assert.deepEqual(times, analyzer.finish().connection(3));
});

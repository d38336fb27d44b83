import assert from "node:assert/strict";
import {
  analyze,
  analyzeFixture,
  type StampedSegment,
  troubleOf,
} from "../../../tests/support/stamped_segments.ts";
import { ACK, FIN, RST, SYN } from "../../../tests/support/tcp_segments.ts";

/** Octets of a full segment; the option announces the 12 of timestamps besides. */
const MSS = 1000;

/** A handshake with a round trip of 10 ms: near the client 1 ms, to the server 9 ms. */
const HANDSHAKE: readonly StampedSegment[] = [
  { flags: SYN, seq: 999, timeMs: 0, mss: MSS + 12 },
  { side: 1, flags: SYN | ACK, seq: 4999, ack: 1000, timeMs: 9, mss: MSS + 12 },
  { seq: 1000, ack: 5000, timeMs: 10 },
];

/** A segment of side A, the `index`-th of a stream of full segments after {@link HANDSHAKE}. */
function data(index: number, more: Partial<StampedSegment> = {}): StampedSegment {
  return { seq: 1000 + index * MSS, ack: 5000, length: MSS, timeMs: 20 + index, ...more };
}

function found(segments: readonly StampedSegment[]): Readonly<Record<string, number>> {
  return troubleOf(analyze([...HANDSHAKE, ...segments]).loss.total);
}

Deno.test("the sender's capture counts what its kernel counted, all of it lost further on", async () => {
  const { loss } = await analyzeFixture("real-loss1-snd.pcap.gz");
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 37,
    retransmittedOctets: 53_576,
    lostDownstream: 37,
  });
  assert.deepEqual(loss.vantage, { vantage: "sender", confidence: "high" });
  assert.equal(loss.affected, 1);
  assert.deepEqual(loss.worst[0]?.vantage.reasons, [
    "round trip to A 0.059 ms, to B 20.1 ms: near A",
    "none of 37 lost segments of A is missing here",
  ]);
  assert.deepEqual(loss.worst[0]?.directions[0].evidence[0], {
    frame: 146,
    kind: "retransmission",
  });
});

Deno.test("the receiver's capture counts the same, all of it lost before", async () => {
  const { loss } = await analyzeFixture("real-loss1-rcv.pcap.gz");
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 37,
    retransmittedOctets: 53_576,
    lostUpstream: 37,
  });
  assert.deepEqual(loss.vantage, { vantage: "receiver", confidence: "high" });
});

Deno.test("a generated capture gives what its labels say", async () => {
  const { loss } = await analyzeFixture("mix-10000.pcap.gz");
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 16,
    retransmittedOctets: 23_084,
    spurious: 3,
    reordered: 2,
    lostDownstream: 13,
    missedOctets: 5816,
  });
});

Deno.test("probes of a dark path are counted as far as they are in the capture", async () => {
  const { loss } = await analyzeFixture("real-rtobackoff.pcap");
  assert.equal(loss.total.retransmissions, 19);
  assert.equal(loss.total.lostDownstream, 19);
});

Deno.test("six SYNs that nobody answers were sent again", async () => {
  const { loss } = await analyzeFixture("real-synblackhole.pcap");
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 6,
    retransmittedOctets: 6,
    lostDownstream: 6,
  });
});

Deno.test("a closed window loses nothing: DSACKs prove what was sent again in vain", async () => {
  const { loss } = await analyzeFixture("real-zerowin.pcap.gz");
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 2,
    retransmittedOctets: 2896,
    spurious: 2,
  });
});

for (const name of ["real-keepalive.pcap", "real-portreuse.pcap", "real-resets.pcap"]) {
  Deno.test(`nothing is lost in ${name}`, async () => {
    const { loss } = await analyzeFixture(name);
    assert.deepEqual(troubleOf(loss.total), {});
    assert.deepEqual([loss.affected, loss.worst.length, loss.unknownDirections], [0, 0, 0]);
  });
}

Deno.test("data in order, a reset with a wild number and a FIN lose nothing", () => {
  const tail = [
    { flags: FIN | ACK, seq: 3000, ack: 5000 },
    { flags: RST, seq: 77, length: 20 },
  ];
  assert.deepEqual(found([data(0), data(1), ...tail]), {});
});

Deno.test("a segment that came before and has a newer TSval was sent again", () => {
  assert.deepEqual(
    found([data(0, { tsVal: 7 }), data(1, { tsVal: 8 }), data(0, { tsVal: 300, timeMs: 300 })]),
    { retransmissions: 1, retransmittedOctets: MSS, lostDownstream: 1 },
  );
});

Deno.test("a hole filled with a newer TSval is a loss before the capture, with an older one none", () => {
  const stream = [data(0, { tsVal: 7 }), data(2, { tsVal: 8 })];
  assert.deepEqual(found([...stream, data(1, { tsVal: 30 })]), {
    retransmissions: 1,
    retransmittedOctets: MSS,
    lostUpstream: 1,
  });
  assert.deepEqual(found([...stream, data(1, { tsVal: 7, timeMs: 400 })]), { reordered: 1 });
});

Deno.test("TSvals are compared around their wrap", () => {
  const stream = [data(0, { tsVal: 0xffff_fff0 }), data(2, { tsVal: 0xffff_fff8 })];
  assert.equal(found([...stream, data(1, { tsVal: 5 })]).retransmissions, 1);
  assert.equal(found([...stream, data(1, { tsVal: 0xffff_fff1 })]).reordered, 1);
});

Deno.test("equal TSvals leave it to the identification, then to time, then nobody knows", () => {
  const tie = (late: Partial<StampedSegment>, ids: readonly number[] = []) =>
    found([
      data(0, { tsVal: 7, ...id(ids[0]) }),
      data(2, { tsVal: 7, ...id(ids[2]) }),
      data(1, { tsVal: 7, ...id(ids[1]), ...late }),
    ]);
  assert.deepEqual(tie({ timeMs: 60 }, [10, 11, 12]), { reordered: 1 });
  assert.equal(tie({ timeMs: 60 }, [10, 13, 12]).retransmissions, 1);
  assert.deepEqual(tie({ timeMs: 23 }), { reordered: 1 });
  assert.deepEqual(tie({ timeMs: 60 }), { ambiguous: 1 });
});

function id(ipId: number | undefined): Partial<StampedSegment> {
  return ipId === undefined ? {} : { ipId };
}

Deno.test("without timestamps and identifications a timeout is a retransmission, less is ambiguous", () => {
  const fill = (timeMs: number) => found([data(0), data(2, { timeMs: 22 }), data(1, { timeMs })]);
  assert.equal(fill(23).reordered, 1);
  assert.equal(fill(100).ambiguous, 1);
  assert.equal(fill(300).retransmissions, 1);
});

Deno.test("without timestamps, three duplicate ACKs and a round trip make a retransmission", () => {
  const duplicate: StampedSegment = { side: 1, seq: 5000, ack: 2000 };
  const fill = (acks: number, timeMs: number) =>
    found([
      data(0),
      data(2, { timeMs: 22 }),
      ...Array(acks + 1).fill(duplicate),
      data(1, { timeMs }),
    ]);
  assert.equal(fill(3, 40).retransmissions, 1);
  assert.equal(fill(2, 40).ambiguous, 1);
  assert.equal(fill(3, 26).ambiguous, 1);
});

Deno.test("a SPAN port that doubles every packet makes network duplicates, no loss", () => {
  const stream = Array.from(
    { length: 100 },
    (_, index) => data(index, { tsVal: 50, ipId: 1 + index }),
  );
  const doubled = stream.flatMap((
    one,
  ) => [one, { ...one, ttl: 63, timeMs: (one.timeMs ?? 0) + 0.01 }]);
  assert.deepEqual(found(doubled), { networkDuplicates: 100 });
  const interleaved = stream.flatMap((one, index) =>
    index % 2 === 0 ? [] : [stream[index - 1] ?? one, one, stream[index - 1] ?? one, one]
  );
  assert.deepEqual(found(interleaved), { networkDuplicates: 100 });
});

Deno.test("an IPv6 copy within a quarter of a round trip is a duplicate, after one it was sent again", () => {
  const again = (more: Partial<StampedSegment>) =>
    found([data(0, { tsVal: 7, timeMs: 20 }), data(0, { tsVal: 7, ...more })]);
  assert.deepEqual(again({ timeMs: 20.01 }), { networkDuplicates: 1 });
  assert.equal(again({ timeMs: 28 }).retransmissions, 1);
  assert.deepEqual(again({ timeMs: 24 }), { ambiguous: 1 });
  assert.equal(again({ timeMs: 20.01, checksum: 9 }).retransmissions, 1);
});

Deno.test("the late original of a retransmission proves that it was sent in vain", () => {
  const stream = [data(0, { tsVal: 7 }), data(2, { tsVal: 8 }), data(1, { tsVal: 30 })];
  assert.deepEqual(found([...stream, data(1, { tsVal: 7, timeMs: 90 })]), {
    retransmissions: 1,
    retransmittedOctets: MSS,
    spurious: 1,
    reordered: 1,
  });
});

Deno.test("a DSACK proves one retransmission, and without one a duplicate further on", () => {
  const dsack: StampedSegment = { side: 1, seq: 5000, ack: 3000, sack: [[1000, 2000]] };
  const stream = [data(0, { tsVal: 7 }), data(1, { tsVal: 8 })];
  const again = data(0, { tsVal: 300, timeMs: 300 });
  assert.deepEqual(found([...stream, again, dsack, dsack]), {
    retransmissions: 1,
    retransmittedOctets: MSS,
    spurious: 1,
  });
  assert.deepEqual(found([...stream, dsack]), { duplicatedDownstream: 1 });
  assert.deepEqual(found([...stream, { ...dsack, ack: 1000, sack: [[2000, 3000]] }]), {});
});

Deno.test("a super-segment that is sent again counts as the segments it becomes", () => {
  const large = data(0, { length: 8 * MSS - 500, tsVal: 7 });
  assert.deepEqual(found([large, { ...large, tsVal: 300, timeMs: 300 }]), {
    retransmissions: 8,
    retransmittedOctets: 7500,
    lostDownstream: 8,
  });
  assert.equal(found([large, data(1, { tsVal: 300 })]).retransmissions, 1);
});

Deno.test("a super-segment tells of an end host, also as the first one seen", () => {
  const { loss } = analyze([data(0, { length: 8 * MSS })]);
  const { reasons } = loss.connection(0)?.vantage ?? assert.fail();
  assert.deepEqual(reasons, ["segments of A beyond the MSS: an end host offloads here"]);
});

Deno.test("a segment cut otherwise is counted for what it has of old octets", () => {
  const cut = data(1, { seq: 2500, length: MSS, tsVal: 300 });
  assert.deepEqual(found([data(0, { tsVal: 7 }), data(1, { tsVal: 8 }), cut]), {
    retransmissions: 1,
    retransmittedOctets: 500,
    lostDownstream: 1,
  });
});

Deno.test("an octet sent into a closed window is a probe, whether it counts or not", () => {
  const closed: StampedSegment = { side: 1, seq: 5000, ack: 2000, window: 0 };
  const open: StampedSegment = { side: 1, seq: 5000, ack: 2001 };
  const probe = data(1, { length: 1 });
  assert.deepEqual(found([data(0), closed, probe, probe, open, data(1)]), {});
  const beyond = data(1, { seq: 2001 });
  assert.deepEqual(found([data(0), closed, probe, probe, open, beyond]), {});
});

Deno.test("a keep-alive with an octet of garbage and its DSACK are nothing", () => {
  const idle: StampedSegment = { side: 1, seq: 5000, ack: 2000 };
  const keepAlive = data(0, { seq: 1999, length: 1, timeMs: 9000 });
  assert.deepEqual(found([data(0), idle, keepAlive, { ...idle, sack: [[1999, 2000]] }]), {});
});

Deno.test("sequence numbers wrap within a connection, and a SYN-ACK can be sent again", () => {
  const base = 0xffff_fc00;
  const segments: StampedSegment[] = [
    { flags: SYN, seq: base - 1 },
    { side: 1, flags: SYN | ACK, seq: 1, ack: base, tsVal: 1 },
    { side: 1, flags: SYN | ACK, seq: 1, ack: base, tsVal: 1001 },
    { seq: base, ack: 2, length: 1000, tsVal: 1 },
    { seq: (base + 2000) >>> 0, ack: 2, length: 1000, tsVal: 2 },
    { seq: (base + 1000) >>> 0, ack: 2, length: 1000, tsVal: 30 },
  ];
  const { directions } = analyze(segments).loss.connection(0) ?? assert.fail();
  assert.deepEqual(troubleOf(directions[0]), {
    retransmissions: 1,
    retransmittedOctets: 1000,
    lostUpstream: 1,
  });
  assert.deepEqual(troubleOf(directions[1]), {
    retransmissions: 1,
    retransmittedOctets: 1,
    lostDownstream: 1,
  });
});

Deno.test("a transfer of more than 4 GiB stays exact", () => {
  const step = 2 ** 29;
  const segments: StampedSegment[] = [{ flags: SYN, seq: 999 }];
  for (let index = 0; index < 20; index++) {
    segments.push({ seq: (1000 + index * step) >>> 0, length: step, tsVal: index });
  }
  segments.push({ seq: (1000 + 20 * step - 500) >>> 0, length: 500, tsVal: 999 });
  assert.deepEqual(troubleOf(analyze(segments).loss.total), {
    retransmissions: 1,
    retransmittedOctets: 500,
    lostDownstream: 1,
  });
});

Deno.test("ports that are used again begin anew, and what was lost before stays in the total", () => {
  const first = [
    ...HANDSHAKE,
    data(0, { tsVal: 7 }),
    data(0, { tsVal: 300 }),
    data(3, { tsVal: 301 }),
  ];
  const second = [{ flags: SYN, seq: 70_000, isNew: true }, { seq: 70_001, length: 10 }];
  const { loss } = analyze([...first, ...second]);
  assert.deepEqual(troubleOf(loss.total), {
    retransmissions: 1,
    retransmittedOctets: MSS,
    lostDownstream: 1,
    missingOctets: 2 * MSS,
  });
  assert.equal(loss.affected, 1);
  assert.deepEqual(troubleOf(loss.connection(0)?.directions[0] ?? {}), {});
});

Deno.test("octets that were acknowledged but never seen were missed by the capture", () => {
  const acked: StampedSegment = { side: 1, seq: 5000, ack: 4000 };
  assert.deepEqual(found([data(0), data(2), acked]), { missedOctets: MSS });
  assert.deepEqual(found([data(0), data(2)]), { missingOctets: MSS });
});

Deno.test("data that overtook the SYN and a wild jump make no holes", () => {
  const segments: StampedSegment[] = [
    { seq: 1000, length: 100 },
    { flags: SYN, seq: 999 },
    { seq: 1100, length: 100 },
    { seq: 0x9000_0000, length: 100 },
    { seq: 0x9000_0064, length: 100 },
  ];
  assert.deepEqual(troubleOf(analyze(segments).loss.total), {});
});

Deno.test("data in IP fragments of which only the first can be read make no holes", () => {
  const first = data(0, { length: 400, isFirstFragment: true });
  assert.deepEqual(found([first, data(1), data(2)]), {});
});

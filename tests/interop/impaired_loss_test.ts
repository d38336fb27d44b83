import assert from "node:assert/strict";
import type { LossEvidence, LossFindings } from "../../lib/pcap/loss/loss_findings.ts";
import { scanFile } from "../support/capture_scan.ts";
import { type Arrival, arrivalsOf, farSideTruth } from "./impaired_labels.ts";
import {
  IMPAIRED_PROGRAMS,
  type ImpairedRun,
  impairedRun,
  type ImpairedRunOptions,
} from "./impaired_path.ts";
import { namespaceTest } from "./topology.ts";

/** A path of 10 ms and 60 Mbit/s that the tests add trouble to. */
const DELAY = { delayMs: 5 };
const LINE = { ...DELAY, rateMbps: 60 };

/** More than any run has. */
const MOST_CONNECTIONS = 50;

/** Retransmissions in a capture. */
interface Count {
  readonly truth: number;
  readonly found: number;
}

/** What a run has shown. */
interface Shown {
  /** What the sender sent again, in its own capture. */
  readonly sender: Count;
  /** What the receiver sent again (SYN-ACK, responses, FIN), in its own capture. */
  readonly answers: Count;
  /** What of the sender's came to the receiver, in the capture there. */
  readonly receiver: Count;
  /** Of those at the receiver, the ones whose sequence numbers tell nothing. */
  readonly asNew: number;
  readonly findings: { readonly sender: LossFindings; readonly receiver: LossFindings };
  readonly truth: { readonly duplicated: number; readonly reordered: number };
}

/** Retransmissions of data from side A (0), which is the sender: it opens every connection; or B. */
function sentAgain(findings: LossFindings, direction: 0 | 1): number {
  let sum = 0;
  for (let tcp = 0; tcp < MOST_CONNECTIONS; tcp++) {
    sum += findings.connection(tcp)?.directions[direction].retransmissions ?? 0;
  }
  return sum;
}

function evidenceOf({ worst }: LossFindings): readonly LossEvidence[] {
  return worst.flatMap(({ directions }) => directions[0].evidence);
}

/** The receiver's capture, and the numbers of its frames that the labels say were sent again. */
async function arrivedFrames(
  run: ImpairedRun,
): Promise<{ readonly loss: LossFindings; readonly sentAgain: ReadonlySet<number> }> {
  // Frames of a connection stay in order from the relay to the capture; connections may pass each other.
  const expected = new Map<number, Arrival[]>();
  for (const arrival of arrivalsOf(run.labels, 0)) {
    const { srcPort } = arrival.label;
    const queue = expected.get(srcPort) ?? [];
    queue.push(arrival);
    expected.set(srcPort, queue);
  }
  const sentAgain = new Set<number>();
  const { loss } = await scanFile(run.receiverPcap, ({ packets, dissected }) => {
    for (let row = 0; row < packets.count; row++) {
      const arrival = expected.get(dissected.srcPort[row] ?? -1)?.shift();
      if (arrival === undefined) continue;
      assert.equal(dissected.seq[row], arrival.label.seq, "the labels are of other frames");
      if (arrival.isSentAgain) sentAgain.add(packets.firstFrame + row);
    }
  });
  return { loss, sentAgain };
}

/** Runs connections and compares what the sender sent again with what is found. */
async function show(name: string, options: ImpairedRunOptions): Promise<Shown> {
  await using run = await impairedRun(options);
  const truth = farSideTruth(run.labels, 0);
  const arrived = await arrivedFrames(run);
  const findings = { sender: (await scanFile(run.senderPcap)).loss, receiver: arrived.loss };
  for (const { frame, kind } of evidenceOf(findings.receiver)) {
    if (kind !== "retransmission") continue;
    assert.ok(arrived.sentAgain.has(frame), `${name}: frame ${frame} was not sent again`);
  }
  const sender = {
    truth: run.kernel.sender["RetransSegs"] ?? NaN,
    found: sentAgain(findings.sender, 0),
  };
  const answers = {
    truth: run.kernel.receiver["RetransSegs"] ?? NaN,
    found: sentAgain(findings.receiver, 1),
  };
  const receiver = { truth: truth.retransmittedVisible, found: sentAgain(findings.receiver, 0) };
  const told = ({ truth, found }: Count) => `${found} of ${truth}`;
  const { segments, ambiguous } = findings.receiver.total;
  const place = ({ vantage }: LossFindings) => `${vantage.vantage} (${vantage.confidence})`;
  console.log(
    `${name}: retransmissions at the sender ${told(sender)}, at the receiver ${told(receiver)} ` +
      `(${truth.retransmittedAsNew} came as new data); ${segments} segments, ${ambiguous} ambiguous; ` +
      `vantage ${place(findings.sender)}, ${place(findings.receiver)}`,
  );
  return { sender, answers, receiver, asNew: truth.retransmittedAsNew, findings, truth };
}

const LOSSY: Readonly<Record<string, ImpairedRunOptions>> = {
  "loss both ways": {
    traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 2 }],
    forward: { ...LINE, loss: 0.01 },
    backward: { ...DELAY, loss: 0.01 },
  },
  "a short queue, cubic": {
    traffic: [{ kind: "bulk", bytes: 1_500_000, connections: 4 }],
    forward: { ...LINE, queueFrames: 40 },
    backward: DELAY,
  },
  "a short queue, bbr": {
    traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 2, congestion: "bbr" }],
    forward: { ...LINE, queueFrames: 30 },
    backward: DELAY,
  },
  "loss over IPv6, data both ways": {
    ipv6: true,
    traffic: [
      { kind: "bulk", bytes: 1_500_000, connections: 2 },
      { kind: "requests", count: 20, request: 100, response: 30_000 },
    ],
    forward: { ...LINE, loss: 0.01 },
    backward: { ...LINE, loss: 0.01 },
  },
  "loss, reordering and duplicates": {
    traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 2 }],
    forward: {
      ...LINE,
      ...{ loss: 0.005, duplicate: 0.005, reorderShare: 0.005, reorderByMs: 3, jitterMs: 1 },
    },
    backward: DELAY,
  },
};

namespaceTest("loss: each end counts what was sent again", IMPAIRED_PROGRAMS, async () => {
  let missed = 0;
  let invented = 0;
  let asNew = 0;
  let visible = 0;
  for (const [name, options] of Object.entries(LOSSY)) {
    const shown = await show(name, options);
    const { sender, answers, receiver } = shown;
    assert.equal(sender.found, sender.truth, `${name}: the sender's capture and its kernel`);
    assert.equal(answers.found, answers.truth, `${name}: the receiver's capture and its kernel`);
    // It may be unsure, but never at the wrong end.
    const { sender: near, receiver: far } = shown.findings;
    assert.notEqual(near.vantage.vantage, "receiver", `${name}: captured at the sender`);
    assert.notEqual(far.vantage.vantage, "sender", `${name}: captured at the receiver`);
    missed += Math.max(0, receiver.truth - receiver.found - shown.asNew);
    invented += Math.max(0, receiver.found - receiver.truth);
    asNew += shown.asNew;
    visible += receiver.truth;
  }
  assert.ok(visible > 200, `only ${visible} retransmissions in all`);
  const wrong = missed + invented;
  assert.ok(wrong <= 0.02 * visible, `${missed} missed and ${invented} invented of ${visible}`);
  // What cannot be told must stay the exception, else the test would say little.
  assert.ok(asNew <= 0.05 * visible, `${asNew} of ${visible} came as new data`);
});

namespaceTest(
  "loss: a path of the kernel loses as its sender counts",
  IMPAIRED_PROGRAMS,
  async () => {
    await using run = await impairedRun({
      via: "kernel",
      traffic: [{ kind: "bulk", bytes: 4_000_000, connections: 2 }],
      forward: { loss: 0.01 },
    });
    const { total } = (await scanFile(run.senderPcap)).loss;
    assert.equal(total.retransmissions, run.kernel.sender["RetransSegs"]);
    assert.ok(total.retransmissions > 10);
  },
);

namespaceTest(
  "loss: segments that the interface cuts are counted one by one",
  IMPAIRED_PROGRAMS,
  async () => {
    await using run = await impairedRun({
      offload: true,
      traffic: [{ kind: "bulk", bytes: 4_000_000, connections: 2 }],
      forward: { ...LINE, loss: 0.01 },
      backward: DELAY,
    });
    const { total } = (await scanFile(run.senderPcap)).loss;
    assert.equal(total.retransmissions, run.kernel.sender["RetransSegs"]);
    assert.ok(total.retransmissions > 10);
  },
);

namespaceTest("loss: a path that only reorders loses nothing", IMPAIRED_PROGRAMS, async () => {
  const runs = [
    await show("some held back", {
      traffic: [{ kind: "bulk", bytes: 12_000_000 }],
      forward: { ...DELAY, rateMbps: 100, reorderShare: 0.02, reorderByMs: 3 },
      backward: DELAY,
    }),
    await show("all jittered", {
      traffic: [{ kind: "bulk", bytes: 6_000_000 }],
      forward: { ...DELAY, rateMbps: 100, jitterMs: 4 },
      backward: { ...DELAY, jitterMs: 4 },
    }),
  ];
  let wrong = 0;
  let segments = 0;
  for (const { sender, receiver, findings, truth } of runs) {
    assert.equal(sender.found, sender.truth);
    wrong += Math.abs(receiver.found - receiver.truth);
    segments += findings.receiver.total.segments;
    assert.ok(truth.reordered > 50, `only ${truth.reordered} reordered`);
    assert.equal(findings.receiver.total.lostUpstream, 0);
  }
  assert.ok(segments > 10_000, `only ${segments} segments`);
  assert.ok(wrong / segments <= 1 / 10_000, `${wrong} wrong in ${segments} segments`);
});

namespaceTest(
  "loss: copies that the network makes are no retransmissions",
  IMPAIRED_PROGRAMS,
  async () => {
    const { sender, receiver, findings, truth } = await show("duplicates", {
      traffic: [{ kind: "bulk", bytes: 4_000_000 }],
      forward: { ...LINE, duplicate: 0.02 },
      backward: DELAY,
    });
    assert.deepEqual([sender.found, receiver.found], [sender.truth, receiver.truth]);
    assert.equal(findings.receiver.total.networkDuplicates, truth.duplicated);
    assert.ok(truth.duplicated > 20);
  },
);

namespaceTest("loss: a clean capture has none, of nothing", IMPAIRED_PROGRAMS, async () => {
  await using run = await cleanRun();
  for (const path of [run.senderPcap, run.receiverPcap]) {
    const { total, worst, affected } = (await scanFile(path)).loss;
    const { segments, ...others } = total;
    assert.ok(segments > 2000);
    assert.deepEqual(Object.entries(others).filter(([, count]) => count !== 0), []);
    assert.deepEqual([worst.length, affected], [0, 0]);
  }
});

/** A busy machine can make a kernel send again though nothing was lost; such a run is not clean. */
async function cleanRun(): Promise<ImpairedRun> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const run = await impairedRun({
      traffic: [
        { kind: "bulk", bytes: 3_000_000, connections: 2 },
        { kind: "requests", count: 20, request: 100, response: 20_000 },
      ],
      forward: LINE,
      backward: LINE,
    });
    const { sender, receiver } = run.kernel;
    if (sender["RetransSegs"] === 0 && receiver["RetransSegs"] === 0) return run;
    await run[Symbol.asyncDispose]();
  }
  throw new Error("the kernels sent something again in five runs of a clean path");
}

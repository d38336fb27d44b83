import assert from "node:assert/strict";
import { compareFlags, type FlagComparison } from "../support/tshark_flags.ts";
import { IMPAIRED_PROGRAMS, impairedRun, type ImpairedRunOptions } from "./impaired_path.ts";
import { namespaceTest } from "./topology.ts";

const PROGRAMS = [...IMPAIRED_PROGRAMS, "tshark"];

/** Share of TCP frames that must carry the same flags, beside tshark 4.0. */
const LEAST_AGREEMENT = 0.995;

/** How many frames agree, and the first that do not. */
function agreement(name: string, { tcpFrames, differing, counts }: FlagComparison): number {
  const share = 1 - differing.length / tcpFrames;
  const flagged = Object.entries(counts).map(([flag, count]) => `${flag} ${count}`).join(", ");
  console.log(`${name}: ${(100 * share).toFixed(3)} % of ${tcpFrames} TCP frames; ${flagged}`);
  for (const { frame, ours, theirs } of differing.slice(0, 5)) {
    console.log(`  frame ${frame}: we say [${ours}], tshark [${theirs}]`);
  }
  return share;
}

async function agreesAtBothEnds(options: ImpairedRunOptions): Promise<void> {
  await using run = await impairedRun(options);
  for (const [end, path] of [["sender", run.senderPcap], ["receiver", run.receiverPcap]] as const) {
    const comparison = await compareFlags(path);
    assert.ok(comparison.tcpFrames > 100, `${comparison.tcpFrames} frames show nothing`);
    assert.equal(comparison.ourTcpFrames, comparison.tcpFrames);
    const share = agreement(end, comparison);
    assert.ok(share >= LEAST_AGREEMENT, `${end}: ${share} of the frames agree`);
  }
}

namespaceTest("our TCP flags are those of tshark on a path that drops", PROGRAMS, async () => {
  await agreesAtBothEnds({
    via: "kernel",
    traffic: [{ kind: "bulk", bytes: 4_000_000, connections: 2 }],
    forward: { loss: 0.01 },
    backward: { loss: 0.005 },
  });
});

namespaceTest("our TCP flags are those of tshark on a path of tbf", PROGRAMS, async () => {
  try {
    await agreesAtBothEnds({
      via: "kernel",
      traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 3 }],
      forward: { rateMbps: 50, queueFrames: 30 },
    });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("qdisc kind is unknown"))) throw error;
    console.log("SKIPPED: the kernel has no tbf; the next test limits the rate by the relay");
  }
});

namespaceTest(
  "our TCP flags are those of tshark on a path with a short queue",
  PROGRAMS,
  async () => {
    await agreesAtBothEnds({
      traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 4 }],
      forward: { rateMbps: 50, queueFrames: 40, delayMs: 5 },
      backward: { delayMs: 5 },
    });
  },
);

namespaceTest(
  "our TCP flags are those of tshark on a path that does all at once",
  PROGRAMS,
  async () => {
    await agreesAtBothEnds({
      traffic: [{ kind: "bulk", bytes: 3_000_000 }],
      forward: {
        ...{ loss: 0.003, duplicate: 0.005, reorderShare: 0.01, reorderByMs: 3 },
        ...{ delayMs: 5, jitterMs: 1, rateMbps: 60 },
      },
      backward: { delayMs: 5, loss: 0.003, reorderShare: 0.01, reorderByMs: 3 },
    });
  },
);

namespaceTest("our TCP flags are those of tshark over IPv6", PROGRAMS, async () => {
  await agreesAtBothEnds({
    ipv6: true,
    traffic: [
      { kind: "bulk", bytes: 1_500_000 },
      { kind: "requests", count: 20, request: 200, response: 30_000 },
    ],
    forward: { loss: 0.01, delayMs: 4, rateMbps: 60 },
    backward: { loss: 0.01, delayMs: 4, rateMbps: 60 },
  });
});

namespaceTest(
  "our TCP flags are those of tshark on connections of every temper",
  PROGRAMS,
  async () => {
    await agreesAtBothEnds({
      traffic: [
        { kind: "bulk", bytes: 600_000, pauseMs: 700, pauseAfter: 1000, receiveBuffer: 20_000 },
        { kind: "bulk", bytes: 300_000, receiveBuffer: 6000, connections: 2 },
        { kind: "bulk", bytes: 300_000, sendBuffer: 6000 },
        { kind: "requests", count: 10, request: 100, response: 20_000, thinkMs: 20 },
        { kind: "idle", idleMs: 2300 },
        { kind: "abort", count: 4, bytes: 3000, localPort: 45_678 },
        { kind: "refused", count: 2 },
        { kind: "blackhole", waitMs: 2500 },
      ],
      forward: { delayMs: 2 },
      backward: { delayMs: 2 },
    });
  },
);

namespaceTest(
  "our TCP flags are those of tshark where segments are left to the interfaces",
  PROGRAMS,
  async () => {
    await agreesAtBothEnds({
      offload: true,
      traffic: [{ kind: "bulk", bytes: 4_000_000, connections: 2 }],
      forward: { loss: 0.01, delayMs: 3, rateMbps: 60 },
      backward: { delayMs: 3 },
    });
  },
);

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
    console.log("SKIPPED: the kernel has no tbf");
  }
});

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

namespaceTest(
  "our TCP flags are those of tshark where interfaces segment and the capture cuts",
  PROGRAMS,
  async () => {
    await agreesAtBothEnds({
      offload: true,
      snapLength: 96,
      traffic: [{ kind: "bulk", bytes: 4_000_000, connections: 2 }],
      forward: { loss: 0.01, delayMs: 3, rateMbps: 60 },
      backward: { delayMs: 3 },
    });
  },
);

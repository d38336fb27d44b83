import assert from "node:assert/strict";
import { farSideTruth, type RelayLabel } from "./impaired_labels.ts";
import { IMPAIRED_PROGRAMS, type ImpairedRun, impairedRun } from "./impaired_path.ts";
import { namespaceTest } from "./topology.ts";
import { readAll } from "../support/capture_bytes.ts";

/** Frames that each capture holds, and that it holds according to the labels. */
async function frames(run: ImpairedRun) {
  const count = async (path: string) => (await readAll(await Deno.readFile(path))).packets.length;
  const arrivedAtRelay = (direction: 0 | 1) =>
    run.labels.filter((label) => label.direction === direction && label.action !== "duplicate");
  const leftRelay = (direction: 0 | 1) =>
    run.labels.filter((label) => label.direction === direction && label.sentNs !== null);
  return {
    captured: { sender: await count(run.senderPcap), receiver: await count(run.receiverPcap) },
    labelled: {
      sender: arrivedAtRelay(0).length + leftRelay(1).length,
      receiver: arrivedAtRelay(1).length + leftRelay(0).length,
    },
  };
}

function actions(labels: readonly RelayLabel[]): Set<string> {
  return new Set(labels.map(({ action }) => action));
}

namespaceTest(
  "every frame of an impaired path is labelled, and the kernel agrees",
  IMPAIRED_PROGRAMS,
  async () => {
    const way = { delayMs: 3, loss: 0.01 };
    await using run = await impairedRun({
      traffic: [{ kind: "bulk", bytes: 1_500_000, connections: 2 }],
      forward: {
        ...way,
        rateMbps: 40,
        queueFrames: 60,
        duplicate: 0.01,
        reorderShare: 0.01,
        reorderByMs: 2,
      },
      backward: way,
    });
    const { captured, labelled } = await frames(run);
    assert.deepEqual(captured, labelled);
    assert.ok(["forward", "lost", "duplicate"].every((one) => actions(run.labels).has(one)));
    const truth = farSideTruth(run.labels, 0);
    assert.equal(truth.retransmitted, run.kernel.sender["RetransSegs"]);
    assert.equal(farSideTruth(run.labels, 1).retransmitted, run.kernel.receiver["RetransSegs"]);
    assert.ok(truth.retransmitted > 10, `${truth.retransmitted} segments sent again`);
    assert.ok(truth.retransmittedVisible <= truth.retransmitted);
  },
);

namespaceTest("a path without impairment loses nothing", IMPAIRED_PROGRAMS, async () => {
  await using run = await impairedRun({
    ipv6: true,
    traffic: [{ kind: "bulk", bytes: 1_000_000 }],
  });
  const { captured, labelled } = await frames(run);
  assert.deepEqual(captured, labelled);
  assert.equal(captured.sender, captured.receiver);
  assert.deepEqual([...actions(run.labels)], ["forward"]);
  assert.equal(run.kernel.sender["RetransSegs"], 0);
});

namespaceTest(
  "connections of every temper leave the counters that they should",
  IMPAIRED_PROGRAMS,
  async () => {
    await using run = await impairedRun({
      traffic: [
        { kind: "bulk", bytes: 200_000, pauseMs: 500, pauseAfter: 1000, receiveBuffer: 20_000 },
        { kind: "requests", count: 5, request: 100, response: 10_000, thinkMs: 20 },
        { kind: "idle", idleMs: 1200 },
        { kind: "abort", count: 2, bytes: 1000, localPort: 45_678 },
        { kind: "refused", count: 2 },
        { kind: "blackhole", waitMs: 1300 },
      ],
    });
    const { sender, receiver } = run.kernel;
    assert.equal(sender["TCPKeepAlive"], 1);
    assert.equal(sender["TCPSynRetrans"], 1);
    assert.equal(sender["AttemptFails"], 2);
    assert.equal(receiver["TCPToZeroWindowAdv"], 1);
    assert.equal(receiver["EstabResets"], 2);
    assert.equal(run.labels.filter(({ action }) => action === "blackhole").length, 2);
  },
);

namespaceTest("a kernel path drops at random", IMPAIRED_PROGRAMS, async () => {
  await using run = await impairedRun({
    via: "kernel",
    traffic: [{ kind: "bulk", bytes: 3_000_000 }],
    forward: { loss: 0.02 },
  });
  const { captured } = await frames(run);
  assert.ok(captured.receiver < captured.sender);
  assert.ok((run.kernel.sender["RetransSegs"] ?? 0) > 0);
});

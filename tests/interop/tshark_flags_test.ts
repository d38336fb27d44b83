/**
 * Agreement with tshark 4.0, flag for flag and frame for frame: captures of real and made
 * connections, of paths that impair, and of TCP that obeys no rule.
 */
import assert from "node:assert/strict";
import { generateCapture } from "../../bench/generate_capture.ts";
import { hostileTcp } from "../support/hostile_tcp.ts";
import { compareFlags, type FlagComparison } from "../support/tshark_flags.ts";
import { interopTest } from "./daemon.ts";
import { IMPAIRED_PROGRAMS, impairedRun, type ImpairedRunOptions } from "./impaired_path.ts";
import { namespaceTest } from "./topology.ts";

const CAPTURES = new URL("../fixtures/captures/", import.meta.url).pathname;
const PROGRAMS = { programs: ["tshark"] };

function assertSame({ differing, tcpFrames, ourTcpFrames }: FlagComparison, what: string): void {
  assert.deepEqual(
    differing.slice(0, 5),
    [],
    `${what}: ${differing.length} of ${tcpFrames} differ`,
  );
  assert.equal(ourTcpFrames, tcpFrames, what);
}

async function inTemporary(run: (path: string) => Promise<void> | void): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await run(path);
  } finally {
    await Deno.remove(path);
  }
}

/** Frames with each flag; what tshark 4.0.17 says of these captures. */
const COUNTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "mix-10000.pcap.gz": {
    retransmission: 16,
    fast_retransmission: 7,
    spurious_retransmission: 4,
    out_of_order: 2,
    lost_segment: 6,
    ack_lost_segment: 4,
    duplicate_ack: 130,
    keep_alive: 3,
    zero_window: 4,
    window_update: 1,
    reset: 7,
    dsack: 3,
  },
  "real-keepalive.pcap": { keep_alive: 6, keep_alive_ack: 6 },
  "real-loss1-rcv.pcap.gz": {
    retransmission: 34,
    fast_retransmission: 34,
    out_of_order: 3,
    lost_segment: 37,
    duplicate_ack: 249,
    window_update: 42,
    reset: 7,
  },
  "real-loss1-snd.pcap.gz": {
    retransmission: 27,
    fast_retransmission: 25,
    out_of_order: 10,
    duplicate_ack: 245,
    window_update: 41,
    reset: 7,
  },
  "real-portreuse.pcap": { reused_ports: 3, reset: 4 },
  "real-resets.pcap": { reset: 6 },
  "real-rtobackoff.pcap": { retransmission: 19 },
  "real-synblackhole.pcap": { retransmission: 6 },
  "real-zerowin.pcap.gz": {
    retransmission: 2,
    keep_alive: 4,
    zero_window: 5,
    window_full: 55,
    window_update: 2,
    dsack: 2,
  },
};

interopTest("tshark and we say the same of each frame of the captures", PROGRAMS, async () => {
  for (const [name, counts] of Object.entries(COUNTS)) {
    const comparison = await compareFlags(`${CAPTURES}${name}`);
    assertSame(comparison, name);
    assert.deepEqual({ ...comparison.counts }, counts, name);
  }
});

interopTest("tshark and we say the same of generated captures", PROGRAMS, async () => {
  for (const seed of [1, 2, 3]) {
    await inTemporary(async (path) => {
      generateCapture({ packets: 20_000, out: path, flows: 40 * seed ** 2, seed });
      await Deno.remove(`${path}.labels.json`).catch(() => {});
      assertSame(await compareFlags(path), `seed ${seed}`);
    });
  }
});

interopTest("tshark and we say the same of TCP that obeys no rule", PROGRAMS, async () => {
  const kinds = new Set<string>();
  for (const [seed, connections] of [[1, 1], [2, 1], [3, 4], [4, 30]] as const) {
    await inTemporary(async (path) => {
      await Deno.writeFile(path, hostileTcp({ seed, frames: 8000, connections }));
      const comparison = await compareFlags(path);
      assertSame(comparison, `seed ${seed}`);
      for (const kind of Object.keys(comparison.counts)) kinds.add(kind);
    });
  }
  assert.equal(kinds.size, 17, `only ${[...kinds]}`);
});

interopTest("tshark and we say the same where the capture cut the options", PROGRAMS, async () => {
  for (const snapLength of [96, 54, 48, 44, 42, 40]) {
    await inTemporary(async (path) => {
      await Deno.writeFile(path, hostileTcp({ seed: 5, frames: 2000, connections: 4, snapLength }));
      assertSame(await compareFlags(path), `${snapLength} octets`);
    });
  }
});

const PATHS: Readonly<Record<string, ImpairedRunOptions>> = {
  "that loses": {
    traffic: [{ kind: "bulk", bytes: 2_000_000, connections: 3 }],
    forward: { loss: 0.01, delayMs: 5 },
    backward: { loss: 0.01, delayMs: 5 },
  },
  "that reorders and duplicates, over IPv6": {
    ipv6: true,
    traffic: [{ kind: "bulk", bytes: 2_000_000, connections: 2 }],
    forward: { delayMs: 2, jitterMs: 2, reorderShare: 0.02, reorderByMs: 3, duplicate: 0.01 },
    backward: { delayMs: 2 },
  },
  "with a short queue": {
    traffic: [{ kind: "bulk", bytes: 3_000_000, connections: 3 }],
    forward: { delayMs: 2, rateMbps: 40, queueFrames: 30 },
    backward: { delayMs: 2 },
  },
  "that carries all kinds of connections": {
    traffic: [
      { kind: "requests", count: 20, request: 200, response: 30_000, connections: 3 },
      {
        kind: "bulk",
        bytes: 1_000_000,
        pauseMs: 1500,
        pauseAfter: 300_000,
        receiveBuffer: 20_000,
      },
      { kind: "idle", idleMs: 2500 },
      { kind: "abort", count: 4, bytes: 2000, localPort: 45_000 },
      { kind: "refused", count: 3 },
      { kind: "blackhole", waitMs: 2500 },
    ],
    forward: { delayMs: 2, loss: 0.005, reorderShare: 0.01, reorderByMs: 2 },
    backward: { delayMs: 2, loss: 0.005 },
  },
};

for (const [path, options] of Object.entries(PATHS)) {
  namespaceTest(
    `tshark and we say the same of both ends of a path ${path}`,
    [...IMPAIRED_PROGRAMS, "tshark"],
    async () => {
      await using run = await impairedRun(options);
      for (const capture of [run.senderPcap, run.receiverPcap]) {
        assertSame(await compareFlags(capture), capture);
      }
    },
  );
}

/**
 * Agreement with tshark 4.0, flag for flag and frame for frame: captures of real and made
 * connections, of paths that impair, and of TCP that obeys no rule.
 */
import assert from "node:assert/strict";
import { generateCapture } from "../../bench/generate_capture.ts";
import { hostileTcp } from "../support/hostile_tcp.ts";
import { compareFlags, type FlagComparison, missingTshark } from "../support/tshark_flags.ts";
import { gatedTest } from "./daemon.ts";
import { IMPAIRED_PROGRAMS, impairedRun, type ImpairedRunOptions } from "./impaired_path.ts";
import { missingHere } from "./topology.ts";

const CAPTURES = new URL("../fixtures/captures/", import.meta.url).pathname;
/** Captures among the fixtures that are about TCP. */
const ABOUT_TCP = /^(?:mix|real)-.*\.pcap/;

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

gatedTest("tshark and we say the same of each frame of the captures", missingTshark, async () => {
  const kinds = new Set<string>();
  for await (const { name } of Deno.readDir(CAPTURES)) {
    if (!ABOUT_TCP.test(name)) continue;
    const comparison = await compareFlags(`${CAPTURES}${name}`);
    assertSame(comparison, name);
    for (const kind of Object.keys(comparison.counts)) kinds.add(kind);
  }
  assert.ok(kinds.size > 10, `only ${[...kinds]}`);
});

gatedTest("tshark and we say the same of generated captures", missingTshark, async () => {
  for (const seed of [1, 2, 3]) {
    await inTemporary(async (path) => {
      generateCapture({ packets: 20_000, out: path, flows: 40 * seed ** 2, seed });
      await Deno.remove(`${path}.labels.json`).catch(() => {});
      assertSame(await compareFlags(path), `seed ${seed}`);
    });
  }
});

gatedTest("tshark and we say the same of TCP that obeys no rule", missingTshark, async () => {
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

gatedTest(
  "tshark and we say the same where the capture cut the options",
  missingTshark,
  async () => {
    for (const snapLength of [96, 54, 48, 44, 42, 40]) {
      await inTemporary(async (path) => {
        await Deno.writeFile(
          path,
          hostileTcp({ seed: 5, frames: 2000, connections: 4, snapLength }),
        );
        assertSame(await compareFlags(path), `${snapLength} octets`);
      });
    }
  },
);

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
  gatedTest(
    `tshark and we say the same of both ends of a path ${path}`,
    async () => await missingTshark() ?? await missingHere(IMPAIRED_PROGRAMS),
    async () => {
      await using run = await impairedRun(options);
      for (const capture of [run.senderPcap, run.receiverPcap]) {
        assertSame(await compareFlags(capture), capture);
      }
    },
  );
}

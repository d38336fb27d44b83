import { equal, ok } from "node:assert/strict";
import { pairSettings, serviceOf, untilPeer } from "../../../tests/support/speaker_pair.ts";
import type { BgpSpeaker } from "../bgp_service.ts";

/** Runs `act` with a peer to which another process has announced one route. */
async function withProcess(
  mode: "wait" | "hang",
  act: (peer: BgpSpeaker, child: Deno.ChildProcess) => Promise<void>,
): Promise<void> {
  const { them } = pairSettings();
  const service = serviceOf(them);
  const peer = await service.open();
  const program = new URL("../../../tests/support/speaker_process.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program.href, String(them.listen?.port), mode],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  try {
    await untilPeer(peer, ({ received }) => received[0] === 1);
    await act(peer, child);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It is gone already.
    }
    await child.status;
    await service.stop("the test is over");
  }
}

Deno.test("a process that is killed takes its routes with it", async () => {
  await withProcess("wait", async (peer, child) => {
    child.kill("SIGKILL");
    const status = await untilPeer(peer, ({ received }) => received[0] === 0);
    ok(status.state !== "Established");
  });
});

Deno.test("a route expires in its thread also while the main thread hangs", async () => {
  await withProcess("hang", async (peer) => {
    const status = await untilPeer(peer, ({ received }) => received[0] === 0);
    // The session lives: it was a withdrawal.
    equal(status.state, "Established");
  });
});

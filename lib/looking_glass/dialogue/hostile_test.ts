/**
 * Every hostile server, over real sockets: each ends in time, with what it deserves.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  HOSTILE_COMMAND,
  HOSTILE_SERVERS,
  type HostileServer,
} from "../../../tests/support/hostile_telnet.ts";
import { serveTelnet } from "../../../tests/support/telnet_server.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import type { Clock } from "../../io/io.ts";
import { routerCommand } from "../router_command.ts";
import { openDialogue } from "./open_dialogue.ts";

const DEADLINE_MS = 1500;
/** A call that does not heed its deadline never ends; how soon it does, a busy machine cannot tell. */
const GRACE_MS = 5_000;
const MAX_BYTES = 262_144;

for (const server of HOSTILE_SERVERS) {
  Deno.test(`hostile server, ${server.name}: ${JSON.stringify(server.outcome).slice(0, 60)}`, async () => {
    await using served = await serveTelnet(server.script);
    const outcome = await outcomeOf(server, served.port);
    if ("cut" in server.outcome && "begins" in server.outcome) {
      const { cut, text } = outcome as { cut: string; text: string };
      assert.deepEqual({ cut }, { cut: server.outcome.cut });
      assert.equal(text.slice(0, server.outcome.begins?.length), server.outcome.begins);
    } else if ("cut" in server.outcome) assert.deepEqual(outcome, { ...server.outcome, text: "" });
    else assert.deepEqual(outcome, server.outcome);
    assert.equal(served.accepted, 1);
  });
}

/** The login or the command, each under a deadline of its own that it has to keep. */
async function outcomeOf(server: HostileServer, port: number): Promise<unknown> {
  const clock = hurried(server.hurry ?? 1);
  const life = new AbortController();
  const connection = await dial({
    address: "127.0.0.1",
    port,
    judged: ["127.0.0.1"],
    signal: life.signal,
  });
  const login = server.login ?? { username: null, password: null };
  try {
    const dialogue = await inTime((signal) =>
      openDialogue(connection, { login, clock, signal, host: "rs1" })
    );
    const output = await inTime((signal) =>
      dialogue.run(routerCommand(HOSTILE_COMMAND), { signal, maxBytes: MAX_BYTES })
    );
    assert.equal(output.complete, output.reason === null);
    assert.ok(output.complete || !dialogue.isUsable);
    dialogue.close();
    return output.complete ? { whole: output.text } : { cut: output.reason, text: output.text };
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    assert.equal(error.code, "remote.login");
    assert.ok(!JSON.stringify(error.detail).includes("secret"));
    return { login: error.detail["failure"] };
  }
}

async function inTime<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const startedMs = performance.now();
  const timer = setTimeout(
    () => deadline.abort(new DOMException("Time is over", "TimeoutError")),
    DEADLINE_MS,
  );
  try {
    return await act(deadline.signal);
  } finally {
    clearTimeout(timer);
    assert.ok(performance.now() - startedMs < DEADLINE_MS + GRACE_MS);
  }
}

/** A clock that runs `factor` times as fast. */
function hurried(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}

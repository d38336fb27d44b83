/**
 * Recorded FRR and the dialogue: what is made of a stream does not depend on how it is split.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { replayServer } from "../../../tests/support/telnet_server.ts";
import { linesOf } from "../../../tests/support/telnet_lines.ts";
import {
  readTranscript,
  Replay,
  type TranscriptEvent,
  transcriptNames,
} from "../../../tests/support/transcript.ts";
import {
  inPiecesOf,
  splitAt,
  type Splitter,
  unsplit,
  VirtualWire,
} from "../../../tests/support/virtual_wire.ts";
import { NetglassError } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import type { Clock, Connection } from "../../io/io.ts";
import { type RouterCommand, routerCommand } from "../router_command.ts";
import type { CommandOutput } from "./dialogue.ts";
import { openDialogue } from "./open_dialogue.ts";

const FIXTURES = new URL("../../../tests/fixtures/looking_glass/transcripts/", import.meta.url);
const MAX_BYTES = 2_097_152;
/** Streams up to this length are split at every octet, longer ones at this many places. */
const EVERY_SPLIT_OCTETS = 5100;
const SPREAD = 300;

/** What came of a conversation. */
interface Had {
  readonly greeting?: string;
  readonly prompt?: string;
  readonly outputs: readonly (Omit<CommandOutput, "elapsedMs"> & { readonly command: string })[];
  readonly failure?: string;
}

/** Logs in and sends the commands of a recording up to the first that has no whole answer. */
async function converse(
  events: readonly TranscriptEvent[],
  connection: Connection,
  clock: Clock,
  signal: AbortSignal,
): Promise<Had> {
  const outputs: Had["outputs"][number][] = [];
  try {
    const login = { username: null, password: "guest" };
    const dialogue = await openDialogue(connection, { login, clock, signal, host: "rs1" });
    for (const command of commandsOf(events)) {
      const { elapsedMs: _, ...output } = await dialogue.run(command, {
        signal,
        maxBytes: MAX_BYTES,
      });
      outputs.push({ command, ...output });
      if (!output.complete) break;
    }
    dialogue.close();
    return { greeting: dialogue.greeting, prompt: dialogue.prompt, outputs };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    return { outputs, failure: `${error.code} ${error.detail["failure"]}` };
  }
}

/** What was typed at the prompt, up to what only keys can say. */
function commandsOf(events: readonly TranscriptEvent[]): RouterCommand[] {
  const commands: RouterCommand[] = [];
  for (const { from, bytes } of events) {
    if (from !== "client") continue;
    const [line] = linesOf(bytes);
    if (line === undefined || line === "guest" || line === " " || line === "") continue;
    if (/^(?:.|exit|.*[^ -~].*)$/.test(line) || line.length > 500) break;
    commands.push(line as RouterCommand);
  }
  return commands;
}

async function converseVirtually(
  events: readonly TranscriptEvent[],
  split: Splitter,
): Promise<Had> {
  const wire = new VirtualWire(new Replay(events), split);
  const { signal, stop } = wire.deadline(60_000);
  const had = await converse(events, wire, wire, signal);
  stop();
  assert.ok(wire.isClosed);
  return had;
}

const octetsOf = (events: readonly TranscriptEvent[]) =>
  events.reduce((sum, { from, bytes }) => sum + (from === "server" ? bytes.length : 0), 0);

for (const name of transcriptNames()) {
  const events = readTranscript(name);
  const octets = octetsOf(events);

  Deno.test(`${name}: octet by octet, the conversation is the same`, async () => {
    const had = await converseVirtually(events, unsplit);
    assert.deepEqual(await converseVirtually(events, inPiecesOf(1)), had);
  });

  Deno.test(`${name}: split once, with a pause and without, the conversation is the same`, async () => {
    const had = await converseVirtually(events, unsplit);
    const step = octets <= EVERY_SPLIT_OCTETS ? 1 : Math.ceil(octets / SPREAD);
    for (let place = 1; place < octets; place += step) {
      for (const pauseMs of [0, 400]) {
        const split = await converseVirtually(events, splitAt(place, pauseMs));
        assert.deepEqual(split, had, `split before octet ${place}, ${pauseMs} ms`);
      }
    }
  });
}

Deno.test("pieces of any sizes make no difference", async () => {
  const recorded = transcriptNames().map(readTranscript).filter((one) => octetsOf(one) < 20_000);
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 });
  const property = fc.asyncProperty(fc.constantFrom(...recorded), sizes, async (events, pieces) => {
    const split: Splitter = (bytes) => {
      const cut = [];
      for (let at = 0, count = 0; at < bytes.length; count++) {
        const size = pieces[count % pieces.length] ?? 1;
        cut.push({ bytes: bytes.subarray(at, at + size), afterMs: 0 });
        at += size;
      }
      return cut;
    };
    assert.deepEqual(
      await converseVirtually(events, split),
      await converseVirtually(events, unsplit),
    );
  });
  await fc.assert(property, { numRuns: 200 });
});

Deno.test("each answer is the one that was cut out of the recording by hand", async () => {
  const events = readTranscript("frr84-more-commands");
  const { outputs, greeting, prompt } = await converseVirtually(events, inPiecesOf(1448));
  assert.equal(prompt, "rs1.example.net> ");
  assert.equal(
    greeting,
    "Route server for testing. Contact <noc@example.net> -- use responsibly!\n" +
      "User Access Verification\n\nPassword: \n",
  );
  const byCommand = new Map(outputs.map((output) => [output.command, output]));
  for (
    const [command, file] of [
      ["show ip bgp json", "frr84__show_ip_bgp_json.raw"],
      ["show ip bgp wide", "frr84__show_ip_bgp_wide.raw"],
      ["show bgp large-community-info", "frr84__show_bgp_large-community-info.raw"],
      ["show ip bgp neighbors", "frr84__show_ip_bgp_neighbors.raw"],
    ] as const
  ) {
    const raw = await Deno.readTextFile(new URL(file, FIXTURES));
    const wanted = raw.replaceAll("\r\n", "\n").slice(`${command}\n`.length)
      .replace(/rs1\.example\.net> $/, "");
    const output = byCommand.get(command);
    assert.equal(output?.text, wanted);
    assert.equal(output?.complete, true);
    assert.equal(output?.bytesReceived, raw.length);
  }
});

Deno.test("pages are spliced: the same JSON with a pager of 5 lines and without one", async () => {
  const texts = await Promise.all(
    ["frr84-pager-json-5x20", "frr84-pager-json-24x80", "frr84-pager-json-0x0"].map(
      async (name) => {
        const { outputs } = await converseVirtually(readTranscript(name), unsplit);
        assert.equal(outputs[0]?.complete, true);
        return outputs[0]?.text;
      },
    ),
  );
  assert.equal(texts[0], texts[2]);
  assert.equal(texts[1], texts[2]);
  assert.equal(JSON.parse(texts[2] ?? "").paths.length, 3);
});

Deno.test("a rejected password is sent once", async () => {
  const events = readTranscript("frr84-login-wrong-password");
  const wire = new VirtualWire(new Replay(events), unsplit);
  const { signal, stop } = wire.deadline(60_000);
  const had = await converse(events, wire, wire, signal);
  stop();
  assert.deepEqual(had, { outputs: [], failure: "remote.login bad_credentials" });
  assert.deepEqual(wire.lines(), ["guest"]);
});

Deno.test("a router that ends an idle session is noticed before the next command", async () => {
  const events = readTranscript("frr84-nologin-bigbanner-idle5s");
  await using served = await replayServer(() => new Replay(events));
  const life = new AbortController();
  const connection = await dial({
    address: "127.0.0.1",
    port: served.port,
    judged: ["127.0.0.1"],
    signal: life.signal,
  });
  const login = { username: null, password: null };
  const signal = AbortSignal.timeout(5000);
  const dialogue = await openDialogue(connection, {
    login,
    clock: systemClock,
    signal,
    host: "rs1",
  });
  const limits = { signal, maxBytes: MAX_BYTES };
  await dialogue.run(routerCommand("show version"), limits);
  while (dialogue.isUsable) await systemClock.sleep(5, signal);
  await assert.rejects(dialogue.run(routerCommand("show version"), limits), {
    code: "remote.session",
    message: 'Cannot send a command to "rs1": it has ended the session',
  });
});

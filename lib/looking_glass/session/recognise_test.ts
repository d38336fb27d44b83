import assert from "node:assert/strict";
import { labDialect } from "../../../tests/support/lab_router.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { CommandOutput } from "../dialogue/dialogue.ts";
import { routerCommand } from "../router_command.ts";
import { recognise } from "./recognise.ts";

const limits = { signal: new AbortController().signal, maxBytes: 1_000 };

function dialect(fields: Partial<Dialect>): Dialect {
  return { ...labDialect, ...fields };
}

const one = dialect({ name: "frr", signatures: [/OneOS/], prompts: [/^one> $/] });
const two = dialect({ name: "ios", signatures: [/TwoOS/] });
const three = dialect({
  name: "bird",
  signatures: [/ThreeOS/],
  probe: routerCommand("show status"),
});
const dialects = [three, one, two];

/** A server that says these things; it remembers what it was asked. */
function speaker({ greeting = "", prompt = "r1> ", says = {}, cut = null }: {
  readonly greeting?: string;
  readonly prompt?: string;
  readonly says?: Readonly<Record<string, string>>;
  readonly cut?: CommandOutput["reason"];
}) {
  const asked: string[] = [];
  return {
    asked,
    greeting,
    prompt,
    isUsable: cut === null,
    run: (command: string) => {
      asked.push(command);
      const text = says[command] ?? "% Unknown command\n";
      const output = { text, complete: cut === null, reason: cut, bytesReceived: 1, elapsedMs: 1 };
      return Promise.resolve(output);
    },
  };
}

Deno.test("a greeting or a prompt that only one dialect has is enough", async () => {
  const greeted = speaker({ greeting: "Welcome to TwoOS 5" });
  assert.equal(await recognise(greeted, dialects, limits, "rs.example"), two);
  const prompted = speaker({ prompt: "one> " });
  assert.equal(await recognise(prompted, dialects, limits, "rs.example"), one);
  assert.deepEqual([...greeted.asked, ...prompted.asked], []);
});

Deno.test("else each probe is sent once, that of most dialects first", async () => {
  const known = speaker({ says: { "show version": "TwoOS 5\n" } });
  assert.equal(await recognise(known, dialects, limits, "rs.example"), two);
  assert.deepEqual(known.asked, ["show version"]);
  const other = speaker({ says: { "show status": "ThreeOS 1\n" } });
  assert.equal(await recognise(other, dialects, limits, "rs.example"), three);
  assert.deepEqual(other.asked, ["show version", "show status"]);
});

Deno.test("what nobody knows is an error that quotes it and says what to set", async () => {
  const strange = speaker({ says: { "show version": "x".repeat(500) } });
  await assert.rejects(recognise(strange, dialects, limits, "rs.example"), {
    code: "remote.dialect",
    message: 'Cannot tell which routing software "rs.example" runs',
    hint: "Set dialect of this server in looking_glass.servers: bird, frr, ios.",
    detail: {
      stage: "dialect",
      host: "rs.example",
      failure: null,
      remote_said: "x".repeat(200),
    },
  });
});

Deno.test("a probe whose answer is cut is the last one", async () => {
  const cut = speaker({ cut: "reset" });
  await assert.rejects(
    recognise(cut, dialects, limits, "rs.example"),
    (error: { detail: unknown }) =>
      assert.deepEqual(error.detail, {
        stage: "dialect",
        host: "rs.example",
        failure: "reset",
        remote_said: "% Unknown command\n",
      }) === undefined,
  );
  assert.deepEqual(cut.asked, ["show version"]);
});

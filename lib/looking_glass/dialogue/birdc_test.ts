import assert from "node:assert/strict";
import { serveTelnet, type TelnetScript } from "../../../tests/support/telnet_server.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import { routerCommand } from "../router_command.ts";
import type { CommandOutput } from "./dialogue.ts";
import { openDialogue } from "./open_dialogue.ts";

// As recorded from birdc 2.0.12 on a terminal: the mark, CR; after the key blanks, CR, the next line.
const MARK = "--More--\r";
const WIPE = "        \r";

/** What `show route` answers on a server. */
async function ask(script: TelnetScript, emptyMs?: number): Promise<CommandOutput> {
  await using served = await serveTelnet(script);
  const signal = AbortSignal.timeout(5_000);
  const connection = await dial({
    address: "127.0.0.1",
    port: served.port,
    judged: ["127.0.0.1"],
    signal,
  });
  const login = { username: null, password: null };
  const dialogue = await openDialogue(connection, {
    login,
    clock: systemClock,
    signal,
    host: "rs1",
  });
  try {
    const limits = { signal, maxBytes: 1_000, ...(emptyMs === undefined ? {} : { emptyMs }) };
    return await dialogue.run(routerCommand("show route"), limits);
  } finally {
    dialogue.close();
  }
}

Deno.test("pages of BIRD are turned though its cursor stands before the mark, also before an empty line", async () => {
  let keys = "";
  const { text, complete } = await ask(async (peer) => {
    for (;;) {
      await peer.send("bird> ");
      const line = await peer.readLine();
      await peer.send(`${line}\r\n`);
      if (line === "") continue;
      await peer.send(`Table master4:\r\n${MARK}`);
      keys += await peer.readKey();
      await peer.send(`${WIPE}\r\nTable master6:\r\n${MARK}`);
      keys += await peer.readKey();
      await peer.send(`${WIPE}::/0\r\n`);
    }
  });
  assert.deepEqual([text, complete, keys], [
    "Table master4:\n\nTable master6:\n::/0\n",
    true,
    "  ",
  ]);
});

Deno.test("a prompt that is shown for a moment behind the echo is no empty answer", async () => {
  const { text, complete } = await ask(async (peer) => {
    for (;;) {
      await peer.send("bird> ");
      const line = await peer.readLine();
      await peer.send(`${line}\r\n`);
      if (line === "") continue;
      await peer.send("bird> ");
      await new Promise((resolve) => setTimeout(resolve, 100));
      await peer.send("\r      \r");
      await new Promise((resolve) => setTimeout(resolve, 100));
      await peer.send("Network not found\r\n");
    }
  }, 2_000);
  assert.deepEqual([text, complete], ["Network not found\n", true]);
});

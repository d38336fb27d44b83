import assert from "node:assert/strict";
import { serveTelnet } from "../../../tests/support/telnet_server.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import { routerCommand } from "../router_command.ts";
import { openDialogue } from "./open_dialogue.ts";

// As recorded from birdc 2.0.12 on a terminal: the mark, CR; after the key blanks, CR, the next line.
const MARK = "--More--\r";
const WIPE = "        \r";

Deno.test("pages of BIRD are turned though its cursor stands before the mark, also before an empty line", async () => {
  let keys = "";
  await using served = await serveTelnet(async (peer) => {
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
  const signal = AbortSignal.timeout(5_000);
  const connection = await dial({
    address: "127.0.0.1",
    port: served.port,
    judged: ["127.0.0.1"],
    signal,
  });
  const dialogue = await openDialogue(connection, {
    login: { username: null, password: null },
    clock: systemClock,
    signal,
    host: "rs1",
  });
  const { text, complete } = await dialogue.run(routerCommand("show route"), {
    signal,
    maxBytes: 1_000,
  });
  dialogue.close();
  assert.deepEqual([text, complete, keys], [
    "Table master4:\n\nTable master6:\n::/0\n",
    true,
    "  ",
  ]);
});

import assert from "node:assert/strict";
import { HOSTILE_COMMAND, HOSTILE_SERVERS } from "../../tests/support/hostile_telnet.ts";
import { LAB_QUERY, labDialect, labOptions, labServer } from "../../tests/support/lab_router.ts";
import { serveTelnet } from "../../tests/support/telnet_server.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { createLookingGlass } from "./create_looking_glass.ts";
import { routerCommand } from "./router_command.ts";

const DEADLINE_MS = 400;
/** A quarter of a second is promised; a busy machine may take more. */
const GRACE_MS = 5_000;

for (const { name, script, login, outcome: expected } of HOSTILE_SERVERS) {
  Deno.test(`the looking glass is done in time with a server: ${name}`, async () => {
    await using hostile = await serveTelnet(script);
    const credentials = { username: null, password: null, ...login, password_env: null };
    const server = labServer(hostile.port, { login: credentials });
    const command = () => routerCommand(HOSTILE_COMMAND);
    const dialect = { ...labDialect, pagingOff: [], command };
    const glass = createLookingGlass({ ...labOptions([server]), dialects: [dialect] });
    const startedMs = performance.now();
    try {
      const [outcome] = await glass.askMany([server], LAB_QUERY, {
        signal: new AbortController().signal,
        deadlineMs: DEADLINE_MS,
      });
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs <= DEADLINE_MS + GRACE_MS, `${tookMs} ms`);
      assert.ok(outcome !== undefined);
      if (outcome.error !== null) assert.ok(outcome.error instanceof RemoteFailure);
      else if (outcome.answer.reason === null) {
        assert.deepEqual(expected, { whole: outcome.answer.raw }, "a half answer for a whole one");
      } else assert.equal(outcome.answer.complete, false);
    } finally {
      await glass.stop();
    }
  });
}

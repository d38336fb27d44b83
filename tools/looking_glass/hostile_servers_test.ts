/**
 * Every hostile route server, asked by a tool: each call ends in time, and nothing that is not whole
 * is called a success.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { ANSWER_TEXT } from "../../tests/support/hostile_server.ts";
import { HOSTILE_SERVERS, type HostileServer } from "../../tests/support/hostile_telnet.ts";
import { serveTelnet } from "../../tests/support/telnet_server.ts";

/** Seconds. */
const TIMEOUT = 1;
/** A quarter of a second is promised beyond it; other tests run at the same time. */
const PATIENCE_MS = 2 * 1_250;
const AT_ONCE = 8;
/** Paths of the outputs that are answers to the question; OpenBGPD prints nothing for no route. */
const PATHS: Readonly<Record<string, number>> = { [ANSWER_TEXT]: 1, "": 0 };

/** Asks one; what is wrong with the outcome, or null. `trusted`: it was a success. */
async function ask(
  { name, script, login, outcome }: HostileServer,
  dialect: "frr" | "openbgpd",
): Promise<{ fault: string | null; trusted: boolean }> {
  await using served = await serveTelnet(script);
  const entry = routeServer(served.port, {
    dialect,
    login: { username: null, password: null, password_env: null, ...login },
  });
  await using stage = new GlassStage([entry]);
  const startedMs = performance.now();
  const called = await stage.call("route_lookup", {
    destination: "192.0.2.0/24",
    timeout: TIMEOUT,
  });
  const tookMs = performance.now() - startedMs;
  const trusted = called.ok && called.structured.success === true;
  const isRight = !called.ok
    ? called.error.code.startsWith("remote.") && called.error.hint !== ""
    : trusted
    ? "whole" in outcome && PATHS[outcome.whole] === called.structured.path_count
    : called.structured.complete === false && called.structured.incomplete_reason !== null;
  const said = called.ok ? JSON.stringify(called.structured) : `${called.error.code}`;
  const fault = !isRight ? said.slice(0, 400) : tookMs < PATIENCE_MS ? null : `${tookMs} ms`;
  return { fault: fault === null ? null : `${name}: ${fault}`, trusted };
}

// The first is hostile to the command that switches paging off, the second has no such command.
for (const [dialect, least] of [["frr", 30], ["openbgpd", 1]] as const) {
  Deno.test(`hostile servers, taken for ${dialect}: in time, an error that says what to do, or partial`, async () => {
    const outcomes = [];
    for (let from = 0; from < HOSTILE_SERVERS.length; from += AT_ONCE) {
      const some = HOSTILE_SERVERS.slice(from, from + AT_ONCE);
      outcomes.push(...await Promise.all(some.map((server) => ask(server, dialect))));
    }
    assert.deepEqual(outcomes.flatMap(({ fault }) => fault ?? []), []);
    assert.ok(outcomes.filter(({ trusted }) => trusted).length >= least);
  });
}

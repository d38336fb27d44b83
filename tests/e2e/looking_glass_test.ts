/** The looking glass under the flags that netglass derives for itself, in processes of its own. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { defaultConfig } from "../../lib/config/load.ts";
import { bareEnv, clientTest, deno, Install, MAIN } from "../support/netglass.ts";
import { recordedFrr } from "../support/recorded_frr.ts";
import {
  type RouteServer,
  type RouteServerBehaviour,
  serveRoutes,
} from "../support/route_server.ts";

const COMMAND = "show ip bgp 10.0.0.0/24";
const LOOKUP = { destination: "10.0.0.0/24" };
const SUMMARY =
  "Lab: 3 paths to 10.0.0.0/24, all from AS64499, by way of 3 neighbouring ASes; best: 65001 64496 64499 (Older Path); RPKI valid.";
const ANSWERS = { [COMMAND]: recordedFrr(COMMAND) };

/** An installation that may ask `router` alone: the shipped servers are switched off. */
function installFor(
  router: RouteServer,
  { server = {}, ...config }: Record<string, unknown> & { server?: Record<string, unknown> } = {},
): Promise<Install> {
  const shipped = defaultConfig().looking_glass.servers.filter(({ enabled }) => enabled);
  const servers = [
    ...shipped.map(({ name }) => ({ name, enabled: false })),
    { name: "Lab", host: "127.0.0.1", port: router.port, dialect: "frr", ...server },
  ];
  return Install.make({
    // Nobody is allowed but whom the configuration names as a service.
    security: { allowed_targets: ["192.0.2.0/24"] },
    dns: { resolvers: ["127.0.0.1:5399"] },
    looking_glass: { servers },
    ...config,
  });
}

/** The value of the one flag of this name. */
function flag(flags: readonly string[], name: string): string {
  const [value, ...others] = flags.flatMap((text) => text.startsWith(`${name}=`) ? text : []);
  assert.deepEqual(others, []);
  return value?.slice(name.length + 1) ?? "";
}

async function lookups(client: Client): Promise<void> {
  const looked = await client.callTool({ name: "route_lookup", arguments: LOOKUP });
  assert.equal((looked.structuredContent as { summary: string }).summary, SUMMARY);
  const compared = await client.callTool({ name: "route_compare", arguments: LOOKUP });
  assert.equal(
    (compared.structuredContent as { summary: string }).summary,
    "10.0.0.0/24 is seen by 1 of 1 route server that answered, from AS64499.",
  );
  const probed = await client.callTool({ name: "ping_host", arguments: { ip: "192.0.2.1" } });
  assert.match(JSON.stringify(probed.content), /none that offers ping is enabled/);
}

Deno.test("the flags grant host and port of the router, and no more", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router);
  const flags = await install.flags("--tools", "route_lookup");
  assert.equal(flag(flags, "--allow-net"), `127.0.0.1:${router.port},127.0.0.1:5399`);
});

clientTest("a router at a private address is asked over stdio", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router);
  const client = await install.connect("auto");
  await lookups(client);
  await client.close();
  assert.deepEqual([router.accepted, router.heard], [1, ["terminal length 0", COMMAND]]);
});

clientTest("a router at a private address is asked over HTTP", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router);
  const server = new Deno.Command(Deno.execPath(), {
    args: await install.args("--http", "127.0.0.1:0"),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const reader = server.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!/\/mcp/.test(said)) said += (await reader.read()).value ?? "";
  const client = new Client({ name: "netglass-test", version: "0" });
  const url = new URL(/http:\S+\/mcp/.exec(said)?.[0] ?? "");
  await client.connect(new StreamableHTTPClientTransport(url));
  await lookups(client);
  await client.close();
  server.kill("SIGTERM");
  assert.equal((await server.status).code, 0);
  await reader.cancel();
});

Deno.test("a server that the flags do not cover is told with the flag and the line that add it", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router);
  const flags = (await install.flags()).map((text) =>
    text.startsWith("--allow-net=") ? "--allow-net=127.0.0.1:5399" : text
  );
  const call = ["call", "route_lookup", JSON.stringify(LOOKUP), "--config", install.configFile];
  const { code, stdout } = await deno(["run", "--quiet", ...flags, MAIN, ...call]);
  assert.equal(code, 1);
  const { error } = JSON.parse(stdout);
  assert.deepEqual([error.code, error.message, error.hint], [
    "permission.net",
    `Cannot connect to "127.0.0.1": Deno was not given --allow-net=127.0.0.1:${router.port}`,
    'Add looking_glass.servers: [{name: "Lab", enabled: true}] to the configuration and start the ' +
    `server with what netglass permissions then prints, --allow-net=127.0.0.1:${router.port} among it.`,
  ]);
  assert.equal(router.accepted, 0);
});

Deno.test("block_private holds for configured servers as well, in the flags and in words", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router, { security: { block_private: true } });
  assert.ok(!flag(await install.flags(), "--allow-net").includes(`:${router.port}`));
  const { code, stdout } = await install.run(["call", "route_lookup", JSON.stringify(LOOKUP)]);
  assert.equal(code, 1);
  const { error } = JSON.parse(stdout);
  assert.deepEqual([error.code, error.message, error.detail.would_allow], [
    "policy.block_private",
    'Cannot reach "127.0.0.1": rule security.block_private denies it',
    "security.block_private: false",
  ]);
  assert.equal(router.accepted, 0);
});

Deno.test("the daily limit holds over restarts: the third process does not connect", async () => {
  await using router = await serveRoutes({ answers: ANSWERS });
  await using install = await installFor(router, {
    server: { daily_connections: 2 },
    audit: { path: "./audit" },
  });
  await Deno.mkdir(`${install.folder}/audit`);
  const call = () => install.run(["call", "route_lookup", JSON.stringify(LOOKUP)]);
  for (const _ of [1, 2]) {
    const { code, stdout, stderr } = await call();
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(JSON.parse(stdout).summary, SUMMARY);
  }
  const { code, stdout } = await call();
  assert.equal(code, 1);
  const { error } = JSON.parse(stdout);
  assert.equal(error.code, "policy.quota");
  assert.match(error.message, /"Lab"/);
  assert.match(error.hint, /daily_connections/);
  assert.equal(router.accepted, 2);
});

Deno.test("the server ends with stdin, though a session is warm and a question is on its way", async () => {
  const asked = Promise.withResolvers<void>();
  const answers: RouteServerBehaviour["answers"] = async (line, peer) => {
    if (line === COMMAND) return ANSWERS[COMMAND];
    asked.resolve();
    return await peer.forever();
  };
  await using router = await serveRoutes({ answers });
  await using install = await installFor(router);
  const child = new Deno.Command(Deno.execPath(), {
    args: await install.args(),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const stdin = child.stdin.getWriter();
  const call = (id: number, destination: string) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "route_lookup", arguments: { destination } },
  });
  const messages = [
    {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "raw", version: "0" },
      },
    },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    call(2, "10.0.0.0/24"),
    call(3, "198.51.100.1"),
  ];
  for (const message of messages) {
    await stdin.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }
  const output = child.output();
  await asked.promise;
  const closedMs = performance.now();
  await stdin.close();
  const { code, stdout, stderr } = await output;
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.ok(performance.now() - closedMs < 5_000);
  assert.ok(new TextDecoder().decode(stdout).includes(SUMMARY));
});

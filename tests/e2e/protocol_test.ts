/** The official client against the real server: both eras, both transports, the same answers. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { bareEnv, clientTest, greeter, Install, LOOPBACK } from "../support/netglass.ts";

const VERSIONS = { legacy: "2025-11-25", auto: "2026-07-28" } as const;

async function questions(client: Client, version: string): Promise<void> {
  assert.equal(client.getNegotiatedProtocolVersion(), version);
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  assert.equal(names.length, 34);
  assert.deepEqual(names, [...names].sort());

  await using open = greeter("220 ready \u001b[1m\r\n");
  const checked = await client.callTool({
    name: "port_check",
    // A client that sends "…" for a number is understood.
    arguments: { target: "127.0.0.1", port: String(open.port) },
  });
  const found = checked.structuredContent as { is_open: boolean; banner: string };
  assert.equal(found.is_open, true);
  assert.equal(found.banner, "220 ready \\x1b[1m");
  const [text] = checked.content as { text: string }[];
  assert.deepEqual(JSON.parse(text?.text ?? ""), found);

  const refused = await client.callTool({
    name: "port_check",
    arguments: { target: "169.254.169.254", port: 80 },
  });
  assert.equal(refused.isError, true);
  assert.equal(refused.structuredContent, undefined);
  assert.match(JSON.stringify(refused.content), /code: policy\.block_cloud_metadata/);

  await assert.rejects(client.callTool({ name: "no_such_tool", arguments: {} }), /Unknown tool/);
}

for (const mode of ["legacy", "auto"] as const) {
  clientTest(`stdio, protocol ${VERSIONS[mode]}`, async () => {
    await using install = await Install.make(LOOPBACK);
    const client = await install.connect(mode);
    await questions(client, VERSIONS[mode]);
    await client.close();
  });

  clientTest(
    `stdio, protocol ${VERSIONS[mode]}: progress arrives and cancellation ends the call`,
    async () => {
      await using install = await Install.make(LOOPBACK);
      const client = await install.connect(mode);
      const seen: number[] = [];
      const ports = Array.from({ length: 200 }, (_, index) => 20_000 + index);
      await client.callTool(
        { name: "batch_port_check", arguments: { target: "127.0.0.1", ports } },
        {
          onprogress: ({ progress }) => seen.push(progress),
        },
      );
      assert.ok(seen.length > 0);
      assert.deepEqual(seen, [...seen].sort((a, b) => a - b));

      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr as Deno.NetAddr;
      const stop = new AbortController();
      const call = client.callTool(
        { name: "port_check", arguments: { target: "127.0.0.1", port, timeout: 30 } },
        { signal: stop.signal },
      );
      const connection = await listener.accept();
      stop.abort();
      await assert.rejects(call);
      // Cancellation reaches the socket: the server hangs up although 30 s were allowed.
      assert.equal(await connection.read(new Uint8Array(1)), null);
      connection.close();
      listener.close();
      await client.close();
    },
  );
}

clientTest("HTTP serves both eras at one address", async () => {
  await using install = await Install.make(LOOPBACK);
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
  const url = new URL(/http:\S+\/mcp/.exec(said)?.[0] ?? "");
  for (const mode of ["legacy", "auto"] as const) {
    const client = new Client({ name: "netglass-test", version: "0" }, {
      versionNegotiation: { mode },
    });
    await client.connect(new StreamableHTTPClientTransport(url));
    await questions(client, VERSIONS[mode]);
    await client.close();
  }
  server.kill("SIGTERM");
  assert.equal((await server.status).code, 0);
  await reader.cancel();
});

clientTest("older revisions are answered in kind", async () => {
  await using install = await Install.make(LOOPBACK);
  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: await install.args(),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      clearEnv: true,
      env: bareEnv(),
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(
      `${
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "initialize",
          params: {
            protocolVersion: version,
            capabilities: {},
            clientInfo: { name: "raw", version: "0" },
          },
        })
      }\n`,
    ));
    const { value } = await reader.read();
    const { result } = JSON.parse(value ?? "") as { result: { protocolVersion: string } };
    assert.equal(result.protocolVersion, version);
    await writer.close();
    await reader.cancel();
    assert.equal((await child.status).code, 0);
  }
});

/** The life of the server process: how it starts, what it prints, how it ends. */
import assert from "node:assert/strict";
import { bareEnv, deno, Install, LOOPBACK, MAIN } from "../support/netglass.ts";
import { writeLongCapture } from "../support/test_captures.ts";

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "raw", version: "0" },
  },
};

interface Running {
  readonly child: Deno.ChildProcess;
  readonly stdin: WritableStreamDefaultWriter<Uint8Array>;
  send(message: unknown): Promise<void>;
}

function start(args: readonly string[]): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const stdin = child.stdin.getWriter();
  return {
    child,
    stdin,
    send: (message) => stdin.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)),
  };
}

/** Reads lines until one satisfies `wanted`, then drains the rest in the background. */
async function readUntil(
  stream: ReadableStream<Uint8Array>,
  wanted: (text: string) => boolean,
): Promise<{ text: string; rest: Promise<string> }> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!wanted(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended after: ${text}`);
    text += value;
  }
  const rest = (async () => {
    let more = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return more;
      more += value;
    }
  })();
  return { text, rest };
}

/**
 * Closes stdin and holds the server to its end: within 5 s, exit 0, nothing but MCP on stdout. The
 * `rest` of stdout after `text`.
 */
async function endsWithStdin(
  server: ReturnType<typeof start>,
  text: string,
  rest: Promise<string>,
): Promise<string> {
  const closed = performance.now();
  await server.stdin.close();
  const [status, more, complaints] = await Promise.all([
    server.child.status,
    rest,
    new Response(server.child.stderr).text(),
  ]);
  assert.deepEqual([status.code, status.signal], [0, null], complaints);
  assert.ok(performance.now() - closed < 5_000);
  for (const line of `${text}${more}`.split("\n").filter((one) => one !== "")) {
    assert.equal((JSON.parse(line) as { jsonrpc: string }).jsonrpc, "2.0");
  }
  return more;
}

Deno.test("end of stdin ends the server within 5 s, exit 0, with a call still running, and stdout held only MCP", async () => {
  await using silent = silentListener();
  await using install = await Install.make(LOOPBACK);
  const server = start(await install.args());
  await server.send(INITIALIZE);
  const { text, rest } = await readUntil(server.child.stdout, (seen) => seen.includes("\n"));
  await server.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  await server.send({
    jsonrpc: "2.0",
    id: 2,
    method: "tools/call",
    params: {
      name: "port_check",
      arguments: { target: "127.0.0.1", port: silent.port, timeout: 30 },
    },
  });
  await silent.accepted;
  await endsWithStdin(server, text, rest);
});

for (const isolation of ["strict", "worker", "inline"]) {
  Deno.test({
    name: `${isolation}: end of stdin ends the server within 5 s while a capture is scanned`,
    fn: async () => {
      await using install = await Install.make({
        ...LOOPBACK,
        tools: ["get_protocol_hierarchy"],
        pcap: { allowed_paths: ["./captures"], isolation },
      });
      await Deno.mkdir(`${install.folder}/captures`);
      const file_path = `${install.folder}/captures/long.gz`;
      await writeLongCapture(file_path);
      const server = start(await install.args());
      await server.send(INITIALIZE);
      await server.send({ jsonrpc: "2.0", method: "notifications/initialized" });
      await server.send({
        jsonrpc: "2.0",
        id: 2,
        method: "tools/call",
        params: {
          name: "get_protocol_hierarchy",
          arguments: { file_path },
          _meta: { progressToken: "scan" },
        },
      });
      const { text, rest } = await readUntil(
        server.child.stdout,
        (seen) => seen.includes("notifications/progress"),
      );
      const more = await endsWithStdin(server, text, rest);
      // The scan was not over: it was cut off.
      assert.doesNotMatch(more, /"total_packets"/);
    },
  });
}

Deno.test("what was asked before stdin ended is answered", async () => {
  await using install = await Install.make(LOOPBACK);
  const server = start(await install.args());
  await server.send(INITIALIZE);
  await server.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  await server.send({
    jsonrpc: "2.0",
    id: 2,
    method: "tools/call",
    params: { name: "port_check", arguments: { target: "127.0.0.1", port: 1 } },
  });
  await server.stdin.close();
  const [status, output] = await Promise.all([
    server.child.status,
    new Response(server.child.stdout).text(),
    server.child.stderr.cancel(),
  ]);
  assert.equal(status.code, 0);
  const ids = output.trim().split("\n").map((line) => (JSON.parse(line) as { id: number }).id);
  assert.deepEqual(ids, [1, 2]);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the stdio server with exit 0 and the record closed`, async () => {
    await using install = await Install.make({ ...LOOPBACK, audit: { path: "./audit" } });
    await Deno.mkdir(`${install.folder}/audit`);
    const server = start(await install.args());
    await server.send(INITIALIZE);
    const { rest } = await readUntil(server.child.stdout, (seen) => seen.includes("\n"));
    await server.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    await server.send({
      jsonrpc: "2.0",
      id: 2,
      method: "tools/call",
      params: { name: "capabilities", arguments: {} },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.child.kill(signal);
    const status = await server.child.status;
    await Promise.all([rest, server.child.stderr.cancel()]);
    await server.stdin.close().catch(() => {});
    assert.deepEqual([status.code, status.signal], [0, null]);
    const verified = await install.run(["audit", "verify", "--json"]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.ok((JSON.parse(verified.stdout) as { records: number }).records >= 2);
  });
}

Deno.test("the HTTP server ignores the end of stdin and ends on SIGTERM with exit 0", async () => {
  await using install = await Install.make(LOOPBACK);
  const server = start([...await install.args("--http", "127.0.0.1:0")]);
  const { text, rest } = await readUntil(
    server.child.stderr,
    (seen) => /http:\/\/127\.0\.0\.1:\d+\/mcp/.test(seen),
  );
  const url = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(text)?.[0] ?? "";
  await server.stdin.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify(INITIALIZE),
  });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  server.child.kill("SIGTERM");
  const status = await server.child.status;
  await Promise.all([rest, server.child.stdout.cancel()]);
  assert.deepEqual([status.code, status.signal], [0, null]);
});

Deno.test("the server refuses to start with more than it needs and prints the right command", async () => {
  await using install = await Install.make(LOOPBACK);
  const refused = await deno(["run", "-A", MAIN, "doctor", "--config", install.configFile]);
  assert.equal(refused.code, 2);
  assert.equal(refused.stdout, "");
  assert.match(refused.stderr, /Refusing to start: Deno was given more/);
  assert.match(refused.stderr, /deno run --no-prompt '--allow-net=\S*127\.0\.0\.0\/8/);
  const insisted = await deno([
    "run",
    "-A",
    MAIN,
    "doctor",
    "--accept-wider-permissions",
    "--config",
    install.configFile,
  ]);
  assert.equal(insisted.code, 0, insisted.stderr);
  assert.match(insisted.stdout, /running with wider permissions/);
});

function silentListener(): { port: number; accepted: Promise<void> } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const first = Promise.withResolvers<void>();
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      held.push(connection);
      first.resolve();
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    accepted: first.promise,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      for (const connection of held) connection.close();
    },
  };
}

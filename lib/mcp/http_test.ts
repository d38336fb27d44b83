import assert from "node:assert/strict";
import {
  Client,
  type ElicitResult,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { acceptedContent, inputRequired, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Config } from "../config/config.ts";
import { createHttpFace, type HttpFace } from "./http.ts";

const TOKEN = "correct-horse-battery-staple";
const MODERN = "2026-07-28";

interface Scene extends AsyncDisposable {
  readonly face: HttpFace;
  readonly errors: Error[];
  /** Every server that the factory made, by era. */
  readonly made: ("legacy" | "modern")[];
  readonly waiting: PromiseWithResolvers<void>;
  readonly cancelled: PromiseWithResolvers<void>;
}

function scene(
  part: Partial<Config["http"]> = {},
  hostname = "127.0.0.1",
  fault: Error | null = null,
): Scene {
  const errors: Error[] = [];
  const made: Scene["made"] = [];
  const waiting = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const confirmSchema = z.object({ sure: z.boolean() });
  const face = createHttpFace(
    ({ era }) => {
      if (fault !== null) throw fault;
      made.push(era);
      const server = new McpServer({ name: "scene", version: "1.0.0" });
      server.registerTool("echo", {
        inputSchema: z.object({ text: z.string() }),
      }, ({ text }) => ({ content: [{ type: "text", text }] }));
      server.registerTool("confirm", { inputSchema: z.object({}) }, (_args, context) => {
        const answer = acceptedContent(context.mcpReq.inputResponses, "sure", confirmSchema);
        if (answer !== undefined) return { content: [{ type: "text", text: `${answer.sure}` }] };
        return inputRequired({
          inputRequests: {
            sure: inputRequired.elicit({ message: "Sure?", requestedSchema: confirmSchema }),
          },
        });
      });
      server.registerTool("wait", { inputSchema: z.object({}) }, async (_args, context) => {
        const progressToken = context.mcpReq._meta?.progressToken;
        context.mcpReq.signal.addEventListener("abort", () => cancelled.resolve());
        if (progressToken !== undefined) {
          await context.mcpReq.notify({
            method: "notifications/progress",
            params: { progressToken, progress: 1 },
          });
        }
        waiting.resolve();
        await cancelled.promise;
        return { content: [] };
      });
      return server;
    },
    {
      listen: null,
      tokens: [],
      allowed_hosts: [],
      allowed_origins: [],
      max_body_bytes: 2_048,
      max_sessions: 4,
      session_idle_sec: 60,
      ...part,
    },
    hostname,
    { monotonicMs: () => 0 },
    { onError: (error) => errors.push(error) },
  );
  return { face, errors, made, waiting, cancelled, [Symbol.asyncDispose]: () => face.close() };
}

/** A request of a 2026-07-28 client; its metadata travels in every request. */
function modern(
  method: string,
  params: Record<string, unknown> = {},
  meta: Record<string, unknown> = {},
): RequestInit {
  return {
    method: "POST",
    headers: {
      "mcp-protocol-version": MODERN,
      "mcp-method": method,
      ...(typeof params.name === "string" ? { "mcp-name": params.name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          "io.modelcontextprotocol/protocolVersion": MODERN,
          "io.modelcontextprotocol/clientCapabilities": {},
          ...meta,
        },
      },
    }),
  };
}

function ask(
  { face }: Scene,
  init: RequestInit = {},
  url = "http://127.0.0.1:8080/mcp",
): Promise<Response> {
  const headers = new Headers({
    host: new URL(url).host,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
  });
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  return face.handle(new Request(url, { ...init, headers }));
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

async function connect(
  it: Scene,
  mode: "legacy" | "auto",
): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), {
    fetch: (url, init) => ask(it, init, String(url)),
  });
  const client = new Client({ name: "test", version: "1.0.0" }, {
    versionNegotiation: { mode },
    capabilities: { elicitation: { form: {} } },
  });
  await client.connect(transport);
  return { client, transport };
}

const text = (text: string) => [{ type: "text", text }];

Deno.test("a client of 2025-11-25 holds a session until it ends it", async () => {
  await using it = scene();
  const { client, transport } = await connect(it, "legacy");
  assert.equal(client.getNegotiatedProtocolVersion(), "2025-11-25");
  assert.match(transport.sessionId ?? "", /^[0-9a-f-]{36}$/);
  for (const word of ["one", "two"]) {
    const result = await client.callTool({ name: "echo", arguments: { text: word } });
    assert.deepEqual(result.content, text(word));
  }
  assert.deepEqual(it.made, ["legacy"]);
  const session = transport.sessionId ?? "";
  await transport.terminateSession();
  await client.close();
  const later = ask(it, { headers: { "mcp-session-id": session } });
  assert.equal(await statusOf(later), 404);
});

Deno.test("a client of 2026-07-28 needs no session", async () => {
  await using it = scene({ max_sessions: 1 });
  const { client, transport } = await connect(it, "auto");
  assert.equal(client.getNegotiatedProtocolVersion(), MODERN);
  const result = await client.callTool({ name: "echo", arguments: { text: "hello" } });
  assert.deepEqual(result.content, text("hello"));
  assert.equal(transport.sessionId, undefined);
  assert.equal(it.made.includes("legacy"), false);
  await client.close();
});

Deno.test("a single 2026-07-28 request is answered without any before it", async () => {
  await using it = scene();
  const response = await ask(it, modern("tools/call", { name: "echo", arguments: { text: "hi" } }));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("mcp-session-id"), null);
  assert.match(await response.text(), /"text":"hi"/);
});

Deno.test("inputRequired() asks clients of both eras", async () => {
  for (const mode of ["legacy", "auto"] as const) {
    await using it = scene();
    const { client } = await connect(it, mode);
    client.setRequestHandler("elicitation/create", (request): ElicitResult => {
      assert.equal(request.params.message, "Sure?");
      return { action: "accept", content: { sure: true } };
    });
    const result = await client.callTool({ name: "confirm", arguments: {} });
    assert.deepEqual(result.content, text("true"));
    await client.close();
  }
});

Deno.test("a 2026-07-28 client cancels a call by closing its stream", async () => {
  await using it = scene();
  const response = await ask(
    it,
    modern("tools/call", { name: "wait", arguments: {} }, { progressToken: 1 }),
  );
  const reader = (response.body ?? assert.fail("no body")).getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /notifications\/progress/);
  await reader.cancel();
  await it.cancelled.promise;
});

Deno.test("a 2026-07-28 call that has answered nothing yet ends with its request", async () => {
  await using it = scene();
  const stop = new AbortController();
  const running = ask(it, {
    ...modern("tools/call", { name: "wait", arguments: {} }),
    signal: stop.signal,
  });
  await it.waiting.promise;
  stop.abort();
  await it.cancelled.promise;
  await (await running).body?.cancel();
});

Deno.test("over a real connection the official client cancels in both eras", async () => {
  for (const mode of ["legacy", "auto"] as const) {
    await using it = scene();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      it.face.handle,
    );
    const client = new Client({ name: "test", version: "1.0.0" }, {
      versionNegotiation: { mode },
    });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.addr.port}/mcp`)),
    );
    const stop = new AbortController();
    const call = client.callTool({ name: "wait", arguments: {} }, {
      signal: stop.signal,
      onprogress: () => stop.abort(),
    });
    await assert.rejects(call);
    await it.cancelled.promise;
    await client.close();
    await it.face.close();
  }
});

Deno.test("a Host that is not ours gets 403", async () => {
  await using it = scene({ allowed_hosts: ["Netglass.Example"] });
  const ping = (host: string): Promise<number> =>
    statusOf(ask(it, { ...modern("tools/list"), headers: { host } }));
  for (const host of ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "127.0.0.2"]) {
    assert.equal(await ping(host), 403, host);
  }
  for (const host of ["localhost:8080", "127.0.0.1", "[::1]:1", "netglass.example"]) {
    assert.notEqual(await ping(host), 403, host);
  }
});

Deno.test("the address that is listened on is a Host of ours, IPv6 too", async () => {
  await using it = scene({ tokens: [TOKEN] }, "2001:db8::1");
  const url = "http://[2001:db8::1]:8080/mcp";
  assert.equal(await statusOf(ask(it, {}, url)), 401);
  assert.equal(await statusOf(ask(it, {}, "http://[2001:db8::2]:8080/mcp")), 403);
});

Deno.test("an Origin that is neither loopback nor configured gets 403", async () => {
  await using it = scene({ allowed_origins: ["https://console.example"] });
  const from = (origin: string): Promise<number> => {
    const init = modern("tools/list");
    return statusOf(ask(it, { ...init, headers: { ...init.headers, origin } }));
  };
  for (
    const origin of [
      "https://evil.example",
      "http://console.example",
      "https://console.example:8443",
      "https://console.example.evil.example",
      "null",
    ]
  ) {
    assert.equal(await from(origin), 403, origin);
  }
  for (const origin of ["https://console.example", "http://localhost:5173", "http://[::1]"]) {
    assert.equal(await from(origin), 200, origin);
  }
});

Deno.test("any path but /mcp gets 404, any method but POST, GET and DELETE 405", async () => {
  await using it = scene();
  for (const path of ["/", "/mcp/", "/sse", "/mcp%2f", "/.well-known/oauth-protected-resource"]) {
    const url = `http://127.0.0.1${path}`;
    assert.equal(await statusOf(ask(it, modern("tools/list"), url)), 404, path);
  }
  for (const method of ["PUT", "PATCH", "OPTIONS", "HEAD"]) {
    const response = await ask(it, { method });
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get("allow"), "POST, GET, DELETE");
    await response.body?.cancel();
  }
});

Deno.test("without the right bearer token everything gets 401 and is told how to ask", async () => {
  await using it = scene({ tokens: ["another-token", TOKEN] });
  const init = modern("tools/list");
  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    "Bearer another-token,",
  ];
  for (const authorization of wrong) {
    const headers = {
      ...init.headers,
      ...(authorization === undefined ? {} : { authorization }),
    };
    const response = await ask(it, { ...init, headers });
    assert.equal(response.status, 401, authorization);
    assert.equal(response.headers.get("www-authenticate"), 'Bearer realm="netglass"');
    await response.body?.cancel();
  }
  assert.deepEqual(it.made, []);
  for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, "Bearer another-token"]) {
    const response = ask(it, { ...init, headers: { ...init.headers, authorization } });
    assert.equal(await statusOf(response), 200, authorization);
  }
});

Deno.test("listening beyond loopback without a token is refused", () => {
  for (const hostname of ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "127.evil.example"]) {
    assert.throws(() => scene({}, hostname), {
      code: "input.config",
      message: `Cannot listen on "${hostname}": anything but loopback needs a bearer token`,
      hint: "Set http.tokens (or NETGLASS_HTTP_TOKENS), or listen on 127.0.0.1.",
    });
    scene({ tokens: [TOKEN] }, hostname);
  }
  for (const hostname of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) scene({}, hostname);
});

Deno.test("a POST that is not JSON gets 415, one that does not parse 400", async () => {
  await using it = scene();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]) {
    const init = modern("tools/list");
    const response = ask(it, { ...init, headers: { ...init.headers, "content-type": type } });
    assert.equal(await statusOf(response), 415, type);
  }
  for (const body of ["", "{", "[1,", "not json"]) {
    const response = await ask(it, { method: "POST", body });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error.code, -32700);
  }
  for (const body of ["null", "5", '"text"', "{}", "[]", '{"jsonrpc":"1.0"}']) {
    assert.equal(await statusOf(ask(it, { method: "POST", body })), 400, body);
  }
  assert.deepEqual(it.made, []);
});

Deno.test("a body over the limit gets 413 before it is read, by its length", async () => {
  await using it = scene();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(1_024).fill(0x20));
    },
  }, { highWaterMark: 0 });
  const response = await ask(it, {
    method: "POST",
    body,
    headers: { "content-length": "2049" },
  });
  assert.equal(response.status, 413);
  assert.match(await response.text(), /at most 2048 bytes \(http\.max_body_bytes\)/);
  assert.equal(pulled, 0);
});

Deno.test("a chunked body gets 413 as soon as it is over the limit", async () => {
  await using it = scene();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(1_024).fill(0x20));
    },
  }, { highWaterMark: 0 });
  assert.equal(await statusOf(ask(it, { method: "POST", body })), 413);
  assert.equal(pulled <= 4, true, `${pulled} chunks read`);
});

Deno.test("a body of exactly the limit passes", async () => {
  await using it = scene();
  const { body, ...init } = modern("tools/list");
  const padded = String(body).padEnd(2_048);
  assert.equal(await statusOf(ask(it, { ...init, body: padded })), 200);
  assert.equal(await statusOf(ask(it, { ...init, body: `${padded} ` })), 413);
});

Deno.test("close() ends running calls and sessions, and what comes later gets 503", async () => {
  const it = scene();
  const { client } = await connect(it, "legacy");
  const running = await ask(
    it,
    modern("tools/call", { name: "wait", arguments: {} }, { progressToken: 1 }),
  );
  await it.waiting.promise;
  await it.face.close();
  await it.cancelled.promise;
  await running.text();
  for (const init of [modern("tools/list"), {}, { method: "DELETE" }]) {
    assert.equal(await statusOf(ask(it, init)), 503);
  }
  await assert.rejects(client.listTools());
  await client.close();
});

Deno.test("a fault of the factory is reported and answered with 500 without its words", async () => {
  await using it = scene({}, "127.0.0.1", new Error("secret detail"));
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "raw", version: "1.0.0" },
    },
  };
  for (
    const init of [modern("tools/list"), { method: "POST", body: JSON.stringify(initialize) }]
  ) {
    const response = await ask(it, init);
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /secret/);
  }
  assert.deepEqual(it.errors.map(({ message }) => message), ["secret detail", "secret detail"]);
});

import assert from "node:assert/strict";
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { LegacySessions } from "./http_sessions.ts";

const IDLE_MS = 1_000;

interface Scene {
  readonly sessions: LegacySessions;
  /** Sets the clock, milliseconds. */
  at(ms: number): void;
  /** Sessions whose end was told, in order. */
  readonly ended: string[];
  /** Servers that the factory made and that are still connected. */
  connected(): number;
  /** Resolves when a call of the tool "wait" has begun, then when it was cancelled. */
  readonly waiting: PromiseWithResolvers<void>;
  readonly cancelled: PromiseWithResolvers<void>;
}

function scene(max: number, beforeFactory: () => void = () => {}): Scene {
  let nowMs = 0;
  const servers: McpServer[] = [];
  const waiting = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const ended: string[] = [];
  const sessions = new LegacySessions(
    () => {
      beforeFactory();
      const server = new McpServer({ name: "scene", version: "1.0.0" });
      server.registerTool("wait", { inputSchema: z.object({}) }, (_args, context) => {
        waiting.resolve();
        return new Promise(() => {
          context.mcpReq.signal.addEventListener("abort", () => cancelled.resolve());
        });
      });
      servers.push(server);
      return server;
    },
    { max, idleMs: IDLE_MS },
    { monotonicMs: () => nowMs },
    (id) => ended.push(id),
  );
  return {
    sessions,
    ended,
    at: (ms) => nowMs = ms,
    connected: () => servers.filter((server) => server.isConnected()).length,
    waiting,
    cancelled,
  };
}

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

function send(
  sessions: LegacySessions,
  method: string,
  session: string | null,
  message?: unknown,
  accept = "application/json, text/event-stream",
): Promise<Response> {
  return sessions.handle(
    new Request("http://127.0.0.1/mcp", {
      method,
      headers: {
        accept,
        "content-type": "application/json",
        ...(session === null ? {} : { "mcp-session-id": session }),
      },
    }),
    message,
  );
}

/** Opens a session, reads the answer to its end, and returns the id. */
async function open({ sessions }: Scene): Promise<string> {
  const response = await send(sessions, "POST", null, initialize);
  assert.equal(response.status, 200);
  await response.text();
  return response.headers.get("mcp-session-id") ?? assert.fail("no session id");
}

async function isAlive({ sessions }: Scene, session: string): Promise<boolean> {
  const response = await send(sessions, "POST", session, { jsonrpc: "2.0", id: 2, method: "ping" });
  await response.text();
  return response.status === 200;
}

Deno.test("initialize opens a session that later requests find by its id", async () => {
  const it = scene(2);
  const session = await open(it);
  assert.match(session, /^[0-9a-f-]{36}$/);
  const response = await send(it.sessions, "POST", session, {
    jsonrpc: "2.0",
    id: 7,
    method: "tools/list",
  });
  assert.match(await response.text(), /"name":"wait".*"id":7/);
  assert.equal(it.sessions.size, 1);
  await it.sessions.close();
});

Deno.test("a request of an unknown session gets 404", async () => {
  const it = scene(2);
  for (const method of ["POST", "GET", "DELETE"]) {
    const response = await send(it.sessions, method, "no-such-session", undefined);
    assert.equal(response.status, 404);
    assert.deepEqual(await response.json(), {
      jsonrpc: "2.0",
      error: { code: -32001, message: "Session not found" },
      id: null,
    });
  }
});

Deno.test("a request without session that is no initialize gets 400", async () => {
  const it = scene(2);
  for (const method of ["POST", "GET", "DELETE"]) {
    const response = await send(it.sessions, method, null, { jsonrpc: "2.0", id: 1, method: "x" });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /send initialize first/);
  }
  assert.equal(it.connected(), 0);
});

Deno.test("past the cap the session that was idle longest is ended", async () => {
  const it = scene(2);
  const first = await open(it);
  it.at(10);
  const second = await open(it);
  it.at(20);
  assert.equal(await isAlive(it, first), true);
  it.at(30);
  const third = await open(it);
  assert.equal(it.sessions.size, 2);
  assert.equal(await isAlive(it, second), false);
  assert.equal(await isAlive(it, first), true);
  assert.equal(await isAlive(it, third), true);
  assert.equal(it.connected(), 2);
  assert.deepEqual(it.ended, [second]);
  await it.sessions.close();
  // What ends with the server is not told.
  assert.deepEqual(it.ended, [second]);
});

Deno.test("past the cap with no session idle, initialize gets 503 and a time to try again", async () => {
  const it = scene(1);
  const session = await open(it);
  const stream = await send(it.sessions, "GET", session);
  assert.equal(stream.status, 200);
  it.at(IDLE_MS * 10);
  const refused = await send(it.sessions, "POST", null, initialize);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "30");
  assert.match(await refused.text(), /http\.max_sessions/);
  assert.equal(await isAlive(it, session), true);
  await stream.body?.cancel();
  await open(it);
  assert.equal(await isAlive(it, session), false);
  await it.sessions.close();
});

Deno.test("many initializes at once do not get past the cap", async () => {
  const it = scene(2);
  const responses = await Promise.all(
    Array.from({ length: 6 }, () => send(it.sessions, "POST", null, initialize)),
  );
  assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 200, 503, 503, 503, 503]);
  assert.equal(it.sessions.size, 2);
  assert.equal(it.connected(), 2);
  await Promise.all(responses.map((response) => response.body?.cancel()));
  await it.sessions.close();
});

Deno.test("a session ends when it has been idle for longer than allowed, not before", async () => {
  const it = scene(2);
  const session = await open(it);
  it.at(IDLE_MS);
  it.sessions.sweep();
  assert.equal(await isAlive(it, session), true);
  it.at(2 * IDLE_MS);
  it.sessions.sweep();
  assert.equal(it.sessions.size, 1);
  it.at(2 * IDLE_MS + 1);
  it.sessions.sweep();
  assert.equal(it.sessions.size, 0);
  assert.equal(it.connected(), 0);
  assert.equal(await isAlive(it, session), false);
  assert.deepEqual(it.ended, [session]);
});

Deno.test("a session with an open stream is not idle; its time runs from the stream's end", async () => {
  const it = scene(2);
  const session = await open(it);
  const stream = await send(it.sessions, "GET", session);
  it.at(10 * IDLE_MS);
  it.sessions.sweep();
  assert.equal(it.sessions.size, 1);
  await stream.body?.cancel();
  it.at(11 * IDLE_MS);
  it.sessions.sweep();
  assert.equal(it.sessions.size, 1);
  it.at(11 * IDLE_MS + 1);
  it.sessions.sweep();
  assert.equal(it.sessions.size, 0);
});

Deno.test("DELETE ends the session and cancels what runs in it", async () => {
  const it = scene(2);
  const session = await open(it);
  const running = await send(it.sessions, "POST", session, {
    jsonrpc: "2.0",
    id: 3,
    method: "tools/call",
    params: { name: "wait", arguments: {} },
  });
  await it.waiting.promise;
  const deleted = await send(it.sessions, "DELETE", session);
  assert.equal(deleted.status, 200);
  await it.cancelled.promise;
  assert.equal(await running.text(), "");
  assert.equal(it.sessions.size, 0);
  assert.equal(await isAlive(it, session), false);
  assert.deepEqual(it.ended, [session]);
});

Deno.test("notifications/cancelled cancels the call that it names", async () => {
  const it = scene(2);
  const session = await open(it);
  const running = await send(it.sessions, "POST", session, {
    jsonrpc: "2.0",
    id: 3,
    method: "tools/call",
    params: { name: "wait", arguments: {} },
  });
  await it.waiting.promise;
  const sent = await send(it.sessions, "POST", session, {
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 3 },
  });
  assert.equal(sent.status, 202);
  await it.cancelled.promise;
  assert.equal(await isAlive(it, session), true);
  await it.sessions.close();
  await running.text();
});

Deno.test("an initialize that the transport refuses leaves nothing behind", async () => {
  const it = scene(1);
  const refused = await send(it.sessions, "POST", null, initialize, "text/html");
  assert.equal(refused.status, 406);
  await refused.text();
  assert.equal(it.sessions.size, 0);
  assert.equal(it.connected(), 0);
  await open(it);
  await it.sessions.close();
});

Deno.test("a factory that fails gives its place back", async () => {
  let failing = true;
  const it = scene(1, () => {
    if (failing) throw new Error("no server today");
  });
  await assert.rejects(send(it.sessions, "POST", null, initialize), /no server today/);
  failing = false;
  await open(it);
  await it.sessions.close();
});

Deno.test("close() ends every session and stream and lets no new one in", async () => {
  const it = scene(3);
  const session = await open(it);
  await open(it);
  const stream = await send(it.sessions, "GET", session);
  await it.sessions.close();
  assert.equal(await stream.text(), "");
  assert.equal(it.sessions.size, 0);
  assert.equal(it.connected(), 0);
  const refused = await send(it.sessions, "POST", null, initialize);
  assert.equal(refused.status, 503);
  await refused.text();
});

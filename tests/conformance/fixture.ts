/**
 * The server that the conformance suite talks to: the names that the suite calls, mounted on the
 * HTTP face of netglass. The netglass tools are not in it; what is tested is the mount.
 *
 * @module
 */
import {
  createRequestStateCodec,
  McpServer,
  type McpServerFactory,
} from "@modelcontextprotocol/server";
import { createHttpFace, MCP_PATH } from "../../lib/mcp/http.ts";
import { addInputTools, type RoundState } from "./fixture_input.ts";
import { addPrompts, addResources } from "./fixture_resources.ts";
import { addTools } from "./fixture_tools.ts";

/** A running fixture. */
export interface Fixture {
  readonly url: string;
  close(): Promise<void>;
}

function createFactory(): McpServerFactory {
  const states = createRequestStateCodec<RoundState>({
    key: crypto.getRandomValues(new Uint8Array(32)),
  });
  return () => {
    const server = new McpServer({ name: "netglass-conformance", version: "1.0.0" }, {
      capabilities: { logging: {}, completions: {}, resources: { subscribe: true } },
      requestState: { verify: states.verify },
      // What follows never changes at run time; nobody needs to ask again within the hour.
      cacheHints: Object.fromEntries(
        [
          "tools/list",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/read",
        ].map((method) => [method, { ttlMs: 3_600_000, cacheScope: "public" }]),
      ),
    });
    addTools(server);
    addInputTools(server, states);
    addResources(server);
    addPrompts(server);
    return server;
  };
}

/** Serves the fixture on 127.0.0.1 and a free port. */
export function serveFixture(): Fixture {
  const face = createHttpFace(
    createFactory(),
    {
      listen: null,
      tokens: [],
      allowed_hosts: [],
      allowed_origins: [],
      max_body_bytes: 1_048_576,
      max_sessions: 64,
      session_idle_sec: 60,
    },
    "127.0.0.1",
    { monotonicMs: () => performance.now() },
    {
      onError: () => {
        // The suite sends what must be refused, and every refusal is reported here.
      },
    },
  );
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    face.handle,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}${MCP_PATH}`,
    close: async () => {
      await face.close();
      await server.shutdown();
    },
  };
}

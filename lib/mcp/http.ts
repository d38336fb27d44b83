/**
 * MCP over Streamable HTTP on one path, for both protocol eras: 2026-07-28 without sessions, the
 * 2025 revisions with them. What reaches the SDK has passed host, origin, token and size checks.
 *
 * @module
 */
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServerFactory,
  originValidationResponse,
} from "@modelcontextprotocol/server";
import type { Config } from "../config/config.ts";
import { InputError } from "../errors/mod.ts";
import { LegacySessions } from "./http_sessions.ts";

/** The one path that is served. */
export const MCP_PATH = "/mcp";

/** Handles HTTP requests; `close` ends every session and stream. */
export interface HttpFace {
  handle(request: Request): Promise<Response>;
  /** Ends sessions that have been idle too long; call it now and then. */
  sweep(): void;
  close(): Promise<void>;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}

function jsonRpcError(status: number, code: number, message: string, headers?: HeadersInit) {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, {
    status,
    ...(headers === undefined ? {} : { headers }),
  });
}

/** Compares without telling by the time it takes how much of the token was right. */
async function sameToken(a: string, b: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [left, right] = await Promise.all(
    [a, b].map(async (text) =>
      new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)))
    ),
  );
  let difference = 0;
  left?.forEach((byte, index) => difference |= byte ^ (right?.[index] ?? 0));
  return difference === 0;
}

async function hasToken(request: Request, tokens: readonly string[]): Promise<boolean> {
  const match = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.get("authorization") ?? "");
  const given = match?.[1];
  if (given === undefined) return false;
  let found = false;
  for (const token of tokens) found = await sameToken(given, token) || found;
  return found;
}

/** The body as bytes, or null if it is larger than `maxBytes`. */
async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/**
 * Makes the HTTP face of `factory` for a server listening on `hostname`.
 *
 * @throws {InputError} `input.config` when listening beyond loopback without a token
 */
export function createHttpFace(
  factory: McpServerFactory,
  config: Config["http"],
  hostname: string,
  onError: (error: Error) => void,
): HttpFace {
  if (!isLoopback(hostname) && config.tokens.length === 0) {
    throw new InputError(
      "config",
      `Cannot listen on "${hostname}": anything but loopback needs a bearer token`,
      { hint: "Set http.tokens (or NETGLASS_HTTP_TOKENS), or listen on 127.0.0.1." },
    );
  }
  const hosts = [...localhostAllowedHostnames(), hostname, ...config.allowed_hosts];
  const origins = [...localhostAllowedOrigins(), ...config.allowed_origins];
  const modern = createMcpHandler(factory, {
    legacy: "reject",
    onerror: onError,
    maxRequestBodySize: config.max_body_bytes,
  });
  const sessions = new LegacySessions(factory, {
    max: config.max_sessions,
    idleMs: config.session_idle_sec * 1_000,
  });

  async function handle(request: Request): Promise<Response> {
    const refused = hostHeaderValidationResponse(request, hosts) ??
      originValidationResponse(request, origins);
    if (refused !== undefined) return refused;
    if (new URL(request.url).pathname !== MCP_PATH) {
      return jsonRpcError(404, -32600, `Not found: MCP is served at ${MCP_PATH}`);
    }
    if (config.tokens.length > 0 && !await hasToken(request, config.tokens)) {
      return jsonRpcError(401, -32001, "Unauthorized: give one of http.tokens as bearer token", {
        "www-authenticate": 'Bearer realm="netglass"',
      });
    }
    let bounded = request;
    if (request.method === "POST") {
      const body = await readBody(request, config.max_body_bytes);
      if (body === null) {
        return jsonRpcError(
          413,
          -32600,
          `Request too large: at most ${config.max_body_bytes} bytes (http.max_body_bytes)`,
        );
      }
      bounded = new Request(request.url, {
        method: "POST",
        headers: request.headers,
        body,
        signal: request.signal,
      });
    }
    return await isLegacyRequest(bounded) ? sessions.handle(bounded) : modern.fetch(bounded);
  }

  return {
    handle: async (request) => {
      try {
        return await handle(request);
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        return jsonRpcError(500, -32603, "Internal error");
      }
    },
    sweep: () => sessions.sweep(),
    close: async () => {
      await sessions.close();
      await modern.close();
    },
  };
}

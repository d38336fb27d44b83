/**
 * MCP over Streamable HTTP on one path, for both protocol eras: 2026-07-28 without sessions, the
 * 2025 revisions with them. What reaches the SDK has passed host, origin, token and size checks.
 *
 * @module
 */
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isJsonContentType,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpServerFactory,
  originValidationResponse,
  readRequestBody,
} from "@modelcontextprotocol/server";
import type { Config } from "../config/config.ts";
import { InputError } from "../errors/mod.ts";
import type { Clock } from "../io/io.ts";
import { refusal } from "./http_refusal.ts";
import { LegacySessions } from "./http_sessions.ts";
import { sameSecret } from "./same_secret.ts";

/** The one path that is served. */
export const MCP_PATH = "/mcp";

/** Handles HTTP requests; `close` ends every session and stream. */
export interface HttpFace {
  handle(request: Request): Promise<Response>;
  /** Ends sessions that have been idle too long; call it now and then. */
  sweep(): void;
  /** Requests that come later get 503. */
  close(): Promise<void>;
}

/** What an HTTP face tells of. */
export interface HttpEvents {
  onError(error: Error): void;
  /** A session ended by itself, its client's wish or its idleness. */
  onSessionEnd?(session: string): void;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** A host as `URL` writes it, the form that the Host header is compared in. */
function canonicalHost(host: string): string {
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return URL.parse(`http://${bracketed}`)?.hostname ?? host;
}

async function hasToken(request: Request, tokens: readonly string[]): Promise<boolean> {
  const match = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.get("authorization") ?? "");
  const given = match?.[1];
  if (given === undefined) return false;
  let found = false;
  for (const token of tokens) found = await sameSecret(given, token) || found;
  return found;
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
  clock: Pick<Clock, "monotonicMs">,
  { onError, onSessionEnd }: HttpEvents,
): HttpFace {
  if (!isLoopback(hostname) && config.tokens.length === 0) {
    throw new InputError(
      "config",
      `Cannot listen on "${hostname}": anything but loopback needs a bearer token`,
      { hint: "Set http.tokens (or NETGLASS_HTTP_TOKENS), or listen on 127.0.0.1." },
    );
  }
  const hosts = [
    ...localhostAllowedHostnames(),
    ...[hostname, ...config.allowed_hosts].map(canonicalHost),
  ];
  const modern = createMcpHandler(factory, {
    legacy: "reject",
    onerror: onError,
    maxRequestBodySize: config.max_body_bytes,
  });
  const sessions = new LegacySessions(
    factory,
    {
      max: config.max_sessions,
      idleMs: config.session_idle_sec * 1_000,
    },
    clock,
    onSessionEnd,
  );
  let closed = false;

  async function refuse(request: Request): Promise<Response | undefined> {
    const wrongHost = hostHeaderValidationResponse(request, hosts);
    if (wrongHost !== undefined) return wrongHost;
    if (!config.allowed_origins.includes(request.headers.get("origin") ?? "")) {
      const wrongOrigin = originValidationResponse(request, localhostAllowedOrigins());
      if (wrongOrigin !== undefined) return wrongOrigin;
    }
    if (new URL(request.url).pathname !== MCP_PATH) {
      return refusal(404, -32600, `Not found: MCP is served at ${MCP_PATH}`);
    }
    if (config.tokens.length > 0 && !await hasToken(request, config.tokens)) {
      return refusal(401, -32001, "Unauthorized: give one of http.tokens as bearer token", {
        "www-authenticate": 'Bearer realm="netglass"',
      });
    }
    if (!["POST", "GET", "DELETE"].includes(request.method)) {
      return refusal(405, -32000, "Method not allowed", { allow: "POST, GET, DELETE" });
    }
    if (closed) return refusal(503, -32000, "The server is shutting down");
  }

  /** The parsed body of a POST, or the answer to one that cannot be parsed. */
  async function readJson(request: Request): Promise<{ value: unknown } | Response> {
    if (!isJsonContentType(request.headers.get("content-type"))) {
      return refusal(415, -32000, "Unsupported media type: send application/json");
    }
    const body = await readRequestBody(request, config.max_body_bytes);
    if (body.tooLarge) {
      return refusal(
        413,
        -32600,
        `Request too large: at most ${config.max_body_bytes} bytes (http.max_body_bytes)`,
      );
    }
    try {
      return { value: JSON.parse(body.text) };
    } catch {
      return refusal(400, -32700, "Parse error: the body is not JSON");
    }
  }

  async function handle(request: Request): Promise<Response> {
    const refused = await refuse(request);
    if (refused !== undefined) return refused;
    if (request.method !== "POST") return await sessions.handle(request);
    const body = await readJson(request);
    if (body instanceof Response) return body;
    return await isLegacyRequest(request, body.value)
      ? await sessions.handle(request, body.value)
      : await modern.fetch(request, { parsedBody: body.value });
  }

  return {
    handle: async (request) => {
      try {
        return await handle(request);
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        return refusal(500, -32603, "Internal error");
      }
    },
    sweep: () => sessions.sweep(),
    close: async () => {
      closed = true;
      await sessions.close();
      await modern.close();
    },
  };
}

/**
 * Sessions for HTTP clients of the 2025 revisions: a capped map with idle expiry. Clients of
 * 2026-07-28 have none.
 *
 * @module
 */
import {
  isInitializeRequest,
  isJsonContentType,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsedMs: number;
  /** Responses that are still being streamed. A session with one is not idle. */
  openStreams: number;
}

/** Bounds of the session map. */
export interface SessionLimits {
  /** Most sessions at once; past it the one idle longest goes, and if none is idle, 503. */
  readonly max: number;
  /** A session without a request or an open stream for this long ends, milliseconds. */
  readonly idleMs: number;
}

function refusal(status: number, code: number, message: string, headers?: HeadersInit): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, {
    status,
    ...(headers === undefined ? {} : { headers }),
  });
}

/** The sessions of one HTTP server. */
export class LegacySessions {
  readonly #factory: McpServerFactory;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, Session>();

  constructor(factory: McpServerFactory, limits: SessionLimits) {
    this.#factory = factory;
    this.#limits = limits;
  }

  /** How many sessions live now. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Answers one request of a 2025-era client. */
  async handle(request: Request): Promise<Response> {
    if (request.method === "POST" && !isJsonContentType(request.headers.get("content-type"))) {
      return refusal(415, -32000, "Unsupported media type: send application/json");
    }
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      const session = this.#sessions.get(id);
      if (session === undefined) return refusal(404, -32001, "Session not found");
      return await this.#serve(session, request);
    }
    const body: unknown = request.method === "POST"
      ? await request.clone().json().catch(() => undefined)
      : undefined;
    if (!isInitializeRequest(body)) {
      return refusal(400, -32000, "Bad Request: no session; send initialize first");
    }
    if (!this.#makeRoom()) {
      return refusal(503, -32000, "Too many sessions (http.max_sessions)", { "retry-after": "30" });
    }
    return await this.#open(request, body);
  }

  /** Ends sessions that have been idle too long. */
  sweep(): void {
    const oldest = performance.now() - this.#limits.idleMs;
    for (const [id, session] of this.#sessions) {
      if (session.openStreams === 0 && session.lastUsedMs < oldest) this.#end(id, session);
    }
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.allSettled(open.map((session) => session.transport.close()));
  }

  #makeRoom(): boolean {
    this.sweep();
    if (this.#sessions.size < this.#limits.max) return true;
    const idle = [...this.#sessions].filter(([, session]) => session.openStreams === 0);
    idle.sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs);
    const longest = idle[0];
    if (longest === undefined) return false;
    this.#end(...longest);
    return true;
  }

  #end(id: string, session: Session): void {
    this.#sessions.delete(id);
    session.transport.close().catch(() => {
      // It is out of the map already; there is nothing left to release.
    });
  }

  async #open(request: Request, body: unknown): Promise<Response> {
    const transport: WebStandardStreamableHTTPServerTransport =
      new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id) => {
          this.#sessions.set(id, session);
        },
      });
    const session: Session = { transport, lastUsedMs: performance.now(), openStreams: 0 };
    const server = await this.#factory({ era: "legacy", requestInfo: request });
    await server.connect(transport);
    const inner = transport.onclose;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
      inner?.();
    };
    return await this.#serve(session, request, body);
  }

  async #serve(session: Session, request: Request, parsedBody?: unknown): Promise<Response> {
    session.lastUsedMs = performance.now();
    const response = await session.transport.handleRequest(
      request,
      parsedBody === undefined ? {} : { parsedBody },
    );
    if (response.body === null) return response;
    session.openStreams++;
    let open = true;
    const done = (): void => {
      if (!open) return;
      open = false;
      session.openStreams--;
      session.lastUsedMs = performance.now();
    };
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const chunk = await reader.read();
          if (!chunk.done) return controller.enqueue(chunk.value);
          done();
          controller.close();
        } catch (error) {
          done();
          controller.error(error);
        }
      },
      async cancel(reason) {
        done();
        await reader.cancel(reason);
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }
}

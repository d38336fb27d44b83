/**
 * Sessions for HTTP clients of the 2025 revisions: a capped map with idle expiry. Clients of
 * 2026-07-28 have none.
 *
 * @module
 */
import {
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { Clock } from "../io/io.ts";
import { refusal } from "./http_refusal.ts";

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsedMs: number;
  /** Requests whose answer is not finished; a session with one is not idle. */
  openExchanges: number;
}

/** Bounds of the session map. */
export interface SessionLimits {
  /** Most sessions at once; past it the one idle longest goes, and if none is idle, 503. */
  readonly max: number;
  /** A session without a request or an open stream for this long ends, milliseconds. */
  readonly idleMs: number;
}

/** The sessions of one HTTP server. */
export class LegacySessions {
  readonly #factory: McpServerFactory;
  readonly #limits: SessionLimits;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #onEnd: (id: string) => void;
  readonly #sessions = new Map<string, Session>();
  /** Transports that have a place but no session id yet. */
  readonly #opening = new Set<WebStandardStreamableHTTPServerTransport>();
  #closed = false;

  /** `onEnd` is told of each session that ends, but for those that end with `close`. */
  constructor(
    factory: McpServerFactory,
    limits: SessionLimits,
    clock: Pick<Clock, "monotonicMs">,
    onEnd: (id: string) => void = () => {},
  ) {
    this.#factory = factory;
    this.#limits = limits;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** How many sessions live now. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Answers one request of a 2025-era client; `body` is the parsed JSON of a POST. */
  async handle(request: Request, body?: unknown): Promise<Response> {
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      const session = this.#sessions.get(id);
      if (session === undefined) return refusal(404, -32001, "Session not found");
      return await this.#serve(session, request, body);
    }
    if (!isInitializeRequest(body)) {
      return refusal(400, -32000, "Bad Request: no session; send initialize first");
    }
    if (this.#closed) return refusal(503, -32000, "The server is shutting down");
    if (!this.#makeRoom()) {
      return refusal(503, -32000, "Too many sessions (http.max_sessions)", { "retry-after": "30" });
    }
    return await this.#open(request, body);
  }

  /** Ends sessions that have been idle too long. */
  sweep(): void {
    const oldest = this.#clock.monotonicMs() - this.#limits.idleMs;
    for (const [id, session] of this.#sessions) {
      if (session.openExchanges === 0 && session.lastUsedMs < oldest) this.#end(id, session);
    }
  }

  /** Ends all sessions and their streams; no new one opens. */
  async close(): Promise<void> {
    this.#closed = true;
    const open = [...this.#sessions.values()].map((session) => session.transport);
    this.#sessions.clear();
    await Promise.allSettled([...open, ...this.#opening].map((transport) => transport.close()));
  }

  #makeRoom(): boolean {
    this.sweep();
    if (this.#sessions.size + this.#opening.size < this.#limits.max) return true;
    const idle = [...this.#sessions].filter(([, session]) => session.openExchanges === 0);
    idle.sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs);
    const longest = idle[0];
    if (longest === undefined) return false;
    this.#end(...longest);
    return true;
  }

  #end(id: string, session: Session): void {
    this.#forget(id);
    session.transport.close().catch(() => {
      // It is out of the map already; there is nothing left to release.
    });
  }

  #forget(id: string): void {
    if (this.#sessions.delete(id)) this.#onEnd(id);
  }

  async #open(request: Request, body: unknown): Promise<Response> {
    const transport: WebStandardStreamableHTTPServerTransport =
      new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (id) => {
          this.#opening.delete(transport);
          this.#sessions.set(id, session);
        },
      });
    const session: Session = { transport, lastUsedMs: 0, openExchanges: 0 };
    this.#opening.add(transport);
    try {
      const server = await this.#factory({ era: "legacy", requestInfo: request });
      await server.connect(transport);
      const inner = transport.onclose;
      transport.onclose = () => {
        if (transport.sessionId !== undefined) this.#forget(transport.sessionId);
        inner?.();
      };
      const response = await this.#serve(session, request, body);
      // The transport refused the request, for example for its Accept header: no session came of it.
      if (transport.sessionId === undefined) await transport.close();
      return response;
    } finally {
      this.#opening.delete(transport);
    }
  }

  async #serve(session: Session, request: Request, parsedBody: unknown): Promise<Response> {
    session.openExchanges++;
    let open = true;
    const done = (): void => {
      if (!open) return;
      open = false;
      session.openExchanges--;
      session.lastUsedMs = this.#clock.monotonicMs();
    };
    let response: Response;
    try {
      response = await session.transport.handleRequest(
        request,
        parsedBody === undefined ? {} : { parsedBody },
      );
    } catch (error) {
      done();
      throw error;
    }
    if (response.body === null) {
      done();
      return response;
    }
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

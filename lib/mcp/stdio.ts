/**
 * MCP over stdin and stdout. The connection ends when stdin does.
 *
 * @module
 */
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { McpServerFactory } from "@modelcontextprotocol/server";

/** A running stdio server. */
export interface StdioServer {
  /** Resolves when the client has closed its end (or {@link StdioServer.close} was called). */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Serves `factory` on stdin and stdout. */
export function serveOnStdio(
  factory: McpServerFactory,
  onError: (error: Error) => void,
): StdioServer {
  const transport = new StdioServerTransport();
  const handle = serveStdio(factory, { transport, onerror: onError });
  const closed = new Promise<void>((resolve) => {
    const inner = transport.onclose;
    transport.onclose = () => {
      inner?.();
      resolve();
    };
  });
  return { closed, close: () => handle.close() };
}

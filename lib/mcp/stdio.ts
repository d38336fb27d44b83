/**
 * MCP over stdin and stdout. The connection ends when stdin has, and what was asked is answered.
 *
 * @module
 */
import process from "node:process";
import { PassThrough } from "node:stream";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { McpServerFactory } from "@modelcontextprotocol/server";

/** A running stdio server. */
export interface StdioServer {
  /** Resolves when the client has closed its end (or {@link StdioServer.close} was called). */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves `factory` on stdin and stdout. When the client closes its end, what it has asked is still
 * answered: the connection closes when `settled` resolves.
 */
export function serveOnStdio(
  factory: McpServerFactory,
  settled: () => Promise<void>,
  onError: (error: Error) => void,
): StdioServer {
  // The transport closes with its input, and could then not answer; so its input ends later.
  const input = new PassThrough();
  process.stdin.pipe(input, { end: false });
  const onEnd = (): void => {
    settled().finally(() => input.end());
  };
  process.stdin.once("end", onEnd);
  process.stdin.once("error", onEnd);

  const transport = new StdioServerTransport(input);
  const handle = serveStdio(factory, { transport, onerror: onError });
  const closed = new Promise<void>((resolve) => {
    const inner = transport.onclose;
    transport.onclose = () => {
      inner?.();
      resolve();
    };
  });
  return {
    closed,
    close: async () => {
      process.stdin.unpipe(input);
      process.stdin.off("end", onEnd).off("error", onEnd).pause();
      await handle.close();
    },
  };
}

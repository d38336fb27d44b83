/**
 * The command `serve`: MCP on stdio or HTTP until the client, or the system, says that it is over.
 *
 * @module
 */
import { onTermination } from "../io/os_signals.ts";
import descriptions from "../../tools/descriptions.json" with { type: "json" };
import type { ToolCard } from "../mcp/define_tool.ts";
import type { ToolDescription } from "../mcp/describe_tool.ts";
import { Bug } from "../errors/mod.ts";
import { escapeText } from "../mcp/escape.ts";
import { createServerFactory } from "../mcp/server.ts";
import { serveOnStdio } from "../mcp/stdio.ts";
import type { Engine } from "./boot.ts";
import { complain } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** The process ends this long after it was asked to, whatever is still open, milliseconds. */
const STOP_WITHIN_MS = 4_500;
/** What was asked before stdin ended may still be answered for this long, milliseconds. */
const ANSWER_WITHIN_MS = 2_500;
/**
 * A client may start a server first only to ask for its version, and end it at once (the SDK's does,
 * where it chooses the revision): that one dials nobody, unless a call asks for the speaker.
 */
const TRIAL_MS = 1_500;
/** How often idle HTTP sessions are looked for, milliseconds. */
const SWEEP_MS = 15_000;

/** Longest complaint about a client's message; a schema's whole tree helps nobody. */
const MAX_COMPLAINT_CHARS = 300;

function reportError(error: Error): void {
  // The message may quote what a client sent.
  complain(`netglass: ${escapeText(error.message, MAX_COMPLAINT_CHARS)}`);
}

/** Serves until stdin ends (stdio), SIGTERM or SIGINT; then stops everything. Resolves with the exit code. */
export async function serve(engine: Engine, listen: string | null): Promise<number> {
  const factory = createServerFactory({
    version: VERSION,
    descriptions: descriptionsOf(engine.tools),
    pipeline: engine.pipeline,
  });
  const over = Promise.withResolvers<string>();
  const unlisten = onTermination(() => over.resolve("netglass: the system ended the server"));
  const face = listen === null
    ? stdioFace(engine, factory, () => over.resolve("netglass: the client closed its connection"))
    : await httpFace(engine, factory, listen);
  // A session takes seconds to come up: nobody waits for it.
  const mayDial = listen === null ? outlasts(TRIAL_MS, over.promise) : Promise.resolve(true);
  engine.openSpeaker(mayDial).catch(reportError);
  const reason = await over.promise;

  unlisten();
  const hurry = setTimeout(() => {
    complain("netglass: not everything stopped in time");
    Deno.exit(0);
  }, STOP_WITHIN_MS);
  await engine.stop(reason);
  await face.close();
  clearTimeout(hurry);
  return 0;
}

/** True after so many milliseconds, false as soon as it is over before. */
function outlasts(ms: number, over: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), ms);
  over.then(() => {
    clearTimeout(timer);
    resolve(false);
  });
  return promise;
}

/** The reviewed descriptions: making them anew from the schemas would cost a tenth of a cold start. */
function descriptionsOf(tools: readonly ToolCard[]): readonly ToolDescription[] {
  const reviewed = descriptions as Readonly<Record<string, ToolDescription | undefined>>;
  return tools.map((tool) => {
    const description = reviewed[tool.name];
    if (description === undefined) {
      throw new Bug(new Error(`tools/descriptions.json lacks "${tool.name}": run deno task gen`));
    }
    return description;
  });
}

type Factory = ReturnType<typeof createServerFactory>;

function stdioFace(
  engine: Engine,
  factory: Factory,
  onClosed: () => void,
): { close(): Promise<void> } {
  const server = serveOnStdio(
    factory,
    () => engine.pipeline.settled(ANSWER_WITHIN_MS),
    reportError,
  );
  server.closed.then(onClosed);
  return server;
}

async function httpFace(
  engine: Engine,
  factory: Factory,
  listen: string,
): Promise<{ close(): Promise<void> }> {
  // Loaded here: on stdio, where a cold start counts, nothing of it is needed.
  const { createHttpFace, MCP_PATH } = await import("../mcp/http.ts");
  const { serveHttp } = await import("../io/serve.ts");
  const { hostname, port } = splitListen(listen);
  const face = createHttpFace(
    factory,
    engine.loaded.config.http,
    hostname,
    engine.io.clock,
    { onError: reportError, onSessionEnd: engine.endSession },
  );
  const stop = new AbortController();
  const server = serveHttp({ hostname, port, signal: stop.signal, handler: face.handle });
  const sweeping = setInterval(face.sweep, SWEEP_MS);
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  complain(`netglass: serving MCP at http://${host}:${server.addr.port}${MCP_PATH}`);
  return {
    close: async () => {
      clearInterval(sweeping);
      await face.close();
      stop.abort();
      await server.finished;
    },
  };
}

/** Splits what `http.listen` has checked already. */
function splitListen(text: string): { hostname: string; port: number } {
  const at = text.lastIndexOf(":");
  return {
    hostname: text.slice(0, at).replace(/^\[|\]$/g, ""),
    port: Number(text.slice(at + 1)),
  };
}

/**
 * From a parsed command to its exit code.
 *
 * @module
 */
import { asNetglassError, Bug, InputError } from "../errors/mod.ts";
import { renderError } from "../mcp/render_error.ts";
import { toolCards } from "../../tools/cards.ts";
import type { Command } from "./args.ts";
import { type Engine, logBug, prepare, type Setting, start, WiderPermissions } from "./boot.ts";
import { EXIT } from "./exit.ts";
import { complain, print } from "./terminal.ts";
import { VERSION } from "./version.ts";
import type { LaunchFacts } from "../policy/permissions.ts";

/** Most reasons for a refusal that are spelled out. */
const MAX_WIDER_LINES = 10;

type Configured = Extract<Command, { readonly common: unknown }>;

/** Runs `command`; `mainModule` is the URL of `main.ts`. */
export async function run(
  command: Exclude<Command, { name: "help" }>,
  mainModule: string,
): Promise<number> {
  if (command.name === "version") {
    print(`netglass ${VERSION} (deno ${Deno.version.deno})`);
    return EXIT.ok;
  }
  try {
    return await runConfigured(command, mainModule);
  } catch (thrown) {
    const error = asNetglassError(thrown);
    complain(`netglass: ${renderError(error)}`);
    if (error instanceof Bug) logBug(error);
    return error instanceof InputError ? EXIT.usage : EXIT.toolError;
  }
}

function launchOf(command: Configured): LaunchFacts {
  switch (command.name) {
    case "serve":
      return served(command.http);
    case "permissions":
      return { ...served(command.http), isCompiled: command.format === "compile" };
    case "call":
    case "doctor":
      return { transport: "call" };
    default:
      return { transport: "stdio" };
  }
}

function served(http: string | null): LaunchFacts {
  return http === null ? { transport: "stdio" } : { transport: "http", listen: http };
}

async function runConfigured(command: Configured, mainModule: string): Promise<number> {
  const setting = await prepare(command.common, toolCards, launchOf(command));
  if (command.name === "serve") return await runEngine(command, setting, mainModule);
  // Loaded here: a server that is started does without.
  const commands = await import("./commands.ts");
  switch (command.name) {
    case "tools":
      return await commands.listTools(setting.tools, command.json);
    case "permissions":
      return commands.permissions(setting, command.format, command, mainModule);
    case "init":
      return await commands.init(setting, command.out, command.force, command, mainModule);
    case "audit": {
      const path = command.path ?? setting.loaded.config.audit.path;
      if (path === null) {
        throw new InputError(
          "config",
          "Cannot verify the audit record: it is kept in memory only",
          {
            hint: "Set audit.path to a directory, or give --path DIR.",
          },
        );
      }
      return await commands.auditVerify(path, command.json);
    }
    case "call":
    case "doctor":
      return await runEngine(command, setting, mainModule);
  }
}

async function runEngine(
  command: Extract<Configured, { name: "serve" | "call" | "doctor" }>,
  setting: Setting,
  mainModule: string,
): Promise<number> {
  let engine: Engine;
  try {
    engine = await start(setting, command.common.acceptWiderPermissions);
  } catch (error) {
    if (!(error instanceof WiderPermissions)) throw error;
    const { rightCommand } = await import("./commands.ts");
    complain(
      `netglass: ${error.message}:\n${listed(error.wider)}\n` +
        `Start it with:\n  ${rightCommand(setting, command, mainModule)}\n` +
        "or insist with --accept-wider-permissions.",
    );
    return EXIT.usage;
  }
  if (command.name === "serve") {
    const { serve } = await import("./serve.ts");
    return await serve(engine, setting.loaded.config.http.listen);
  }
  try {
    const { call, doctor } = await import("./commands.ts");
    return command.name === "call"
      ? await call(engine, command.tool, command.args, command.pretty)
      : await doctor(engine);
  } finally {
    await engine.stop("netglass: the command is over");
  }
}

/** The first lines of a list; the rest is counted. */
function listed(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_WIDER_LINES).map((line) => `  - ${line}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`  - and ${more} more`] : [])].join("\n");
}

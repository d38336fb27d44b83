/**
 * From a parsed command to its exit code.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { allTools } from "../../tools/mod.ts";
import type { Command } from "./args.ts";
import { type Engine, prepare, type Setting, start, WiderPermissions } from "./boot.ts";
import {
  auditVerify,
  call,
  complainOf,
  doctor,
  EXIT,
  init,
  listTools,
  permissions,
  rightCommand,
  version,
} from "./commands.ts";
import { serve } from "./serve.ts";
import { complain } from "./terminal.ts";
import type { LaunchFacts } from "../policy/permissions.ts";

/** Most reasons for a refusal that are spelled out. */
const MAX_WIDER_LINES = 10;

type Configured = Extract<Command, { readonly common: unknown }>;

/** Runs `command`; `mainModule` is the URL of `main.ts`. */
export async function run(
  command: Exclude<Command, { name: "help" }>,
  mainModule: string,
): Promise<number> {
  if (command.name === "version") return version();
  try {
    return await runConfigured(command, mainModule);
  } catch (error) {
    const { code } = complainOf(error);
    return code.startsWith("input.") ? EXIT.usage : EXIT.toolError;
  }
}

function launchOf(command: Configured): LaunchFacts {
  switch (command.name) {
    case "serve":
    case "permissions":
      return command.http === null ? { transport: "stdio" } : {
        transport: "http",
        listen: command.http,
      };
    case "call":
    case "doctor":
      return { transport: "call" };
    default:
      return { transport: "stdio" };
  }
}

async function runConfigured(command: Configured, mainModule: string): Promise<number> {
  const setting = await prepare(command.common, allTools, launchOf(command));
  switch (command.name) {
    case "tools":
      return listTools(setting.tools, command.json);
    case "permissions":
      return permissions(setting, command.format, command, mainModule);
    case "init":
      return await init(setting, command.out, command.force, command, mainModule);
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
      return await auditVerify(path, command.json);
    }
    case "serve":
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
    complain(
      `netglass: ${error.message}:\n${listed(error.wider)}\n` +
        `Start it with:\n  ${rightCommand(setting, command, mainModule)}\n` +
        "or insist with --accept-wider-permissions.",
    );
    return EXIT.usage;
  }
  if (command.name === "serve") {
    return await serve(engine, command.http ?? setting.loaded.config.http.listen);
  }
  try {
    return command.name === "call"
      ? await call(engine, command.tool, command.args, command.pretty)
      : await doctor(engine);
  } finally {
    await engine.stop();
  }
}

/** The first lines of a list; the rest is counted. */
function listed(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_WIDER_LINES).map((line) => `  - ${line}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`  - and ${more} more`] : [])].join("\n");
}

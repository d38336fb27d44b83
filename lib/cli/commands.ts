/**
 * The commands beside `serve`: one function each, answering with an exit code.
 *
 * @module
 */
import { openAuditReader } from "../audit/audit_log.ts";
import { Unavailable } from "../errors/mod.ts";
import { readEnv } from "../io/env.ts";
import { files } from "../io/files.ts";
import { onTermination } from "../io/os_signals.ts";
import type { ToolCard } from "../mcp/define_tool.ts";
import { describeTool } from "../mcp/describe_tool.ts";
import { errorAsJson, renderError } from "../mcp/render_error.ts";
import { type PermissionFormat, renderPermissions } from "../policy/permission_formats.ts";
import type { Command } from "./args.ts";
import { type Engine, type Setting, thisPlatform } from "./boot.ts";
import { EXIT } from "./exit.ts";
import { LOADED_BY_URL } from "./loaded_by_url.ts";
import { renderPretty, renderTable } from "./pretty.ts";
import { complain, print } from "./terminal.ts";

/**
 * Runs one tool as a client would and prints what it answers; SIGTERM and SIGINT cancel it, so that
 * no child is left behind and what is known so far is printed.
 */
export async function call(
  engine: Engine,
  name: string,
  argsText: string,
  pretty: boolean,
): Promise<number> {
  let args: unknown;
  try {
    args = JSON.parse(argsText);
  } catch (error) {
    complain(
      `netglass: the arguments are not JSON (${error instanceof Error ? error.message : error}); ` +
        `wanted for example '{"target":"192.0.2.1"}'`,
    );
    return EXIT.usage;
  }
  const cancel = new AbortController();
  const unlisten = onTermination(() => cancel.abort());
  const outcome = await engine.pipeline.call({
    name,
    args,
    signal: cancel.signal,
    onProgress: ({ message }) => {
      if (pretty && message !== undefined) complain(`… ${message}`);
    },
  });
  unlisten();
  if (outcome.ok) {
    print(pretty ? renderPretty(outcome.structured) : JSON.stringify(outcome.structured));
    return EXIT.ok;
  }
  if (pretty) complain(renderError(outcome.error));
  else print(JSON.stringify({ error: errorAsJson(outcome.error) }));
  return outcome.error.code === "input.tool" ? EXIT.usage : EXIT.toolError;
}

/** Lists the enabled tools. */
export async function listTools(cards: readonly ToolCard[], json: boolean): Promise<number> {
  const tools = await Promise.all(cards.map((card) => card.load()));
  print(
    json ? JSON.stringify(tools.map(describeTool), null, 2) : renderTable(
      tools.map(({ name, toolset, title }) => ({ name, toolset, title })),
    ),
  );
  return EXIT.ok;
}

/** How the server would be started again with the switches of this command line. */
function launchArgs(command: Command, setting: Setting): string[] {
  if (!("common" in command)) return [];
  const { toolsets, tools, excludeTools, readOnly } = command.common;
  const listen = setting.launch.listen ?? null;
  const config = namedFile(command.common.config, setting);
  return [
    ...(listen === null ? [] : ["serve", "--http", listen]),
    ...(config === null ? [] : ["--config", config]),
    ...(toolsets === null ? [] : ["--toolsets", toolsets.join(",")]),
    ...(tools === null ? [] : ["--tools", tools.join(",")]),
    ...(excludeTools === null ? [] : ["--exclude-tools", excludeTools.join(",")]),
    ...(readOnly ? ["--read-only"] : []),
  ];
}

/** The configuration file that was named, absolute: what runs the result has another environment. */
function namedFile(config: string | null, setting: Setting): string | null {
  if (config !== null) return absolute(config);
  return readEnv("NETGLASS_CONFIG") ? setting.loaded.files[0] ?? null : null;
}

/** What the permissions follow and the printed command or entry does not carry. */
function environmentComments({ loaded }: Setting): readonly string[] {
  const names = Object.values(loaded.sources).flatMap((source) =>
    source.kind === "env" ? [source.name] : []
  );
  if (names.length === 0) return [];
  return [
    `These permissions follow ${names.sort().join(", ")} of this environment: set the same where ` +
    "the server is started, or put the values into the configuration file.",
  ];
}

function absolute(path: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(path) ? path : `${Deno.cwd()}/${path.replace(/^\.\//, "")}`;
}

function render(
  setting: Setting,
  format: PermissionFormat,
  command: Command,
  mainModule: string,
): { text: string; comments: readonly string[] } {
  if (format === "mcp" && setting.launch.transport === "http") {
    return httpEntry(setting, command, mainModule);
  }
  const { text, comments } = renderPermissions(setting.permissions, format, {
    entry: placeOf(mainModule),
    include: LOADED_BY_URL.map((path) => placeOf(new URL(path, mainModule).href)),
    args: launchArgs(command, setting),
    shell: thisPlatform() === "windows" ? "windows" : "posix",
    cachedOnly: format === "mcp",
  });
  return { text, comments: [...comments, ...environmentComments(setting)] };
}

/** The client entry of a server that runs by itself: where it is, not how it starts. */
function httpEntry(
  setting: Setting,
  command: Command,
  mainModule: string,
): { text: string; comments: readonly string[] } {
  const { listen, tokens } = setting.loaded.config.http;
  const netglass = {
    type: "http",
    url: `http://${listen}/mcp`,
    ...(tokens.length > 0 ? { headers: { Authorization: "Bearer ONE_OF_HTTP_TOKENS" } } : {}),
  };
  return {
    text: JSON.stringify({ mcpServers: { netglass } }, null, 2),
    comments: [`Start the server with: ${rightCommand(setting, command, mainModule)}`],
  };
}

function placeOf(module: string): string {
  return module.startsWith("file:") ? filePath(module) : module;
}

function filePath(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return thisPlatform() === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
}

/** Prints the permissions; what no flag can express goes to stderr as comments. */
export function permissions(
  setting: Setting,
  format: PermissionFormat,
  command: Command,
  mainModule: string,
): number {
  const { text, comments } = render(setting, format, command, mainModule);
  for (const comment of comments) complain(`# ${comment}`);
  print(text);
  return EXIT.ok;
}

/** The same command with exactly the derived permissions. */
export function rightCommand(setting: Setting, command: Command, mainModule: string): string {
  const { text } = render(setting, "flags", command, mainModule);
  const own = command.name === "call"
    ? ["call", command.tool, command.args, ...(command.pretty ? ["--pretty"] : [])]
    : command.name === "doctor"
    ? ["doctor"]
    : [];
  const words = [filePath(mainModule), ...own, ...launchArgs(command, setting)];
  return ["deno run", text, ...words.map(quoted)].join(" ");
}

/** One word for a shell; JSON goes in single quotes, which PowerShell takes as well. */
function quoted(word: string): string {
  const isWindows = thisPlatform() === "windows";
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(word)) return word;
  if (isWindows && !word.includes('"')) return `"${word}"`;
  return `'${word.replaceAll("'", isWindows ? "''" : `'\\''`)}'`;
}

/**
 * Writes the client entry and the permission set.
 *
 * @throws {Unavailable} `env.file_exists` without `force`
 */
export async function init(
  setting: Setting,
  out: string,
  force: boolean,
  command: Command,
  mainModule: string,
): Promise<number> {
  const targets = [
    { file: `${out}/netglass.mcp.json`, format: "mcp" },
    { file: `${out}/netglass.deno.json`, format: "deno-json" },
  ] as const;
  for (const { file, format } of targets) {
    const { text, comments } = render(setting, format, command, mainModule);
    await writeNew(file, `${text}\n`, force);
    print(`wrote ${file}`);
    if (format === "mcp") { for (const comment of comments) complain(`# ${comment}`); }
  }
  print("Paste netglass.mcp.json into the configuration of your MCP client.");
  return EXIT.ok;
}

async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  try {
    await files.writeText(file, text, { overwrite: force });
  } catch (error) {
    if (!(error instanceof Unavailable && error.code === "env.file_exists")) throw error;
    throw new Unavailable("file_exists", `Cannot write "${file}": it exists already`, {
      hint: "Give --force to overwrite it, or --out DIR to write elsewhere.",
      cause: error,
    });
  }
}

/** Says what works here: the `capabilities` tool for a person. */
export async function doctor(engine: Engine): Promise<number> {
  return await call(engine, "capabilities", "{}", true);
}

/** Verifies the audit record in `path`. */
export async function auditVerify(path: string, json: boolean): Promise<number> {
  const verdict = await (await openAuditReader(path, files)).verify();
  print(
    json
      ? JSON.stringify(verdict)
      : verdict.ok && verdict.records === 0
      ? `There is no audit record in "${path}"`
      : verdict.ok
      ? `The audit record is intact: ${verdict.records} records, ${verdict.torn_lines} torn lines`
      : `The audit record is broken at record ${verdict.broken_at}: ${verdict.reason}`,
  );
  return verdict.ok ? EXIT.ok : EXIT.toolError;
}

/**
 * The commands beside `serve`: one function each, answering with an exit code.
 *
 * @module
 */
import { openAuditReader } from "../audit/audit_log.ts";
import { files } from "../io/files.ts";
import type { Tool } from "../mcp/define_tool.ts";
import { describeTool } from "../mcp/describe_tool.ts";
import { errorAsJson, renderError } from "../mcp/render_error.ts";
import { type PermissionFormat, renderPermissions } from "../policy/permission_formats.ts";
import type { Command } from "./args.ts";
import { type Engine, type Setting, thisPlatform } from "./boot.ts";
import { EXIT } from "./exit.ts";
import { renderPretty, renderTable } from "./pretty.ts";
import { complain, print } from "./terminal.ts";

/** Runs one tool as a client would and prints what it answers. */
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
  const outcome = await engine.pipeline.call({
    name,
    args,
    signal: new AbortController().signal,
    onProgress: ({ message }) => {
      if (pretty && message !== undefined) complain(`… ${message}`);
    },
  });
  if (outcome.ok) {
    print(pretty ? renderPretty(outcome.structured) : JSON.stringify(outcome.structured));
    return EXIT.ok;
  }
  if (pretty) complain(renderError(outcome.error));
  else print(JSON.stringify({ error: errorAsJson(outcome.error) }));
  return outcome.error.code === "input.tool" ? EXIT.usage : EXIT.toolError;
}

/** Lists the enabled tools. */
export function listTools(tools: readonly Tool[], json: boolean): number {
  print(
    json ? JSON.stringify(tools.map(describeTool), null, 2) : renderTable(
      tools.map(({ name, toolset, title }) => ({ name, toolset, title })),
    ),
  );
  return EXIT.ok;
}

/** How the server would be started again with the switches of this command line. */
function launchArgs(command: Command, listen: string | null): string[] {
  if (!("common" in command)) return [];
  const { config, toolsets, tools, excludeTools, readOnly } = command.common;
  return [
    ...(listen === null ? [] : ["serve", "--http", listen]),
    ...(config === null ? [] : ["--config", absolute(config)]),
    ...(toolsets === null ? [] : ["--toolsets", toolsets.join(",")]),
    ...(tools === null ? [] : ["--tools", tools.join(",")]),
    ...(excludeTools === null ? [] : ["--exclude-tools", excludeTools.join(",")]),
    ...(readOnly ? ["--read-only"] : []),
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
  return renderPermissions(setting.permissions, format, {
    entry: mainModule.startsWith("file:") ? filePath(mainModule) : mainModule,
    args: launchArgs(command, setting.launch.listen ?? null),
    shell: thisPlatform() === "windows" ? "windows" : "posix",
    cachedOnly: format === "mcp",
  });
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

/** The command line that would start this server with exactly the derived permissions. */
export function rightCommand(setting: Setting, command: Command, mainModule: string): string {
  const { text } = render(setting, "flags", command, mainModule);
  const args = launchArgs(command, setting.launch.listen ?? null);
  return ["deno run", text, filePath(mainModule), ...args].join(" ");
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
    await files.writeText(file, `${text}\n`, { overwrite: force });
    print(`wrote ${file}`);
    if (format === "mcp") { for (const comment of comments) complain(`# ${comment}`); }
  }
  print("Paste netglass.mcp.json into the configuration of your MCP client.");
  return EXIT.ok;
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
      : verdict.ok
      ? `The audit record is intact: ${verdict.records} records, ${verdict.torn_lines} torn lines`
      : `The audit record is broken at record ${verdict.broken_at}: ${verdict.reason}`,
  );
  return verdict.ok ? EXIT.ok : EXIT.toolError;
}

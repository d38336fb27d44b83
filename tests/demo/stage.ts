/**
 * What the sections of the demo stand on: saying, asking, stating facts, and a server under the
 * permission flags that it derives for itself.
 */
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { defaultConfig } from "../../lib/config/load.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const DENO = Deno.execPath();
const COLOR = Deno.stdout.isTerminal() && Deno.env.get("NO_COLOR") === undefined;

/** A JSON object. */
export type Json = Record<string, unknown>;

/** What came of a call: `error` or `data`. */
export interface Answer {
  readonly error: { code: string; message: string; hint: string; detail?: Json } | null;
  readonly data: Json;
}

/** Colors of what is said (ECMA-48 SGR). */
export const INK = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

let failures = 0;

/** How many facts did not hold. */
export function failureCount(): number {
  return failures;
}

export function paint(code: number, text: string): string {
  return COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;
}

export function say(text = ""): void {
  console.log(text);
}

/** Says lines that are not the point, so that they can be looked at. */
export function show(lines: readonly string[]): void {
  for (const line of lines) say(`   ${paint(INK.dim, line)}`);
}

export function heading(text: string): void {
  say(`\n${paint(INK.bold, text)}`);
}

/** States one fact that must hold for the demo to succeed. */
export function expect(holds: boolean, fact: string): void {
  if (!holds) failures++;
  say(`   ${holds ? paint(INK.green, "ok") : paint(INK.red, "NOT TRUE")}  ${fact}`);
}

/** Entries of `looking_glass.servers` that switch the public ones off. */
export function withoutPublicServers(): readonly Json[] {
  return defaultConfig().looking_glass.servers.filter(({ enabled }) => enabled)
    .map(({ name }) => ({ name, enabled: false }));
}

/** Runs a command of netglass and gives what it printed. */
export async function netglass(args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(DENO, {
    args: ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", MAIN, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!output.success) throw new Error(`netglass ${args.join(" ")} failed`);
  return new TextDecoder().decode(output.stdout).trim();
}

/** The arguments with which a client starts the server of this configuration, its flags among them. */
export async function serverArgs(configFile: string): Promise<readonly string[]> {
  const entry = JSON.parse(
    await netglass(["permissions", "--config", configFile, "--format", "mcp"]),
  ) as { mcpServers: { netglass: { args: string[] } } };
  return entry.mcpServers.netglass.args;
}

/** Starts the server as an MCP client starts it, and connects the official client; its end ends the server. */
export async function connect(args: readonly string[], folder: string): Promise<Client> {
  const transport = new StdioClientTransport({
    command: DENO,
    args: [...args],
    cwd: folder,
    env: Object.fromEntries(
      ["HOME", "PATH", "DENO_DIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SystemRoot"]
        .map((name) => [name, Deno.env.get(name)])
        .filter((pair): pair is [string, string] => pair[1] !== undefined),
    ),
    stderr: "inherit",
  });
  const client = new Client({ name: "netglass-demo", version: "1.0.0" }, {
    versionNegotiation: { mode: "auto" },
  });
  await client.connect(transport);
  return client;
}

/** Calls a tool, and says what was asked and what came of it. */
export async function ask(client: Client, tool: string, args: Json): Promise<Answer> {
  say(
    `\n ${paint(INK.cyan, "?")} ${paint(INK.bold, tool)} ${paint(INK.dim, JSON.stringify(args))}`,
  );
  const result = await client.callTool({ name: tool, arguments: args });
  const error = (result._meta?.["netglass/error"] ?? null) as Answer["error"];
  const data = (result.structuredContent ?? {}) as Json;
  if (error === null) {
    say(` ${paint(INK.green, "!")} ${String(data.summary)}`);
  } else {
    say(` ${paint(INK.yellow, "!")} ${error.message}`);
    show([`${error.code}: ${error.hint}`]);
  }
  return { error, data };
}

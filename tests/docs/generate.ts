/**
 * Writes the generated parts of README.md and deno.json, config.yaml, tools/cards.ts and tools/descriptions.json; `--check` only compares and exits 1 on drift.
 */
import { renderDefaultConfig } from "../../lib/config/shipped_yaml.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { describeTool } from "../../lib/mcp/describe_tool.ts";
import { selectTools } from "../../lib/mcp/toolsets.ts";
import { renderShippedMcpEntry, renderShippedPermissionSet } from "../../lib/policy/shipped.ts";
import { allTools } from "../../tools/mod.ts";
import { renderCards } from "./cards.ts";

const README = new URL("../../README.md", import.meta.url);
const DESCRIPTIONS = new URL("../../tools/descriptions.json", import.meta.url);
const CARDS = new URL("../../tools/cards.ts", import.meta.url);
const CONFIG = new URL("../../config.yaml", import.meta.url);
const DENO_JSON = new URL("../../deno.json", import.meta.url);

/** README text with the part between the markers of `name` replaced. */
export function replacePart(text: string, name: string, part: string): string {
  const marker = `<!-- generated: ${name} -->`;
  const start = text.indexOf(marker);
  const end = text.indexOf("<!-- end generated -->", start);
  if (start < 0 || end < 0) throw new Error(`README.md lacks the markers of "${name}"`);
  return `${text.slice(0, start + marker.length)}\n\n${part}\n\n${text.slice(end)}`;
}

/** By toolset, then by name. */
function toolTable(): string {
  const rows = allTools.toSorted((a, b) =>
    a.toolset < b.toolset ? -1 : a.toolset > b.toolset ? 1 : 0
  )
    .map((tool) => `| ${tool.toolset} | \`${tool.name}\` | ${tool.title} |`);
  return ["| Toolset | Tool | What it does |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The texts as they should be, by file. */
export async function generate(): Promise<ReadonlyMap<URL, string>> {
  const tools = selectTools(allTools, defaultConfig());
  let readme = await Deno.readTextFile(README);
  const entry = JSON.stringify(renderShippedMcpEntry(tools), null, 2);
  readme = replacePart(readme, "client entry", "```json\n" + entry + "\n```");
  readme = replacePart(readme, "tools", toolTable());
  const manifest = JSON.parse(await Deno.readTextFile(DENO_JSON)) as Record<string, unknown>;
  manifest.permissions = { default: renderShippedPermissionSet(tools) };
  const descriptions = Object.fromEntries(allTools.map((tool) => [tool.name, describeTool(tool)]));
  return new Map([
    [README, await format(readme, "md")],
    [DENO_JSON, await format(JSON.stringify(manifest), "json")],
    [CONFIG, renderDefaultConfig()],
    [CARDS, await format(renderCards(allTools), "ts")],
    [DESCRIPTIONS, await format(JSON.stringify(descriptions, null, 2), "json")],
  ]);
}

async function format(text: string, ext: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", ext, "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  let drifted = false;
  for (const [url, text] of await generate()) {
    const current = await Deno.readTextFile(url).catch(() => "");
    if (current === text) continue;
    drifted = true;
    if (check) console.error(`${url.pathname.split("/").at(-1)} is stale: run deno task gen`);
    else await Deno.writeTextFile(url, text);
  }
  if (check && drifted) Deno.exit(1);
}

/**
 * Writes the cards of the tools: what a launch must know of each, so that the tool itself is loaded
 * with its first call.
 *
 * @module
 */
import type { Config } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import * as offers from "../../lib/mcp/offered.ts";

/** A configuration that differs from the default wherever what tools need could depend on it. */
function otherConfig(): Config {
  const config = defaultConfig();
  return {
    ...config,
    read_only: !config.read_only,
    security: { ...config.security, network: "open" },
    pcap: { ...config.pcap, allowed_paths: ["/a", "/b"], export_path: "/c" },
    intel: { ...config.intel, public_ip: { services: [] } },
    audit: { path: "/d" },
    bgp: {
      ...config.bgp,
      enabled: true,
      originate: { ...config.bgp.originate, enabled: true },
    },
    tunnels: { ...config.tunnels, manage: true },
  };
}

/** The name of the function that says when a tool is offered, or null: it is the tool's own. */
function offerName(tool: Tool): string | null {
  return Object.entries(offers).find(([, offered]) => offered === tool.offered)?.[0] ?? null;
}

/** True if what a launch must know of a tool is the same under every configuration. */
function isConstant(tool: Tool): boolean {
  const isNamed = offerName(tool) !== null;
  const facts = (config: Config): string =>
    JSON.stringify([isNamed || tool.offered(config), tool.needs(config)]);
  return facts(defaultConfig()) === facts(otherConfig());
}

function exportName(tool: Tool): string {
  return tool.name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** An object of texts as source. */
function literalOf(need: object): string {
  const fields = Object.entries(need).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${fields.join(", ")} }`;
}

/** The text of `tools/cards.ts`. A tool that depends on the configuration is its own card. */
export function renderCards(tools: readonly Tool[]): string {
  const whole = tools.filter((tool) => !isConstant(tool));
  const path = (tool: Tool): string => `./${tool.toolset}/${tool.name}.ts`;
  const imports = whole.map((tool) => `import { ${exportName(tool)} } from "${path(tool)}";`);
  const named = new Set(
    tools.flatMap((tool) => whole.includes(tool) ? [] : offerName(tool) ?? []),
  );
  if (named.size > 0) {
    const names = [...named].sort().join(", ");
    imports.unshift(`import { ${names} } from "../lib/mcp/offered.ts";`);
  }
  const cards = tools.map((tool) => {
    if (whole.includes(tool)) return `${exportName(tool)},`;
    const needs = tool.needs(defaultConfig()).map((need) => `${literalOf(need)},`);
    return `{
      name: ${JSON.stringify(tool.name)},
      toolset: ${JSON.stringify(tool.toolset)},
      effect: ${JSON.stringify(tool.effect)},
      takesBack: ${tool.takesBack},
      aliases: ${JSON.stringify(tool.aliases)},
      offered: ${offerName(tool) ?? "() => true"},
      needs: () => [
        ${needs.join("\n")}
      ],
      load: () => load("${path(tool)}", "${exportName(tool)}"),
    },`;
  });
  return `/**
 * What a launch must know of every tool, sorted by name. Generated from the tools by
 * \`deno task gen\`: change the tools, not this file.
 *
 * @module
 */
import { loadModule } from "../lib/io/own_modules.ts";
import type { Tool, ToolCard } from "../lib/mcp/define_tool.ts";
${imports.join("\n")}

async function load(path: string, name: string): Promise<Tool> {
  const module = await loadModule(new URL(path, import.meta.url));
  return (module as Readonly<Record<string, Tool>>)[name] as Tool;
}

/** The cards of all tools. */
export const toolCards: readonly ToolCard[] = [
${cards.join("\n")}
];
`;
}

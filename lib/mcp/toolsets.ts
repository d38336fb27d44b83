/**
 * Which tools a launch offers. Precedence, highest first: `read_only` > `exclude_tools` > `tools` >
 * `toolsets` > the default set; what takes something back comes with what changes it. The outcome is
 * fixed for the life of the process and sorted by name.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { InputError } from "../errors/mod.ts";
import type { ToolCard } from "./define_tool.ts";

/** Presets, by name: tool names (slim) or toolset names. `all` stands for every toolset. */
const PRESETS: Readonly<Record<string, readonly string[]>> = {
  default: ["capture", "connectivity", "looking_glass", "meta"],
};

/** The few tools of the preset `slim`. */
const SLIM: readonly string[] = ["capabilities", "dns_lookup", "ping", "port_check", "traceroute"];

function byName(a: ToolCard, b: ToolCard): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function isChange({ effect, takesBack }: ToolCard): boolean {
  return (effect === "change" || effect === "destroy") && !takesBack;
}

function refuseUnknown(
  key: string,
  wanted: readonly string[],
  known: readonly string[],
): void {
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new InputError(
      "config",
      `Cannot use ${key}: unknown ${unknown.map((name) => `"${name}"`).join(", ")}`,
      { hint: `Known: ${known.join(", ")}.` },
    );
  }
}

/**
 * The tools that a configuration enables, sorted by name.
 *
 * @throws {InputError} `input.config` for a toolset or tool that does not exist
 */
export function selectTools<T extends ToolCard>(all: readonly T[], config: Config): readonly T[] {
  const names = all.map((tool) => tool.name).sort();
  const toolsets = [...new Set(all.map((tool) => tool.toolset))].sort();
  refuseUnknown("toolsets", config.toolsets, ["slim", "default", "all", ...toolsets]);
  refuseUnknown("tools", config.tools ?? [], names);
  refuseUnknown("exclude_tools", config.exclude_tools, names);

  const inToolsets = (tool: T): boolean =>
    config.toolsets.some((name) =>
      name === "all" || name === tool.toolset ||
      (name === "slim" ? SLIM.includes(tool.name) : PRESETS[name]?.includes(tool.toolset) === true)
    );
  const chosen = all
    .filter((tool) => config.tools?.includes(tool.name) ?? inToolsets(tool))
    .filter((tool) => !config.exclude_tools.includes(tool.name) && tool.offered(config))
    .filter((tool) => !config.read_only || tool.effect === "observe" || tool.takesBack);
  // Nobody can be offered to put something out there and not to take it back.
  const changed = new Set(chosen.filter(isChange).map(({ toolset }) => toolset));
  const missing = all.filter((tool) =>
    tool.takesBack && changed.has(tool.toolset) && tool.offered(config) && !chosen.includes(tool)
  );
  return [...chosen, ...missing].sort(byName);
}

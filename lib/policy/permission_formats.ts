/**
 * A permission set as text: command-line flags, JSON with reasons, the `permissions` of a
 * `deno.json`, an MCP client entry, or a compile command.
 *
 * @module
 */
import type { Grant, PermissionSet } from "./permission_set.ts";

/** The formats of `netglass permissions --format`. */
export const PERMISSION_FORMATS = ["flags", "json", "deno-json", "mcp", "compile"] as const;

/** One of {@link PERMISSION_FORMATS}. */
export type PermissionFormat = typeof PERMISSION_FORMATS[number];

/** How the server is started with the permissions. */
export interface LaunchOptions {
  /** The module to run: a path or a specifier. */
  readonly entry: string;
  /** Arguments after the module. */
  readonly args?: readonly string[];
  /** Whose quoting the one-line formats follow. Default `posix`. */
  readonly shell?: "posix" | "windows";
  /** Adds `--cached-only`: modules come from the cache or not at all. */
  readonly cachedOnly?: boolean;
  /** Modules that `compile` would not find by itself. */
  readonly include?: readonly string[];
  /** The file that `compile` writes. Default `netglass`. */
  readonly output?: string;
}

/** A rendered set: the text for stdout, and what a person must know beside it. */
export interface RenderedPermissions {
  readonly text: string;
  /** One sentence each; never part of `text`, which stays pasteable. */
  readonly comments: readonly string[];
}

/** Renders a set in one of the formats. */
export function renderPermissions(
  set: PermissionSet,
  format: PermissionFormat,
  launch: LaunchOptions,
): RenderedPermissions {
  const { flags, comments } = permissionFlags(set);
  const quote = launch.shell === "windows" ? quoteWindows : quotePosix;
  const line = (words: readonly string[]): string => words.map(quote).join(" ");
  const args = launch.args ?? [];
  switch (format) {
    case "flags":
      return { text: line(flags), comments };
    case "json":
      return { text: JSON.stringify(set, null, 2), comments: set.comments };
    case "deno-json":
      return {
        text: JSON.stringify(denoJson(set), null, 2),
        comments: set.comments,
      };
    case "mcp":
      return { text: JSON.stringify(mcpEntry(flags, launch), null, 2), comments };
    case "compile": {
      const output = launch.output ?? "netglass";
      return {
        text: line([
          "deno",
          "compile",
          ...flags,
          ...(launch.include ?? []).flatMap((module) => ["--include", module]),
          "--output",
          output,
          launch.entry,
          ...args,
        ]),
        comments,
      };
    }
  }
}

/**
 * The flags as separate arguments, without shell quoting, `--no-prompt` first. A list in a flag is
 * cut at commas and Deno 2.9 knows no escape for them, so a path with one is left out and said.
 */
export function permissionFlags(
  set: PermissionSet,
): { readonly flags: readonly string[]; readonly comments: readonly string[] } {
  const comments = [...set.comments];
  const flags = ["--no-prompt"];
  const add = (flag: string, grants: readonly Grant[]): void => {
    const values = grants.map(({ value }) => value);
    const fitting = values.filter((value) => !value.includes(","));
    for (const value of values.filter((value) => value.includes(","))) {
      comments.push(
        `"${value}" has a comma, which ${flag} cannot hold: use the deno-json format or rename it.`,
      );
    }
    if (fitting.length > 0) flags.push(`${flag}=${fitting.join(",")}`);
  };
  if (set.net.allow === "any") flags.push("--allow-net");
  else add("--allow-net", set.net.allow);
  add("--deny-net", set.net.deny);
  add("--allow-run", set.run);
  add("--allow-read", set.read);
  add("--allow-write", set.write);
  add("--allow-env", set.env);
  add("--allow-sys", set.sys);
  add("--allow-import", set.import);
  for (const { value } of set.unstable) flags.push(`--unstable-${value}`);
  return { flags, comments };
}

/** One permission set of a `deno.json`: lists by kind, kinds without an entry left out. */
export type DenoJsonPermissions = Readonly<
  Record<
    string,
    readonly string[] | {
      readonly allow: readonly string[] | true;
      readonly deny: readonly string[];
    }
  >
>;

/** The parts of a `deno.json` that grant the set. */
function denoJson(set: PermissionSet) {
  const unstable = set.unstable.map(({ value }) => value);
  return {
    permissions: { default: denoJsonPermissions(set) },
    ...(unstable.length > 0 ? { unstable } : {}),
  };
}

/** The set as the value of `permissions.default` in a `deno.json`. */
export function denoJsonPermissions(set: PermissionSet): DenoJsonPermissions {
  const values = (grants: readonly Grant[]): readonly string[] => grants.map(({ value }) => value);
  const lists = {
    run: set.run,
    read: set.read,
    write: set.write,
    env: set.env,
    sys: set.sys,
    import: set.import,
  };
  return {
    net: {
      allow: set.net.allow === "any" ? true : values(set.net.allow),
      deny: values(set.net.deny),
    },
    ...Object.fromEntries(
      Object.entries(lists)
        .filter(([, grants]) => grants.length > 0)
        .map(([kind, grants]) => [kind, values(grants)]),
    ),
  };
}

/** The entry of an MCP client's configuration. */
export interface McpEntry {
  readonly mcpServers: {
    readonly netglass: { readonly command: string; readonly args: readonly string[] };
  };
}

/** Renders the entry that starts the server with these flags. */
export function mcpEntry(flags: readonly string[], launch: LaunchOptions): McpEntry {
  return {
    mcpServers: {
      netglass: {
        command: "deno",
        args: [
          "run",
          ...launch.cachedOnly === true ? ["--cached-only"] : [],
          ...flags,
          launch.entry,
          ...launch.args ?? [],
        ],
      },
    },
  };
}

/** Single quotes around what a POSIX shell would touch. */
function quotePosix(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Double quotes around what cmd or PowerShell would split; Windows paths hold no double quote. */
function quoteWindows(word: string): string {
  return /^[A-Za-z0-9_@+=:,./\\-]+$/.test(word) ? word : `"${word}"`;
}

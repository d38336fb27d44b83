/**
 * Paths of the configuration: `~`, relative paths, the folders where a file is looked for, and
 * whether one directory holds another. Text only; nothing is read.
 *
 * @module
 */
import { posix, win32 } from "node:path";
import type { Platform } from "./env.ts";

/** `node:path` of a platform. */
export function pathRules(platform: Platform): typeof posix {
  return platform === "windows" ? win32 : posix;
}

/** An absolute path: `~` is `home`, a relative one starts at `folder`. Null: `~` without a home. */
export function absolutePath(
  text: string,
  where: { readonly platform: Platform; readonly home: string | null; readonly folder: string },
): string | null {
  const rules = pathRules(where.platform);
  if (/^~($|[/\\])/.test(text)) {
    return where.home === null ? null : rules.resolve(where.home, `.${text.slice(1)}`);
  }
  return rules.resolve(where.folder, text);
}

/** True if `inner` is `outer` or lies beneath it, by their text. */
export function isInside(inner: string, outer: string, platform: Platform): boolean {
  const relative = pathRules(platform).relative(outer, inner);
  return relative === "" ||
    (relative !== ".." && !/^\.\.[/\\]/.test(relative) &&
      !pathRules(platform).isAbsolute(relative));
}

/** Where a user's own `config.yaml` may be, in the order that they are looked at. */
export function userConfigPaths(
  platform: Platform,
  home: string | null,
  env: (name: string) => string | undefined,
): readonly string[] {
  const rules = pathRules(platform);
  const folders: (string | undefined)[] = platform === "windows"
    ? [env("APPDATA") || undefined]
    : [env("XDG_CONFIG_HOME") || undefined];
  if (home !== null && platform !== "windows") {
    folders.push(rules.join(home, ".config"));
    if (platform === "darwin") folders.push(rules.join(home, "Library", "Application Support"));
  }
  const paths = folders
    // The XDG base directory specification says to ignore a relative path.
    .filter((folder) => folder !== undefined && rules.isAbsolute(folder))
    .map((folder) => rules.join(folder ?? "", "netglass", "config.yaml"));
  return [...new Set(paths)];
}

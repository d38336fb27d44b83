/**
 * The environment as a source of configuration: the names that are read, and the text of a variable
 * as the value of its key.
 *
 * @module
 */
import { envNameOf, type KeyRow } from "./row.ts";
import { configKeys } from "./schema.ts";

/** The platforms whose conventions for a user's folders are known. */
export type Platform = "linux" | "darwin" | "windows";

/** Names that say where the user's folders are. */
const folderNames: Readonly<Record<Platform, readonly string[]>> = {
  linux: ["HOME", "XDG_CONFIG_HOME"],
  darwin: ["HOME", "XDG_CONFIG_HOME"],
  windows: ["USERPROFILE", "APPDATA"],
};

/** Every environment name that loading reads on this platform, sorted; `--allow-env` is exactly these. */
export function configEnvNames(platform: Platform): readonly string[] {
  return [
    ...folderNames[platform],
    "NETGLASS_CONFIG",
    ...configKeys.flatMap((row) => [envNameOf(row), ...row.aliases ?? []]),
  ].sort();
}

/** The user's home directory, or null if the environment does not say. */
export function homeOf(
  platform: Platform,
  env: (name: string) => string | undefined,
): string | null {
  return env(platform === "windows" ? "USERPROFILE" : "HOME") || null;
}

/**
 * The text of a variable as the type of `row`: words for booleans, commas between list entries,
 * JSON for records, `null` for no value. What does not fit stays text, for the check to refuse.
 */
export function parseEnvText(row: KeyRow, text: string): unknown {
  const trimmed = text.trim();
  switch (row.type) {
    case "boolean":
      // The seed reads true, 1 and yes; the opposites are needed because ours has keys that are on.
      if (/^(true|1|yes|on)$/i.test(trimmed)) return true;
      if (/^(false|0|no|off)$/i.test(trimmed)) return false;
      return trimmed;
    case "integer":
      return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
    case "enum":
      return trimmed;
    case "text":
      return trimmed === "null" ? null : trimmed;
    case "list":
      if (row.nullable === true && trimmed === "null") return null;
      return trimmed.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
    case "records":
      try {
        return JSON.parse(trimmed);
      } catch {
        return trimmed;
      }
  }
}

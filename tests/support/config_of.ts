/**
 * The configuration that a text of YAML stands for, checked as a file's is.
 *
 * @module
 */
import type { Config } from "../../lib/config/config.ts";
import { loadConfig } from "../../lib/config/load.ts";

/** Reads it; nothing comes from the environment or the command line. */
export async function configOf(yaml: string): Promise<Config> {
  const { config } = await loadConfig({
    configFile: "/f.yaml",
    argv: {},
    env: () => undefined,
    readFile: () => yaml,
    cwd: "/srv",
    home: null,
    platform: "linux",
  });
  return config;
}

/**
 * What the repository ships: the permission set of `deno.json` and the client entry of the README,
 * derived from the default configuration for a fixed description of a host, so that nothing of a
 * particular machine is in them.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { defaultConfig } from "../config/load.ts";
import type { NeedyTool } from "./need.ts";
import {
  type DenoJsonPermissions,
  denoJsonPermissions,
  type McpEntry,
  mcpEntry,
  permissionFlags,
} from "./permission_formats.ts";
import { derivePermissions, type HostFacts } from "./permissions.ts";

/** A Linux host with the usual stub resolver; paths relative to the repository. */
export const FIXED_HOST: HostFacts = {
  platform: "linux",
  // The stub of systemd-resolved, systemd-resolved.service(8).
  resolvers: ["127.0.0.53"],
  realPath: () => null,
  configFiles: ["./config.yaml"],
  moduleRoots: ["./lib", "./tools"],
  moduleHost: null,
};

/** Where the README supposes the repository. */
const ENTRY_FOLDER = "/path/to/netglass";

/** The value of `permissions.default` in the shipped `deno.json`. */
export function renderShippedPermissionSet(tools: readonly NeedyTool[]): DenoJsonPermissions {
  return denoJsonPermissions(
    derivePermissions(defaultConfig(), tools, FIXED_HOST, { transport: "stdio" }),
  );
}

/** The client entry of the README: absolute paths, because a client starts servers anywhere. */
export function renderShippedMcpEntry(tools: readonly NeedyTool[]): McpEntry {
  const absolute = (path: string): string => path.replace(/^\.\//, `${ENTRY_FOLDER}/`);
  const config = defaultConfig();
  const placed: Config = {
    ...config,
    pcap: { ...config.pcap, allowed_paths: config.pcap.allowed_paths.map(absolute) },
  };
  const host = {
    ...FIXED_HOST,
    configFiles: FIXED_HOST.configFiles.map(absolute),
    moduleRoots: FIXED_HOST.moduleRoots.map(absolute),
  };
  const set = derivePermissions(placed, tools, host, { transport: "stdio" });
  return mcpEntry(permissionFlags(set).flags, {
    entry: `${ENTRY_FOLDER}/main.ts`,
    args: ["--config", `${ENTRY_FOLDER}/config.yaml`],
    cachedOnly: true,
  });
}

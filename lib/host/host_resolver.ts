/**
 * How this host looks names up, from wherever its platform keeps that.
 *
 * @module
 */
import { readResolverFiles, systemResolvers } from "../io/system_resolvers.ts";
import type { HostDoors } from "./ip_program.ts";
import { parseResolverConfig, type ResolverConfig, STUBS } from "./resolver_config.ts";

/** What is known of it. */
export interface HostResolver {
  /** False: there is no /etc/resolv.conf. */
  readonly isThere: boolean;
  readonly config: ResolverConfig;
  /** The local forwarder that the name servers are, or null. */
  readonly stub: string | null;
  /** What the forwarder asks; null: there is none, or it cannot be read. */
  readonly upstream: readonly string[] | null;
}

const WINDOWS_PROBLEM =
  "Search domains and options are not listed: only programs that can change Windows show them";

/**
 * Reads it.
 *
 * @throws {PermissionMissing} `permission.read`, `permission.run`
 * @throws {Unavailable} as `askText`
 */
export async function readHostResolver(doors: HostDoors): Promise<HostResolver> {
  switch (doors.programs.platform) {
    case "darwin": {
      const { readDarwinResolver } = await import("./darwin/resolver.ts");
      return whole(await readDarwinResolver(doors));
    }
    case "windows": {
      const { resolvers, reason } = await systemResolvers();
      const text = resolvers.map((endpoint) => `nameserver ${addressOf(endpoint)}`).join("\n");
      const problems = reason === null ? [WINDOWS_PROBLEM] : [reason, WINDOWS_PROBLEM];
      return whole({ ...parseResolverConfig(text), problems });
    }
    case "linux":
      return await readResolvConf();
  }
}

function whole(config: ResolverConfig): HostResolver {
  return { isThere: true, config, stub: null, upstream: null };
}

/** `192.0.2.53:53`, `[2001:db8::53]:53`. */
function addressOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

async function readResolvConf(): Promise<HostResolver> {
  const { resolvConf, resolvedConf } = await readResolverFiles();
  const config = parseResolverConfig(resolvConf ?? "");
  const stub = config.nameServers.map((server) => STUBS.get(server))
    .find((name) => name !== undefined) ?? null;
  return {
    isThere: resolvConf !== null,
    config,
    stub,
    upstream: stub === null || resolvedConf === null
      ? null
      : parseResolverConfig(resolvedConf).nameServers,
  };
}

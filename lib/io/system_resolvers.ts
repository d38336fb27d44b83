/**
 * The name servers that this host is configured with.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { renderEndpoint } from "../config/endpoint.ts";
import { guardFile } from "./file_error.ts";

const RESOLV_CONF = "/etc/resolv.conf";
/** The name servers that systemd-resolved forwards to, in the same format. */
const RESOLVED_CONF = "/run/systemd/resolve/resolv.conf";
const DNS_PORT = 53;

/** The files that say how this host looks names up. */
export const RESOLVER_FILES: readonly string[] = [RESOLV_CONF, RESOLVED_CONF];

/** Texts of {@link RESOLVER_FILES}; null: there is none. */
export interface ResolverFiles {
  readonly resolvConf: string | null;
  /** Null also if it may not be read. */
  readonly resolvedConf: string | null;
}

/** Reads the files. @throws {PermissionMissing} `permission.read` for the first of them */
export async function readResolverFiles(): Promise<ResolverFiles> {
  const resolvConf = await guardFile("read", RESOLV_CONF, () => textOrNull(RESOLV_CONF));
  try {
    return { resolvConf, resolvedConf: await textOrNull(RESOLVED_CONF) };
  } catch {
    return { resolvConf, resolvedConf: null };
  }
}

/** By the path as it is: it is often a link, and the permission names the link. */
async function textOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What `system` stands for in `dns.resolvers`. */
export interface SystemResolvers {
  /** `a.b.c.d:53` or `[v6]:53`, in the system's order. */
  readonly resolvers: readonly string[];
  /** Why there is none, or null. */
  readonly reason: string | null;
  /** The flag that would let them be found, or null. */
  readonly flag: string | null;
}

/**
 * Name servers of a resolv.conf text (resolv.conf(5)), without duplicates. A link-local address
 * keeps its zone id; lines that are no address are passed over.
 */
export function parseResolvConf(text: string): string[] {
  const found = new Set<string>();
  for (const line of text.split("\n")) {
    const [keyword, server] = line.trim().split(/\s+/);
    if (keyword !== "nameserver" || server === undefined) continue;
    const endpoint = endpointOf(server);
    if (endpoint !== null) found.add(endpoint);
  }
  return [...found];
}

function endpointOf(server: string): string | null {
  const address = parseAddressOrNull(server, { zone: true });
  return address === null ? null : renderEndpoint(renderAddress(address), DNS_PORT);
}

/**
 * Reads the name servers of this host. Never throws: what is not permitted or not there is said in
 * `reason`. Linux and macOS need `--allow-read=/etc/resolv.conf`, Windows
 * `--allow-sys=networkInterfaces` (node:dns asks for it).
 */
export async function systemResolvers(): Promise<SystemResolvers> {
  const flag = Deno.build.os === "windows"
    ? "--allow-sys=networkInterfaces"
    : `--allow-read=${RESOLV_CONF}`;
  try {
    const resolvers = Deno.build.os === "windows"
      ? await windowsResolvers()
      : parseResolvConf(await Deno.readTextFile(RESOLV_CONF));
    return resolvers.length > 0
      ? { resolvers, reason: null, flag: null }
      : { resolvers, reason: "the system names no name server", flag: null };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      return { resolvers: [], reason: `Deno was not given ${flag}`, flag };
    }
    const why = error instanceof Deno.errors.NotFound
      ? `"${RESOLV_CONF}" does not exist`
      : error instanceof Error
      ? error.message
      : String(error);
    return { resolvers: [], reason: why, flag: null };
  }
}

async function windowsResolvers(): Promise<string[]> {
  const { getServers } = await import("node:dns");
  return parseResolvConf(getServers().map((server) => `nameserver ${server}`).join("\n"));
}

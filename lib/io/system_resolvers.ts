/**
 * The name servers that this host is configured with.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { renderEndpoint } from "../config/endpoint.ts";

const RESOLV_CONF = "/etc/resolv.conf";
const DNS_PORT = 53;

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

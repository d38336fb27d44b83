/**
 * How macOS looks names up, from `scutil --dns`.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { ResolverConfig } from "../resolver_config.ts";
import { askText } from "../text_program.ts";

/** Reads it. @throws {Unavailable} as `askText` */
export async function readDarwinResolver(doors: HostDoors): Promise<ResolverConfig> {
  const { lines, problems } = await askText(doors, "scutil", ["--dns"]);
  const config = darwinResolverOf(lines);
  return { ...config, problems: [...problems, ...config.problems] };
}

/** The resolvers of a printout; those for one domain or one interface are told as options. */
export function darwinResolverOf(lines: readonly string[]): ResolverConfig {
  const nameServers: string[] = [];
  const searchDomains: string[] = [];
  const options: string[] = [];
  let domain: string | null = null;
  let ofResolver: string[] = [];
  const close = (): void => {
    if (domain !== null && ofResolver.length > 0) {
      options.push(`${domain}: ${ofResolver.join(" ")}`);
    } else nameServers.push(...ofResolver);
    domain = null;
    ofResolver = [];
  };
  for (const line of lines) {
    // What follows repeats the resolvers, one for each interface.
    if (/for scoped queries/.test(line)) break;
    if (/^resolver #\d+/.test(line)) close();
    const [, key = "", value = ""] = /^\s+([^:[]+?)(?:\[\d+\])?\s*:\s*(.+?)\s*$/.exec(line) ?? [];
    if (key === "nameserver") {
      const address = parseAddressOrNull(value, { zone: true });
      if (address !== null) ofResolver.push(renderAddress(address));
    } else if (key === "search domain") searchDomains.push(value);
    else if (key === "domain") domain = value;
  }
  close();
  return { nameServers: [...new Set(nameServers)], searchDomains, options, problems: [] };
}

/**
 * How this host looks names up: the directives of resolv.conf(5), and what the C library makes of
 * them.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";

/** MAXNS of glibc: name servers behind the third are never asked. */
const MAX_NAME_SERVERS = 3;

/** A resolv.conf as read. */
export interface ResolverConfig {
  /** In order, canonical, a link-local one with its zone. */
  readonly nameServers: readonly string[];
  readonly searchDomains: readonly string[];
  /** For example `ndots:5`; `timeout:1`. */
  readonly options: readonly string[];
  /** Lines that mean nothing or not what they seem to, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads the text of a resolv.conf; the last `search` or `domain` counts. */
export function parseResolverConfig(text: string): ResolverConfig {
  const nameServers: string[] = [];
  let searchDomains: readonly string[] = [];
  const options: string[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [keyword = "", ...words] = line.replace(/[#;].*$/, "").trim().split(/\s+/);
    switch (keyword) {
      case "nameserver": {
        const address = parseAddressOrNull(words[0] ?? "", { zone: true });
        if (address === null) problems.push(`Line ${index + 1} names no address`);
        else nameServers.push(renderAddress(address));
        break;
      }
      case "search":
        searchDomains = words;
        break;
      case "domain":
        searchDomains = words.slice(0, 1);
        break;
      case "options":
        options.push(...words);
        break;
      case "":
      case "sortlist":
        break;
      default:
        problems.push(`Line ${index + 1} is no directive of resolv.conf`);
    }
  }
  if (nameServers.length > MAX_NAME_SERVERS) {
    problems.push(
      `${nameServers.length} name servers are named, the C library asks the first ${MAX_NAME_SERVERS} only`,
    );
  }
  if (new Set(nameServers).size < nameServers.length) {
    problems.push("A name server is named twice: it is asked twice when it is silent");
  }
  return { nameServers, searchDomains, options, problems: problems.slice(0, 20) };
}

/** Local stubs that forward to name servers of their own, by address. */
export const STUBS: ReadonlyMap<string, string> = new Map([
  ["127.0.0.53", "systemd-resolved"],
  ["127.0.0.54", "systemd-resolved, proxy only"],
]);

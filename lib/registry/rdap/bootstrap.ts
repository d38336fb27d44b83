/**
 * Which RDAP server is responsible for an object (RFC 9224), as far as `bootstrap.json` covers it;
 * PROVENANCE.md says how far that is.
 *
 * @module
 */
import { containsPrefix, parsePrefix } from "../../ip/prefix.ts";
import bootstrap from "./bootstrap.json" with { type: "json" };
import type { RdapQuery } from "./rdap_query.ts";

/** Entries of a registry and the base URLs of the servers responsible for them. */
export type BootstrapService = readonly [
  entries: readonly string[],
  urls: readonly string[],
];

/** The registries, services of each. */
export type Bootstrap = Readonly<
  Record<"ipv4" | "ipv6" | "asn" | "dns", readonly BootstrapService[]>
>;

// The form of a JSON import is what the file happens to have; bootstrap_test.ts holds it to this one.
const SHIPPED = bootstrap as unknown as Bootstrap;

/** Base URLs of the servers responsible for what is asked, of the most specific entry; empty: not covered. */
export function responsibleServers(
  query: RdapQuery,
  registries: Bootstrap = SHIPPED,
): readonly string[] {
  switch (query.kind) {
    case "ip": {
      const services = query.prefix.family === 4 ? registries.ipv4 : registries.ipv6;
      return mostSpecific(services, (entry) => {
        const { prefix } = parsePrefix(entry);
        return containsPrefix(prefix, query.prefix) ? prefix.length : null;
      });
    }
    case "autnum":
      return mostSpecific(registries.asn, (entry) => {
        const [low, high = low] = entry.split("-").map(Number);
        return low !== undefined && high !== undefined && low <= query.asn && query.asn <= high
          ? low - high
          : null;
      });
    case "domain":
      return mostSpecific(
        registries.dns,
        (entry) => query.name === entry || query.name.endsWith(`.${entry}`) ? entry.length : null,
      );
    default:
      // RFC 9224 has no registry of name servers, and that of entities (RFC 8521) is not shipped.
      return [];
  }
}

/** The URLs of the entry that fits best; `fit` answers null where an entry does not fit. */
function mostSpecific(
  services: readonly BootstrapService[],
  fit: (entry: string) => number | null,
): readonly string[] {
  let best: { readonly rank: number; readonly urls: readonly string[] } | null = null;
  for (const [entries, urls] of services) {
    for (const entry of entries) {
      const rank = fit(entry);
      if (rank !== null && (best === null || rank > best.rank)) best = { rank, urls };
    }
  }
  return best?.urls ?? [];
}

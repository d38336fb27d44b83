/**
 * Replaces lib/registry/rdap/bootstrap.json by what IANA publishes (RFC 9224); `deno task refresh:rdap`.
 */
import type { Bootstrap, BootstrapService } from "../../lib/registry/rdap/bootstrap.ts";

const REGISTRIES = ["ipv4", "ipv6", "asn", "dns"] as const satisfies (keyof Bootstrap)[];
const TARGET = new URL("../../lib/registry/rdap/bootstrap.json", import.meta.url);

/** The services of a document of RFC 9224 §3. @throws {TypeError} if it is none */
export function servicesOf(document: unknown): BootstrapService[] {
  const services = typeof document === "object" && document !== null && "services" in document
    ? document.services
    : null;
  const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
  if (!Array.isArray(services)) throw new TypeError("It has no list of services");
  return services.map((service: unknown) => {
    const [entries, urls]: unknown[] = Array.isArray(service) ? service : [];
    if (!isTexts(entries) || !isTexts(urls)) throw new TypeError("A service is of another form");
    return [entries, urls.filter((url) => url.startsWith("https://"))];
  });
}

if (import.meta.main) {
  const made: Record<string, BootstrapService[]> = {};
  for (const registry of REGISTRIES) {
    const response = await fetch(`https://data.iana.org/rdap/${registry}.json`);
    if (!response.ok) throw new Error(`IANA answered ${response.status} for ${registry}`);
    made[registry] = servicesOf(await response.json());
  }
  await Deno.writeTextFile(TARGET, JSON.stringify(made, null, 1) + "\n");
}

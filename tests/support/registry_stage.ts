/**
 * Public registries, played on loopback: services over HTTPS from fixtures, zones over DNS from
 * texts.
 *
 * @module
 */
import type { Config, HttpSourceName } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { createIo } from "../../lib/io/real.ts";
import type { RegistryAccess } from "../../lib/registry/source_report.ts";
import { reply, startScriptedDnsServer } from "../scripted_dns_server.ts";
import { type Play, startSourceServer } from "./source_server.ts";

/** What is played. */
export interface RegistryPlay {
  readonly play?: Play;
  /** TXT records by name; another name does not exist. */
  readonly zone?: Readonly<Record<string, readonly string[]>>;
  /** What the configuration enables; default: all. */
  readonly sources?: readonly HttpSourceName[];
}

/** Runs `use` against the played registries, and says what they were asked. */
export async function onRegistryStage<T>(
  { play = {}, zone = {}, sources = ["ripestat", "bgpkit"] }: RegistryPlay,
  use: (access: RegistryAccess) => Promise<T>,
): Promise<{ result: T; requests: readonly string[]; names: readonly string[] }> {
  const http = startSourceServer(play);
  const dns = await startScriptedDnsServer((query) => {
    const texts = zone[query.name];
    if (texts === undefined) return [reply(query, { rcode: 3 })];
    const answers = texts.map((data) => ({ name: query.name, type: "TXT", ttl: 60, data }));
    return [reply(query, { answers })];
  });
  const io = createIo({ resolvers: [dns.endpoint], dnsTimeoutMs: 500 });
  const config = {
    dns: { resolvers: [dns.endpoint], timeout_ms: 500 },
    looking_glass: { servers: [], http_sources: sources, deadline_ms: 20_000, concurrency: 16 },
    intel: defaultConfig().intel,
  } satisfies Pick<Config, "dns" | "looking_glass" | "intel">;
  try {
    const net = { ...io.net, getHttp: http.net.getHttp };
    const result = await use({ net, clock: io.clock, config, baseUrls: http.baseUrls });
    return { result, requests: http.asked, names: dns.queries.map(({ name }) => name) };
  } finally {
    await Promise.all([http.stop(), dns.stop()]);
  }
}

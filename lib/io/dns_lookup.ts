/**
 * A DNS lookup: the servers in order until one says something about the name.
 *
 * @module
 */
import { parseEndpoint } from "../config/endpoint.ts";
import type { DnsQuestion } from "../dns_wire/message.ts";
import { PermissionMissing } from "../errors/mod.ts";
import type { AskOptions, DnsAnswer, DnsServer, DnsStatus } from "./dns_exchange.ts";
import { noResolver } from "./no_resolver.ts";

/** The port of DNS (RFC 1035 §4.2). */
const DNS_PORT = 53;

/** Answers about the name, as opposed to trouble with the server. */
const TRUSTWORTHY: ReadonlySet<DnsStatus> = new Set(["found", "nxdomain", "nodata", "referral"]);

/** True if the answer is whole and says something about the name. */
export function isTrustworthy(answer: DnsAnswer): boolean {
  return TRUSTWORTHY.has(answer.status) && answer.message?.flags.tc !== true;
}

/** The configured name servers, preferred first. */
export function configuredServers(resolvers: readonly string[]): readonly DnsServer[] {
  return resolvers.flatMap((label) => {
    const endpoint = parseEndpoint(label);
    if (endpoint === null) return [];
    return [{
      address: endpoint.address,
      port: endpoint.port ?? DNS_PORT,
      label,
      configured: true,
    }];
  });
}

/** The answer that counts, and every server that was asked for it, in order. */
export interface LookupResult {
  readonly answer: DnsAnswer;
  readonly asked: readonly DnsAnswer[];
}

/**
 * Asks the servers in order until one gives a trustworthy answer; without one, the best of what
 * came counts: an answer before silence.
 *
 * @throws {PermissionMissing} if no server may be asked, or the system's could not be read
 * @throws {Unavailable} `env.no_resolver` if there is no server
 */
export async function lookUp(
  question: DnsQuestion,
  servers: readonly DnsServer[],
  options: AskOptions,
): Promise<LookupResult> {
  // The wire format is loaded with the first question: a server starts without it.
  const { askServer } = await import("./dns_exchange.ts");
  const asked: DnsAnswer[] = [];
  let refused: PermissionMissing | null = null;
  for (const server of servers) {
    if (options.signal.aborted && asked.length > 0) break;
    try {
      const answer = await askServer(server, question, options);
      asked.push(answer);
      if (isTrustworthy(answer)) return { answer, asked };
    } catch (error) {
      if (!(error instanceof PermissionMissing)) throw error;
      refused ??= error;
    }
  }
  const answer = asked.find((candidate) => candidate.message !== null) ?? asked[0];
  if (answer !== undefined) return { answer, asked };
  throw refused ?? noResolver("Cannot look up names", options.net.resolversFlag);
}

/**
 * The network part of the permissions: which hosts the runtime lets the server dial. What no
 * flag can say becomes a comment.
 *
 * @module
 */
import { parseAddress } from "../ip/address.ts";
import type { Config } from "../config/config.ts";
import { parseEndpoint, renderEndpoint } from "../config/endpoint.ts";
import { type DenyList, deriveDeny, type NeededAddress } from "./net_deny.ts";
import { type Grant, GrantList } from "./permission_set.ts";
import { hostPrefix, renderPatternFlag } from "./range_flags.ts";
import { deriveServices, type Service, type ServiceNeeds } from "./services.ts";
import { parseTargetPattern } from "./targets.ts";

/** A host that is dialled, or an address of ours that is listened at. */
export interface NeededHost {
  readonly host: string;
  readonly port: number;
  /** The tool or the key of the configuration that wants it. */
  readonly reason: string;
}

/** What wants the network, each with the names of the tools that want it. */
export interface NetNeeds {
  readonly resolvers: readonly string[];
  readonly targets: readonly string[];
  readonly udp: readonly string[];
  readonly services: ServiceNeeds;
  readonly hosts: readonly NeededHost[];
}

/** The surroundings that decide the flags. */
export interface NetFacts {
  /** Name servers of the host, `address` or `address:port`. */
  readonly systemResolvers: readonly string[];
  /** `host:port` of the HTTP server, or null. */
  readonly listen: string | null;
}

/** The derived lists. */
export interface NetPermissions {
  readonly allow: readonly Grant[] | "any";
  readonly deny: readonly Grant[];
  readonly comments: readonly string[];
}

/** The port of DNS (RFC 1035 §4.2). */
const DNS_PORT = 53;

/** Derives the network permissions. */
export function deriveNet(config: Config, needs: NetNeeds, facts: NetFacts): NetPermissions {
  const comments: string[] = [];
  const resolvers = resolverEndpoints(config, facts.systemResolvers);
  const services = deriveServices(config, needs.services, comments);
  const udpFamilies = needs.udp.length === 0
    ? []
    : [4 as const, ...resolvers.some((text) => text.startsWith("[")) ? [6 as const] : []];
  const deny = deriveDeny(config, {
    addresses: neededAddresses(resolvers, needs, facts),
    services: services.flatMap(({ addresses, key }) =>
      addresses.map((address) => ({ range: hostPrefix(address), reason: key }))
    ),
    udpFamilies,
    udpTools: needs.udp,
  }, comments);
  return {
    allow: deriveAllow(config, { needs, facts, resolvers, services, udpFamilies, deny }, comments),
    deny: deny.toArray(),
    comments,
  };
}

/** The configured name servers with `system` expanded, as `address:port`. */
export function resolverEndpoints(
  config: Config,
  systemResolvers: readonly string[],
): readonly string[] {
  const texts = config.dns.resolvers.flatMap((text) =>
    text === "system" ? systemResolvers : [text]
  );
  const endpoints = texts.flatMap((text) => {
    const endpoint = parseEndpoint(text);
    return endpoint === null ? [] : [renderEndpoint(endpoint.address, endpoint.port ?? DNS_PORT)];
  });
  return [...new Set(endpoints)];
}

function neededAddresses(
  resolvers: readonly string[],
  needs: NetNeeds,
  facts: NetFacts,
): readonly NeededAddress[] {
  const needed: NeededAddress[] = [];
  const add = (text: string, reason: string): void => {
    const endpoint = parseEndpoint(text);
    if (endpoint !== null) {
      needed.push({ range: hostPrefix(parseAddress(endpoint.address)), reason });
    }
  };
  if (needs.resolvers.length > 0) { for (const text of resolvers) add(text, "dns.resolvers"); }
  if (facts.listen !== null) add(facts.listen.replace(/^localhost:/i, "127.0.0.1:"), "http.listen");
  for (const { host, reason } of needs.hosts) add(host, reason);
  return needed;
}

/** What the allow list is made from, beside the configuration. */
interface AllowParts {
  readonly needs: NetNeeds;
  readonly facts: NetFacts;
  readonly resolvers: readonly string[];
  readonly services: readonly Service[];
  readonly udpFamilies: readonly (4 | 6)[];
  readonly deny: DenyList;
}

function deriveAllow(
  config: Config,
  { needs, facts, resolvers, services, udpFamilies, deny }: AllowParts,
  comments: string[],
): readonly Grant[] | "any" {
  const allow = new GrantList();
  for (const family of udpFamilies) {
    // node:dgram binds the unspecified address of the family before it sends (measured on 2.9.6).
    const address = family === 4 ? "0.0.0.0" : "::";
    const endpoint = renderEndpoint(address, 0);
    if (!deny.covers(address)) {
      allow.add(endpoint, ...needs.udp);
      continue;
    }
    comments.push(
      `UDP over IPv${family} would need ${endpoint}, which is denied because it reaches loopback: questions go over TCP (${
        needs.udp.join(", ")
      }).`,
    );
  }
  if (config.security.network === "open" && needs.targets.length > 0) return "any";
  if (facts.listen !== null) allow.add(facts.listen, "http.listen");
  for (const { host, port, reason } of needs.hosts) {
    allow.add(renderEndpoint(host, port), reason);
  }
  for (const { endpoint, key, tools } of services) allow.add(endpoint, key, ...tools);
  if (needs.resolvers.length > 0) {
    for (const endpoint of resolvers) allow.add(endpoint, "dns.resolvers", ...needs.resolvers);
  }
  if (needs.targets.length > 0) addTargets(config, needs.targets, allow, comments);
  return allow.toArray();
}

function addTargets(
  config: Config,
  tools: readonly string[],
  allow: GrantList,
  comments: string[],
): void {
  const key = "security.allowed_targets";
  for (const text of config.security.allowed_targets) {
    const pattern = parseTargetPattern(text);
    const flag = renderPatternFlag(pattern);
    if (flag !== null) {
      allow.add(flag, key, ...tools);
      continue;
    }
    const why = pattern.kind === "range" ? "Deno knows no IPv6 range" : "only *. at the front";
    comments.push(
      `${key} "${text}" cannot be a flag (${why}): its targets cannot be dialled with security.network: listed.`,
    );
  }
}

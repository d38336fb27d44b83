/**
 * The network part of the permissions: which hosts the runtime lets the server dial. What no
 * flag can say becomes a comment.
 *
 * @module
 */
import { parseAddress } from "../ip/address.ts";
import type { Config } from "../config/config.ts";
import { parseEndpoint, renderEndpoint } from "../config/endpoint.ts";
import { readRange } from "../config/target_cover.ts";
import { type DenyList, deriveDeny, type NeededAddress } from "./net_deny.ts";
import { type Grant, GrantList } from "./permission_set.ts";
import { hostPrefix, renderNameFlag, renderRangeFlag } from "./range_flags.ts";

/** What wants the network, each with the names of the tools that want it. */
export interface NetNeeds {
  readonly resolvers: readonly string[];
  readonly targets: readonly string[];
  readonly udp: readonly string[];
  readonly hosts: readonly {
    readonly host: string;
    readonly port: number;
    readonly tool: string;
  }[];
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
  const needed = neededEndpoints(config, needs, facts);
  const deny = deriveDeny(config, needed, comments);
  return {
    allow: deriveAllow(config, needs, facts, deny, comments),
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

function neededEndpoints(
  config: Config,
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
  if (needs.resolvers.length > 0) {
    for (const text of resolverEndpoints(config, facts.systemResolvers)) add(text, "dns.resolvers");
  }
  if (facts.listen !== null) add(facts.listen.replace(/^localhost:/i, "127.0.0.1:"), "http.listen");
  for (const { host, tool } of needs.hosts) add(host, tool);
  return needed;
}

function deriveAllow(
  config: Config,
  needs: NetNeeds,
  facts: NetFacts,
  deny: DenyList,
  comments: string[],
): readonly Grant[] | "any" {
  const allow = new GrantList();
  const resolvers = resolverEndpoints(config, facts.systemResolvers);
  if (needs.udp.length > 0) {
    // node:dgram binds the unspecified address of the family before it sends (measured on 2.9.6).
    const families = new Set([4, ...resolvers.map((text) => text.startsWith("[") ? 6 : 4)]);
    for (const [family, address] of [[4, "0.0.0.0"], [6, "::"]] as const) {
      if (!families.has(family)) continue;
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
  }
  if (config.security.network === "open" && needs.targets.length > 0) return "any";
  if (facts.listen !== null) allow.add(facts.listen, "http.listen");
  for (const { host, port, tool } of needs.hosts) allow.add(renderEndpoint(host, port), tool);
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
  for (const pattern of config.security.allowed_targets) {
    const range = readRange(pattern);
    const flag = range === null ? renderNameFlag(pattern) : renderRangeFlag(range);
    if (flag === null) {
      comments.push(
        `${key} "${pattern}" cannot be a flag (${
          range === null ? "only *. at the front of a name" : "Deno knows no IPv6 range"
        }): its targets cannot be dialled with security.network: listed.`,
      );
      continue;
    }
    if (flag.startsWith("*.")) {
      comments.push(
        `--allow-net=${flag} also covers ${
          flag.slice(2)
        } itself: the application check decides there.`,
      );
    }
    allow.add(flag, key, ...tools);
  }
}

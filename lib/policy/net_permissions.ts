/**
 * The network part of the permissions: which hosts the runtime lets the server dial, and which it
 * never does. A denial beats an allowance in Deno, so what the configuration itself needs is cut
 * out of a denied range, and what no flag can say becomes a comment.
 *
 * @module
 */
import { parseAddress } from "../ip/address.ts";
import {
  contains,
  containsPrefix,
  overlaps,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../ip/prefix.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import type { Config } from "../config/config.ts";
import { parseEndpoint, renderEndpoint } from "../config/endpoint.ts";
import { readRange } from "../config/target_cover.ts";
import { METADATA } from "./metadata.ts";
import { type Grant, GrantList } from "./permission_set.ts";
import { hostPrefix, renderRangeFlag, subtractRange } from "./range_flags.ts";

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

/** The ports on which metadata services answer: HTTP, HTTPS, and the second one of Azure's WireServer. */
const METADATA_PORTS = [80, 443, 32526];

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

/** An address that the configuration itself needs, and the key that says so. */
interface NeededAddress {
  readonly range: Prefix;
  readonly reason: string;
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
    const flag = range === null ? nameFlag(pattern) : renderRangeFlag(range);
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

/** A name pattern as a flag: `host.example` or `*.example`, in lower case; null for other globs. */
function nameFlag(pattern: string): string | null {
  const name = pattern.toLowerCase().replace(/\.$/, "");
  return name.replace(/^\*\./, "").includes("*") || name === "*" ? null : name;
}

/** The denied entries, and what they cover. */
class DenyList {
  readonly #grants = new GrantList();
  readonly #ranges: Prefix[] = [];

  addRange(range: Prefix, flag: string, reason: string): void {
    this.#grants.add(flag, reason);
    this.#ranges.push(range);
  }

  addText(flag: string, reason: string): void {
    this.#grants.add(flag, reason);
  }

  covers(address: string): boolean {
    return this.#ranges.some((range) => contains(range, parseAddress(address)));
  }

  toArray(): readonly Grant[] {
    return this.#grants.toArray();
  }
}

/** A stretch of a denied range that must stay open, and why; `isSaid` if a person should know. */
interface Hole {
  readonly range: Prefix;
  readonly reason: string;
  readonly isSaid: boolean;
}

function deriveDeny(
  config: Config,
  needed: readonly NeededAddress[],
  comments: string[],
): DenyList {
  const deny = new DenyList();
  const unspeakable = new Map<string, string[]>();
  const note = (reason: string, text: string): void => {
    unspeakable.set(reason, [...unspeakable.get(reason) ?? [], text]);
  };
  const own: readonly Hole[] = needed.map((one) => ({ ...one, isSaid: true }));
  const said = new Set<string>();

  /** Denies a range around its holes; of a range that is all hole, `ports` stay denied. */
  const denyRange = (
    range: Prefix,
    reason: string,
    holes: readonly Hole[],
    ports: readonly number[] = [],
  ): void => {
    const text = renderRangeFlag(range);
    if (text === null) {
      note(reason, renderPrefix(range));
      return;
    }
    let pieces: readonly Prefix[] = [range];
    for (const hole of holes.filter((hole) => overlaps(range, hole.range))) {
      pieces = pieces.flatMap((piece) => subtractRange(piece, hole.range));
      if (!hole.isSaid) continue;
      said.add(
        `${
          renderTarget(hole.range)
        } (${hole.reason}) lies in the denied ${text} (${reason}): the flags deny around it, and the application check decides inside.`,
      );
    }
    for (const piece of pieces) {
      const flag = renderRangeFlag(piece);
      if (flag !== null) deny.addRange(piece, flag, reason);
    }
    if (pieces.length === 0) { for (const port of ports) deny.addText(`${text}:${port}`, reason); }
  };

  for (const pattern of config.security.blocked_targets) {
    const reason = "security.blocked_targets";
    const range = readRange(pattern);
    const flag = range === null ? nameFlag(pattern) : null;
    if (range !== null) denyRange(range, reason, own);
    else if (flag !== null) deny.addText(flag, reason);
    else note(reason, `"${pattern}"`);
  }

  if (config.security.block_cloud_metadata) {
    const reason = "security.block_cloud_metadata";
    for (const { host } of METADATA) {
      const range = readRange(host);
      if (range === null) deny.addText(host, reason);
      else denyRange(range, reason, own, METADATA_PORTS);
    }
  }

  for (const range of deniedLoopback(config)) {
    denyRange(range, "loopback is not an allowed target", own);
  }

  if (config.security.block_private) {
    const exempt: readonly Hole[] = config.security.allowed_targets.flatMap((pattern) => {
      const range = readRange(pattern);
      return range === null ? [] : [{ range, reason: "security.allowed_targets", isSaid: true }];
    });
    const reachable: readonly Hole[] = SPECIAL_USE
      .filter((row) => row.globallyReachable === true)
      .map(({ prefix, name }) => ({ range: prefix, reason: name, isSaid: false }));
    for (const range of privateRanges) {
      denyRange(range, "security.block_private", [...own, ...exempt, ...reachable]);
    }
  }

  comments.push(...said);
  for (const [reason, texts] of unspeakable) {
    comments.push(
      `No flag can deny ${
        texts.join(", ")
      } (${reason}): the application check alone refuses these.`,
    );
  }
  return deny;
}

/**
 * The special ranges that are not reachable from everywhere, without those that another one of them
 * covers. A range that no flag can write covers nothing, so `::1` stays beside `::/96`.
 */
const privateRanges: readonly Prefix[] = SPECIAL_USE
  .filter((row) => row.globallyReachable !== true)
  .map((row) => row.prefix)
  .filter((prefix, _, all) =>
    !all.some((other) =>
      other.length < prefix.length && containsPrefix(other, prefix) &&
      (renderRangeFlag(other) !== null || renderRangeFlag(prefix) === null)
    )
  );

/**
 * The loopback ranges that no target may be in. 0.0.0.0/8 and :: belong to them because connecting
 * there reaches this host, and a denied 127.0.0.0/8 does not cover them (measured on 2.9.6).
 */
function deniedLoopback(config: Config): readonly Prefix[] {
  const { allowed_targets, blocked_targets, block_private } = config.security;
  const isNamed = allowed_targets.some((text) => /^(\*|(.*\.)?localhost\.?)$/i.test(text));
  return ([["127.0.0.0/8", "0.0.0.0/8"], ["::1/128", "::/128"]] as const).flatMap((texts) => {
    const [loopback, unspecified] = texts.map((text) => parsePrefix(text).prefix);
    if (loopback === undefined || unspecified === undefined) return [];
    const touches = (text: string): boolean => {
      const range = readRange(text);
      return range !== null && overlaps(range, loopback);
    };
    const isAllowed = allowed_targets.length === 0
      ? !block_private
      : isNamed || allowed_targets.some(touches);
    if (!isAllowed) return [loopback, unspecified];
    return blocked_targets.some(touches) ? [unspecified] : [];
  });
}

/** An address without its length, a range with it. */
function renderTarget(range: Prefix): string {
  return renderRangeFlag(range) ?? renderPrefix(range);
}

/**
 * Whether a name and an address may be reached, and which rule says so. Pure.
 *
 * Rules, in the order in which the first denial is named. Deny wins over allow everywhere: an entry
 * of `allowed_targets` never lifts another rule.
 *
 * 1. `always.unspecified`: 0.0.0.0/8, `::` and 255.255.255.255. Connecting to "no address" reaches
 *    this host on most systems, so it would be a second spelling of loopback.
 * 2. `security.block_cloud_metadata`: the endpoints of {@link METADATA}.
 * 3. `security.blocked_targets`.
 * 4. `security.block_private`: whatever the IANA registries do not call globally reachable (private,
 *    loopback, link-local, shared, ULA, site-local, multicast, documentation, benchmarking,
 *    reserved).
 * 5. `security.allowed_targets`, unless it is empty: the name or the address must match. A name that
 *    matches may lead to any address that rules 1 to 4 let pass.
 * 6. `default`: allowed.
 *
 * Rules 1 to 4 look at the address and at every IPv4 address inside it; rule 5 looks through
 * IPv4-mapped addresses only, since other embeddings are reached by way of somebody else.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { type IpAddress, renderAddress } from "../ip/address.ts";
import { embeddedIpv4, type Embedding } from "../ip/embedded_ipv4.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { type SpecialKind, specialUse } from "../ip/special_use.ts";
import type { Decision } from "./decision.ts";
import { METADATA } from "./metadata.ts";
import { matchesAddress, matchesName, parseTargetPattern, type TargetPattern } from "./targets.ts";

/** The rules of one configuration, patterns read. */
export interface Rules {
  readonly allowed: readonly TargetPattern[];
  readonly blocked: readonly TargetPattern[];
  /** The patterns of {@link METADATA}, or none if they are not blocked. */
  readonly metadata: readonly TargetPattern[];
  readonly blockPrivate: boolean;
}

/** What is judged: a name, an address, or an address with the name that led to it. */
export interface Subject {
  /** Canonical, or null. */
  readonly name: string | null;
  readonly address: IpAddress | null;
  /** IPv4 addresses inside `address`. */
  readonly embedded: readonly Embedding[];
  /** How a reason names the address; default: itself. */
  readonly label?: string;
  /** The pattern that would list the subject; default: its name or address. */
  readonly pattern?: string;
}

/** Which rules are asked: `query` leaves out those about reaching an address (1 and 4). */
export type Purpose = "reach" | "query";

interface Denial {
  readonly rule: string;
  readonly matched: string | null;
  readonly reason: string;
  /** The configuration line that lifts this denial, or null if none does. */
  readonly change: string | null;
}

const NEVER_REACHED: readonly SpecialKind[] = ["unspecified", "broadcast"];

const metadataPatterns = METADATA.map(({ host }) => parseTargetPattern(host));

/**
 * Reads the rules of a configuration.
 *
 * @throws {InputError} `input.target_pattern`
 */
export function rulesOf(security: Config["security"]): Rules {
  return {
    allowed: security.allowed_targets.map(parseTargetPattern),
    blocked: security.blocked_targets.map(parseTargetPattern),
    metadata: security.block_cloud_metadata ? metadataPatterns : [],
    blockPrivate: security.block_private,
  };
}

/**
 * The rules for a service that the configuration itself names: its entry lists it, so
 * `security.allowed_targets` has nothing to say; every other rule holds.
 */
export function serviceRules(rules: Rules): Rules {
  return { ...rules, allowed: [] };
}

/** An address, and the name that led to it if there was one, as a subject. */
export function subjectOf(address: IpAddress, name: string | null = null): Subject {
  return { name, address, embedded: embeddedIpv4(address) };
}

/** What is dialled for an address: an IPv4-mapped one is IPv4 on the wire. */
export function dialledAddress(address: IpAddress): IpAddress {
  const [inside] = embeddedIpv4(address);
  return inside?.kind === "ipv4_mapped" ? inside.address : address;
}

/** Decides by all rules. `wouldAllow` lifts every denial there is, not just the first. */
export function decide(rules: Rules, subject: Subject, purpose: Purpose = "reach"): Decision {
  const denials = [
    ...(purpose === "reach" ? neverReached(subject) : []),
    ...patternDenial(rules, subject),
    ...(purpose === "reach" && rules.blockPrivate ? privateDenial(subject) : []),
    ...listDenial(rules, subject),
  ];
  const [first] = denials;
  if (first === undefined) return allowance(rules, subject);
  const changes = denials.map(({ change }) => change);
  return {
    effect: "deny",
    rule: first.rule,
    matched: first.matched,
    reason: first.reason,
    wouldAllow: changes.includes(null) ? null : changes.join("; "),
  };
}

/**
 * Decides about a name before its addresses are known: a denial if the name alone is refused, or if
 * it is on no list and no address could make up for that; else null.
 */
export function decideBeforeLookup(rules: Rules, name: string): Decision | null {
  const subject: Subject = { name, address: null, embedded: [] };
  const listsRanges = rules.allowed.some(({ kind }) => kind === "range");
  const decision = decide(listsRanges ? { ...rules, allowed: [] } : rules, subject);
  return decision.effect === "deny" ? decision : null;
}

/** The addresses that the denying rules look at: the subject's own first. */
function addressesOf({ address, embedded }: Subject): readonly IpAddress[] {
  return address === null ? [] : [address, ...embedded.map((one) => one.address)];
}

/** The start of a reason: what is judged, and the address inside it that was hit. */
function say({ name, address, embedded, label }: Subject, hit: IpAddress | null): string {
  if (hit === null || address === null) return `"${name}"`;
  const own = `"${label ?? renderAddress(address)}"`;
  const inside = embedded.find((one) => one.address === hit);
  return inside === undefined
    ? own
    : `${own} carries ${renderAddress(hit)} (${inside.kind.replaceAll("_", " ")}), which`;
}

function neverReached(subject: Subject): Denial[] {
  for (const address of addressesOf(subject)) {
    const row = specialUse(address);
    if (row === null || !NEVER_REACHED.includes(row.kind)) continue;
    return [{
      rule: "always.unspecified",
      matched: renderPrefix(row.prefix),
      reason: `${say(subject, address)} is no address of a host (${row.name}, ${row.source})`,
      change: null,
    }];
  }
  return [];
}

function patternDenial(rules: Rules, subject: Subject): Denial[] {
  const denials: Denial[] = [];
  const [endpoint] = matching(rules.metadata, subject);
  if (endpoint !== undefined) {
    const row = METADATA.find(({ host }) => host === endpoint.pattern.text);
    denials.push({
      rule: "security.block_cloud_metadata",
      matched: endpoint.pattern.text,
      reason: `${
        say(subject, endpoint.address)
      } is a metadata endpoint (${row?.provider}: ${row?.service})`,
      change: "security.block_cloud_metadata: false",
    });
  }
  const blocked = matching(rules.blocked, subject);
  const [first] = blocked;
  if (first !== undefined) {
    const texts = [...new Set(blocked.map(({ pattern }) => `"${pattern.text}"`))];
    denials.push({
      rule: "security.blocked_targets",
      matched: first.pattern.text,
      reason: `${
        say(subject, first.address)
      } matches "${first.pattern.text}" of security.blocked_targets`,
      change: texts.length === rules.blocked.length
        ? "security.blocked_targets: []"
        : `security.blocked_targets without ${texts.join(", ")}`,
    });
  }
  return denials;
}

interface Match {
  readonly pattern: TargetPattern;
  /** The address that it matched; null: the name. */
  readonly address: IpAddress | null;
}

function matching(patterns: readonly TargetPattern[], subject: Subject): readonly Match[] {
  const addresses = addressesOf(subject);
  return patterns.flatMap((pattern): Match[] => {
    if (subject.name !== null && matchesName(pattern, subject.name)) {
      return [{ pattern, address: null }];
    }
    const address = addresses.find((one) => matchesAddress(pattern, one));
    return address === undefined ? [] : [{ pattern, address }];
  });
}

function privateDenial(subject: Subject): Denial[] {
  for (const address of addressesOf(subject)) {
    const row = specialUse(address);
    // What a translation prefix leads to is told by the address inside it.
    if (row === null || row.kind === "translation" || row.globallyReachable === true) continue;
    return [{
      rule: "security.block_private",
      matched: renderPrefix(row.prefix),
      reason: `${say(subject, address)} is in ${
        renderPrefix(row.prefix)
      } (${row.name}, ${row.source})`,
      change: "security.block_private: false",
    }];
  }
  return [];
}

function listDenial(rules: Rules, subject: Subject): Denial[] {
  if (rules.allowed.length === 0 || allowing(rules, subject) !== undefined) return [];
  const { name, address, label, pattern } = subject;
  // A zone is no part of a pattern.
  const own = name ?? (address === null ? "" : renderAddress({ ...address, zone: null }));
  return [{
    rule: "security.allowed_targets",
    matched: null,
    reason: `"${label ?? own}" matches nothing in security.allowed_targets`,
    change: `security.allowed_targets: ["${pattern ?? own}"]`,
  }];
}

/** The pattern of the list that lets the subject pass. */
function allowing(rules: Rules, { name, address, embedded }: Subject): TargetPattern | undefined {
  const mapped = embedded.find(({ kind }) => kind === "ipv4_mapped")?.address;
  return rules.allowed.find((pattern) =>
    (name !== null && matchesName(pattern, name)) ||
    (address !== null && matchesAddress(pattern, mapped ?? address))
  );
}

function allowance(rules: Rules, subject: Subject): Decision {
  const pattern = allowing(rules, subject);
  return {
    effect: "allow",
    rule: pattern === undefined ? "default" : "security.allowed_targets",
    matched: pattern?.text ?? null,
    reason: pattern === undefined
      ? "No rule denies it and security.allowed_targets is empty"
      : `It matches "${pattern.text}" of security.allowed_targets and no rule denies it`,
    wouldAllow: null,
  };
}

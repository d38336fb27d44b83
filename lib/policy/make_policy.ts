/**
 * The policy of one configuration: reads targets, resolves names, and has every address decided.
 *
 * Names come from DNS and from RFC 6761 §6.3 (`localhost` and names beneath it are loopback, no
 * server is asked). `/etc/hosts` and mDNS are not consulted.
 *
 * @module
 */
import { dirname, isAbsolute } from "node:path";
import type { Config } from "../config/config.ts";
import { parseEndpoint } from "../config/endpoint.ts";
import {
  InputError,
  PermissionMissing,
  PolicyDenied,
  RemoteFailure,
  Unavailable,
} from "../errors/mod.ts";
import type { Net } from "../io/io.ts";
import { type IpAddress, parseAddress, renderAddress } from "../ip/address.ts";
import { contains, parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { parseReverseName } from "../ip/reverse_name.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";
import { parseTarget, type Target } from "../ip/target.ts";
import { decide, decideBeforeLookup, type Rules, rulesOf, subjectOf } from "./decide.ts";
import type { Decision, JudgedTarget } from "./decision.ts";
import { explainRanges } from "./explain_prefix.ts";
import { enclosingRoot } from "./paths.ts";
import type { Policy, TargetExplanation } from "./policy.ts";
import { renderPatternFlag } from "./range_flags.ts";
import { parseTargetPattern } from "./targets.ts";

/** Where paths really lead; `lib/io` has it. */
export interface RealPaths {
  /**
   * The absolute path with every symbolic link resolved.
   * @throws {Unavailable} if nothing is there @throws {PermissionMissing} if it may not be seen
   */
  realPath(path: string): Promise<string>;
}

/** The part of the network that policy needs. */
export type PolicyNet = Pick<Net, "resolveHost" | "resolvers">;

/** RFC 6761 §6.3. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;

/** Longest path that is looked at, characters (PATH_MAX of Linux). */
const PATH_MAX = 4096;

/**
 * Makes the policy of a configuration.
 *
 * @throws {InputError} `input.target_pattern` if a pattern of it does not parse
 */
export function createPolicy(config: Config, net: PolicyNet, files: RealPaths): Policy {
  const rules = rulesOf(config.security);
  return {
    judgeHost: async (text, signal) => {
      const explained = await explainTarget(rules, net, text, signal);
      if (explained.decision.effect === "deny") throw denied(explained, net);
      return {
        input: text,
        name: explained.name,
        addresses: [...new Set(explained.addresses.map(dialable))],
        decision: explained.decision,
      };
    },
    judgeQuery: (text) => judgeQuery(rules, net, text),
    decideAddress: (address) => {
      const target = readTarget(address);
      if (target.kind === "name") throw notAnAddress(address);
      return decide(rules, subjectOf(target.address));
    },
    explainTarget: (text, signal) => explainTarget(rules, net, text, signal),
    explainPath: async (path) => ({
      input: path,
      decision: await decidePath(config.pcap.allowed_paths, files, path),
    }),
    explainPrefix: (text) => explainPrefix(rules, text),
  };
}

async function explainTarget(
  rules: Rules,
  net: PolicyNet,
  text: string,
  signal: AbortSignal,
): Promise<TargetExplanation> {
  const target = readTarget(text);
  const name = target.kind === "name" ? target.name : null;
  const refused = name === null ? null : decideBeforeLookup(rules, name);
  if (refused !== null) return { input: text, name, addresses: [], decision: refused };
  const addresses = target.kind === "address"
    ? [target.address]
    : await addressesOf(net, target.name, signal);
  const verdicts = addresses.map((address) => {
    const subject = subjectOf(address, name);
    const [inside] = subject.embedded;
    return {
      address: renderAddress(address),
      embeds: inside === undefined ? null : renderAddress(inside.address),
      decision: decide(rules, subject),
    };
  });
  const deciding = verdicts.find(({ decision }) => decision.effect === "deny") ?? verdicts[0];
  if (deciding === undefined) throw noAddress(text);
  return { input: text, name, addresses: verdicts, decision: deciding.decision };
}

async function addressesOf(
  net: PolicyNet,
  name: string,
  signal: AbortSignal,
): Promise<readonly IpAddress[]> {
  const texts = /^(?:.+\.)?localhost$/.test(name) ? LOOPBACK : await net.resolveHost(name, signal);
  return texts.map((text) => parseAddress(text));
}

/** IPv4-mapped addresses are IPv4 on the wire, so that is what is dialled. */
function dialable({ address, embeds }: { address: string; embeds: string | null }): string {
  return embeds !== null && address.startsWith("::ffff:") ? embeds : address;
}

/**
 * A query reaches nothing of what it asks about, so only the rules about names and listed addresses
 * hold; a reverse name is judged by its address as well.
 */
function judgeQuery(rules: Rules, net: PolicyNet, text: string): JudgedTarget {
  const target = readTarget(text);
  const name = target.kind === "name" ? target.name : null;
  const address = target.kind === "address" ? target.address : reverseAddress(target.name);
  const subject = address === null ? { name, address, embedded: [] } : subjectOf(address, name);
  const decision = decide(rules, subject, "query");
  const addresses = target.kind === "address" ? [renderAddress(target.address)] : [];
  if (decision.effect === "deny") {
    throw denied({ input: text, name, addresses: [], decision }, net, "ask about");
  }
  return { input: text, name, addresses, decision };
}

function reverseAddress(name: string): IpAddress | null {
  try {
    return parseReverseName(name);
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

function explainPrefix(rules: Rules, text: string): ReturnType<Policy["explainPrefix"]> {
  const { prefix } = reading(text, parsePrefix);
  const decisions = explainRanges(rules, prefix);
  const effects = new Set(decisions.map(({ effect }) => effect));
  return {
    input: text,
    prefix: renderPrefix(prefix),
    effect: effects.size > 1 ? "partial" : effects.has("deny") ? "deny" : "allow",
    decisions,
  };
}

/**
 * Decides on the real path. What is outside, what is not there and what may not be seen get one
 * answer, so that nothing outside is disclosed.
 */
async function decidePath(
  allowedPaths: readonly string[],
  files: RealPaths,
  path: string,
): Promise<Decision> {
  // deno-lint-ignore no-control-regex -- a control character is exactly what is refused
  if (path === "" || path.length > PATH_MAX || /[\u0000-\u001f\u007f]/.test(path)) {
    throw new InputError("path", `Cannot read ${quoteText(path)} as a path`, {
      hint: "Give the path of one file, without control characters, for example captures/a.pcap.",
    });
  }
  const real = await seen(files, path);
  const roots = (await Promise.all(allowedPaths.map((root) => seen(files, root))))
    .map((root, index) => ({ root, text: allowedPaths[index] ?? null }));
  const found = real === null
    ? undefined
    : roots.find(({ root }) => root !== null && enclosingRoot(real, [root]) !== null);
  if (found !== undefined) {
    return {
      effect: "allow",
      rule: "pcap.allowed_paths",
      matched: found.text,
      reason: `It lies in "${found.text}", symbolic links followed`,
      wouldAllow: null,
    };
  }
  const isBeneath = enclosingRoot(path, allowedPaths) !== null;
  return {
    effect: "deny",
    rule: "pcap.allowed_paths",
    matched: null,
    reason: allowedPaths.length === 0
      ? "No directory is listed in pcap.allowed_paths"
      : "It does not exist, or lies outside pcap.allowed_paths once symbolic links are followed",
    wouldAllow: isAbsolute(path) && !isBeneath
      ? `pcap.allowed_paths: [${JSON.stringify(dirname(path))}]`
      : null,
  };
}

async function seen(files: RealPaths, path: string): Promise<string | null> {
  try {
    return await files.realPath(path);
  } catch (error) {
    if (error instanceof PermissionMissing || error instanceof Unavailable) return null;
    throw error;
  }
}

function readTarget(text: string): Target {
  return reading(text, (given) => parseTarget(given, { zone: true, underscores: true }));
}

function reading<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("target", error.message, {
      hint: `Wanted: ${error.expected}.`,
      cause: error,
    });
  }
}

function notAnAddress(text: string): InputError {
  return new InputError("target", `Cannot read ${quoteText(text)} as an address: it is a name`, {
    hint: "Wanted: an address, for example 192.0.2.10.",
  });
}

function noAddress(text: string): RemoteFailure {
  return new RemoteFailure("dns_no_address", `Cannot resolve ${quoteText(text)}: no address`, {
    hint: "The name has neither A nor AAAA; dns_lookup shows what else it has.",
    detail: { stage: "dns", host: text },
  });
}

/** The refusal, by the address that was refused if the name alone was not. */
function denied(explained: TargetExplanation, net: PolicyNet, verb = "reach"): PolicyDenied {
  const { input, name, addresses, decision } = explained;
  const address = addresses.find((one) => one.decision === decision)?.address ?? null;
  const via = name !== null && address !== null ? ` (${address})` : "";
  const reason = decision.rule.slice(decision.rule.indexOf(".") + 1);
  return new PolicyDenied(
    reason,
    `Cannot ${verb} ${quoteText(input)}${via}: rule ${decision.rule} denies it`,
    {
      hint: hintFor(decision),
      detail: {
        rule: decision.rule,
        config_key: decision.rule.startsWith("always.") ? null : decision.rule,
        matched: decision.matched,
        address,
        would_allow: decision.wouldAllow,
        flag: verb === "reach" ? denyFlag(decision, net) : null,
      },
    },
  );
}

function hintFor({ rule, reason, wouldAllow }: Decision): string {
  if (wouldAllow === null) return `${reason}. No configuration allows it.`;
  const narrow = rule === "security.block_private"
    ? " To open no more than this, list what may be reached in security.allowed_targets as well."
    : "";
  return `${reason}. Allow it with ${wouldAllow}.${narrow}`;
}

/**
 * The Deno flag that holds the same denial when the application is wrong, or null if none does: a
 * range around a configured name server is cut up, an IPv6 range cannot be said.
 */
function denyFlag({ rule, matched }: Decision, net: PolicyNet): string | null {
  if (rule !== "security.block_cloud_metadata" && rule !== "security.blocked_targets") return null;
  if (matched === null) return null;
  const pattern = parseTargetPattern(matched);
  const isCut = pattern.kind === "range" && net.resolvers.some((text) => {
    const endpoint = parseEndpoint(text);
    return endpoint !== null && contains(pattern.prefix, parseAddress(endpoint.address));
  });
  const flag = renderPatternFlag(pattern);
  return isCut || flag === null ? null : `--deny-net=${flag}`;
}

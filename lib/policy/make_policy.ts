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
import {
  decide,
  decideBeforeLookup,
  dialledAddress,
  type Rules,
  rulesOf,
  serviceRules,
  subjectOf,
} from "./decide.ts";
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

/** Why a service that the configuration names may be reached. */
const CONFIGURED: Decision = {
  effect: "allow",
  rule: "default",
  matched: null,
  reason: "The configuration names it and no rule denies it",
  wouldAllow: null,
};

/**
 * Makes the policy of a configuration.
 *
 * @throws {InputError} `input.target_pattern` if a pattern of it does not parse
 */
export function createPolicy(config: Config, net: PolicyNet, files: RealPaths): Policy {
  const rules = rulesOf(config.security);
  const { listen } = config.http;
  const own = [...net.resolvers, ...(listen === null ? [] : [listen])];
  const judge = async (by: Rules, text: string, signal: AbortSignal): Promise<JudgedTarget> => {
    const explained = await explainTarget(by, net, text, signal);
    if (explained.decision.effect === "deny") throw denied(explained, own);
    return {
      input: text,
      name: explained.name,
      addresses: [...new Set(explained.addresses.map((one) => dialable(one.address)))],
      decision: explained.decision,
    };
  };
  return {
    judgeHost: (text, signal) => judge(rules, text, signal),
    judgeService: async (text, signal) => ({
      ...await judge(serviceRules(rules), text, signal),
      decision: CONFIGURED,
    }),
    judgeQuery: (text) => judgeQuery(rules, text),
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

function dialable(text: string): string {
  return renderAddress(dialledAddress(parseAddress(text, { zone: true })));
}

/**
 * A query reaches nothing of what it asks about, so only the rules about names and listed addresses
 * hold; a reverse name is judged by its address as well.
 */
function judgeQuery(rules: Rules, text: string): JudgedTarget {
  const target = readTarget(text);
  const name = target.kind === "name" ? target.name : null;
  const address = target.kind === "address" ? target.address : reverseAddress(target.name);
  const subject = address === null ? { name, address, embedded: [] } : subjectOf(address, name);
  const decision = decide(rules, subject, "query");
  const addresses = target.kind === "address" ? [renderAddress(target.address)] : [];
  if (decision.effect === "deny") {
    throw denied({ input: text, name, addresses: [], decision }, null);
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
  const root = real === null ? null : await rootOf(real, allowedPaths, files);
  if (root !== null) {
    return {
      effect: "allow",
      rule: "pcap.allowed_paths",
      matched: root,
      reason: `It lies in "${root}", symbolic links followed`,
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

/** The listed directory that really holds a real path, as the configuration has it, or null. */
async function rootOf(
  real: string,
  allowedPaths: readonly string[],
  files: RealPaths,
): Promise<string | null> {
  for (const root of allowedPaths) {
    const realRoot = await seen(files, root);
    if (realRoot !== null && enclosingRoot(real, [realRoot]) !== null) return root;
  }
  return null;
}

/** The real path, or null if nothing is there or it may not be seen. */
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

/**
 * The refusal, by the address that was refused if the name alone was not. `own` are the endpoints
 * of this server that the flags leave open; null: nothing would have been reached.
 */
function denied(explained: TargetExplanation, own: readonly string[] | null): PolicyDenied {
  const { input, name, addresses, decision } = explained;
  const { rule, matched, wouldAllow } = decision;
  const address = addresses.find((one) => one.decision === decision)?.address ?? null;
  const via = name !== null && address !== null ? ` (${address})` : "";
  const verb = own === null ? "ask about" : "reach";
  return new PolicyDenied(
    rule.slice(rule.indexOf(".") + 1),
    `Cannot ${verb} ${quoteText(input)}${via}: rule ${rule} denies it`,
    {
      hint: hintFor(decision),
      detail: {
        rule,
        config_key: rule.startsWith("always.") ? null : rule,
        matched,
        address,
        would_allow: wouldAllow,
        flag: own === null ? null : denyFlag(decision, address, own),
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
 * The Deno flag that holds the same denial when the application is wrong, or null if none does: an
 * IPv6 range cannot be said, a range around an endpoint of our own is cut up, and flags do not look
 * into addresses, IPv4-mapped ones apart.
 */
function denyFlag(
  { rule, matched }: Decision,
  address: string | null,
  own: readonly string[],
): string | null {
  if (matched === null || rule.startsWith("always.")) return null;
  const pattern = parseTargetPattern(matched);
  const flag = renderPatternFlag(pattern);
  if (flag === null) return null;
  if (pattern.kind === "range") {
    const isCut = own.some((text) => {
      const endpoint = parseEndpoint(text);
      return endpoint !== null && contains(pattern.prefix, parseAddress(endpoint.address));
    });
    const isDirect = address !== null &&
      contains(pattern.prefix, parseAddress(dialable(address), { zone: true }));
    if (isCut || !isDirect) return null;
  }
  return `--deny-net=${flag}`;
}

/**
 * `policy_explain`: what policy would do, and which rule decides, without doing it.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { defineTool, resolvers, type ToolContext } from "../../lib/mcp/define_tool.ts";
import type { Decision } from "../../lib/policy/decision.ts";

/** Most ranges of a prefix that one answer lists. */
const MAX_RANGES = 32;
/** Most addresses of a name that one answer lists. */
const MAX_ADDRESSES = 32;
/** The generator grants targets on every port, so one port stands for all. */
const ANY_PORT = 443;

const input = () =>
  z.strictObject({
    target: z.string().min(1).max(255).optional().describe("Host name or address"),
    path: z.string().min(1).max(4096).optional().describe("Capture file"),
    prefix: z.string().min(1).max(64).optional().describe("CIDR range"),
  });

const verdict = () => ({
  effect: z.enum(["allow", "deny"]),
  rule: z.string(),
  matched: z.string().nullable(),
});

const output = () =>
  z.object({
    success: z.boolean(),
    summary: z.string(),
    kind: z.enum(["target", "path", "prefix"]),
    effect: z.enum(["allow", "deny", "partial"]).describe("partial: some addresses of the prefix"),
    rule: z.string().nullable().describe("What decides; null if several do"),
    matched: z.string().nullable().describe("Pattern or range of the rule"),
    reason: z.string(),
    would_allow: z.string().nullable().describe("Configuration that lifts the denial"),
    name: z.string().nullable().optional().describe("Canonical name"),
    addresses: z.array(z.object({
      address: z.string(),
      embeds: z.string().nullable().describe("IPv4 address inside"),
      ...verdict(),
    })).optional(),
    addresses_total: z.int().optional(),
    tcp_permitted: z.boolean().optional().describe(
      "Of an allowed target: Deno's flags let TCP tools dial it",
    ),
    ranges: z.array(z.object({ range: z.string(), ...verdict() })).optional(),
    ranges_total: z.int().optional(),
  });

type Output = z.output<ReturnType<typeof output>>;

/** Explains the policy. */
export const policyExplain = defineTool({
  name: "policy_explain",
  title: "Explain the policy",
  toolset: "meta",
  effect: "observe",
  reach: "open",
  description:
    "Says whether a target, capture path or CIDR prefix may be reached or read, which rule decides " +
    "and which configuration would change it, without doing it: a denial is an answer here, not an " +
    "error. Give exactly one of target, path, prefix. Names are resolved and every address judged; " +
    "nothing else is sent. Use it before a probe, or after a policy.* error.",
  input,
  output,
  needs: () => [resolvers],
  budget: { ms: (_given, config) => 5_000 + 2 * config.dns.timeout_ms },
  run: (given, cx) => {
    const { target, path, prefix } = given;
    const count = [target, path, prefix].filter((one) => one !== undefined).length;
    if (count === 1 && target !== undefined) return explainTarget(target, cx);
    if (count === 1 && path !== undefined) return explainPath(path, cx);
    if (count === 1 && prefix !== undefined) return explainPrefix(prefix, cx);
    throw new InputError(
      "arguments",
      `Cannot explain the policy: exactly one of target, path and prefix is wanted, ${count} were given`,
      { hint: 'Give one of them, for example {"target": "192.0.2.10"}.' },
    );
  },
});

async function explainTarget(target: string, cx: ToolContext): Promise<Output> {
  const { name, addresses, decision } = await cx.policy.explainTarget(target, cx.signal);
  const { effect } = decision;
  const denied = addresses.find((one) => effect === "deny" && one.decision === decision);
  const via = name !== null && denied !== undefined ? ` (${denied.address})` : "";
  const answer = said("target", `${target}${via}`, "reached", decision);
  const isPermitted = effect === "allow" &&
    await mayDial(
      [...addresses.map(({ address }) => address), ...(name === null ? [] : [name])],
      cx,
    );
  return {
    ...answer,
    ...(effect === "deny" || isPermitted ? {} : {
      summary: `${answer.summary}, but Deno's flags do not let TCP tools dial it`,
    }),
    name,
    addresses: addresses.slice(0, MAX_ADDRESSES).map((one) => ({
      address: one.address,
      embeds: one.embeds,
      ...verdictOf(one.decision),
    })),
    ...(addresses.length > MAX_ADDRESSES ? { addresses_total: addresses.length } : {}),
    ...(effect === "allow" ? { tcp_permitted: isPermitted } : {}),
  };
}

async function mayDial(hosts: readonly string[], cx: ToolContext): Promise<boolean> {
  for (const host of hosts) if (await cx.io.net.mayConnect(host, ANY_PORT)) return true;
  return false;
}

async function explainPath(path: string, cx: ToolContext): Promise<Output> {
  const { decision } = await cx.policy.explainPath(path);
  return said("path", path, "read as a capture", decision);
}

function explainPrefix(text: string, cx: ToolContext): Output {
  const { prefix, effect, decisions } = cx.policy.explainPrefix(text);
  const [first] = decisions;
  const isOne = first !== undefined && decisions.every(({ rule }) => rule === first.rule);
  const denied = decisions.filter((one) => one.effect === "deny");
  const rules = [...new Set(denied.map(({ rule }) => rule))].join(", ");
  const shown = decisions.length > MAX_RANGES
    ? `; ${MAX_RANGES} of ${decisions.length} ranges shown, ask about a longer prefix for the rest`
    : "";
  return {
    success: true,
    summary: effect === "allow"
      ? `${prefix} may be reached`
      : effect === "deny"
      ? `${prefix} may not be reached: ${rules}`
      : `Some of ${prefix} may not be reached: ${rules}${shown}`,
    kind: "prefix",
    effect,
    rule: isOne ? first.rule : null,
    matched: isOne && decisions.length === 1 ? first.matched : null,
    reason: isOne && decisions.length === 1
      ? first.reason
      : `${denied.length} of ${decisions.length} ranges are denied`,
    would_allow: decisions.length === 1 && first !== undefined ? first.wouldAllow : null,
    ranges: decisions.slice(0, MAX_RANGES).map((one) => ({
      range: one.range,
      ...verdictOf(one),
    })),
    ...(decisions.length > MAX_RANGES ? { ranges_total: decisions.length } : {}),
  };
}

function said(kind: Output["kind"], what: string, done: string, decision: Decision): Output {
  const { effect, rule, matched, reason, wouldAllow } = decision;
  return {
    success: true,
    summary: effect === "allow"
      ? `${what} may be ${done} (${rule})`
      : `${what} may not be ${done}: rule ${rule} denies it`,
    kind,
    effect,
    rule,
    matched,
    reason,
    would_allow: wouldAllow,
  };
}

function verdictOf(
  { effect, rule, matched }: Decision,
): Pick<Decision, keyof ReturnType<typeof verdict>> {
  return { effect, rule, matched };
}

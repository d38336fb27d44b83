/**
 * `ip_lookup`: who originates the prefix of an address.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { parseAddressOrNull, renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { quoteText } from "../../lib/ip/syntax_error.ts";
import { defineTool, httpSources, resolvers, udp } from "../../lib/mcp/define_tool.ts";
import { findIpOrigin, type IpFacts, type OriginState } from "../../lib/registry/ip_origin.ts";
import {
  saySources,
  SOURCES_BUDGET_MS,
  sourcesOutput,
  sourcesReport,
} from "../../lib/registry/source_fields.ts";

/** Says who originates the prefix of an address. */
export const ipLookup = defineTool({
  name: "ip_lookup",
  title: "Look up the origin of an address",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Which prefix of the global table holds an address, which AS (or several, MOAS) originates it, " +
    "its name, country and origin validation state (RPKI), by every source that may be asked, each " +
    "with its own answer and what they say differently. Team Cymru over DNS; RIPEstat and BGPKIT only " +
    "if looking_glass.http_sources enables them. For the paths to it use route_lookup.",
  input: () =>
    z.strictObject({
      ip: z.string().min(2).max(64).describe("A public IPv4 or IPv6 address"),
      format: z.enum(["text", "json"]).default("json").describe("Accepted; both are the same"),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("At least one source answered"),
      summary: z.string(),
      type: z.literal("ip_lookup"),
      ip: z.string(),
      prefix: z.string().nullable(),
      asn: z.number().nullable().describe("First origin"),
      origins: z.array(z.number()).describe("Several: MOAS"),
      name: z.string().nullable(),
      country: z.string().nullable(),
      rpki: z.string().nullable().describe("State of the first origin; null: nobody said"),
      updated_at: z.string().nullable(),
      ...sourcesOutput(),
    }),
  needs: () => [resolvers, udp, httpSources],
  budget: { ms: SOURCES_BUDGET_MS },
  run: async ({ ip }, cx) => {
    const address = parseAddressOrNull(ip);
    if (address === null) {
      throw new InputError("ip", `Cannot look up ${quoteText(ip)}: it is no address`, {
        hint: "Give one address, for example 193.0.6.139 or 2001:67c:2e8:22::c100:68b.",
      });
    }
    const found = await findIpOrigin(
      address,
      { net: cx.io.net, clock: cx.io.clock, config: cx.config },
      cx.signal,
    );
    const { sources, differences, ...facts } = found;
    return {
      success: sources.some(({ error }) => error === null),
      summary: `${sayOrigin(facts, renderAddress(address))} (${saySources(sources, differences)}).`,
      type: "ip_lookup" as const,
      ip: renderAddress(address),
      ...factsReport(facts),
      asn: facts.origins[0] ?? null,
      rpki: stateOf(facts.rpki, facts.origins[0]),
      ...sourcesReport(sources, differences, (one) => ({
        ...factsReport(one),
        rpki: one.rpki.map(({ asn, state }) => ({ asn, state })),
      })),
    };
  },
});

function factsReport({ prefix, origins, name, country, updatedAt }: IpFacts) {
  return {
    prefix: prefix === null ? null : renderPrefix(prefix),
    origins: [...origins],
    name,
    country,
    updated_at: updatedAt,
  };
}

function stateOf(states: readonly OriginState[], asn: number | undefined): string | null {
  return states.find((one) => one.asn === asn)?.state ?? null;
}

function sayOrigin({ prefix, origins, name }: IpFacts, address: string): string {
  if (prefix === null || origins.length === 0) return `Nobody is seen to originate ${address}`;
  const who = origins.map((asn) => `AS${asn}`).join(" and ");
  const called = name === null ? "" : ` (${name})`;
  const several = origins.length === 1 ? "" : ", several at once";
  return `${address} is in ${renderPrefix(prefix)}, originated by ${who}${called}${several}`;
}

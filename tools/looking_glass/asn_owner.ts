/**
 * `asn_owner`: who holds an AS number.
 *
 * @module
 */
import { z } from "zod";
import { defineTool, httpSources, resolvers, udp } from "../../lib/mcp/define_tool.ts";
import { findAsOwner } from "../../lib/registry/as_owner.ts";
import { readAsn } from "../../lib/registry/asn_text.ts";
import {
  saySources,
  SOURCES_BUDGET_MS,
  sourcesOutput,
  sourcesReport,
} from "../../lib/registry/source_fields.ts";

/** Says who holds an AS number. */
export const asnOwner = defineTool({
  name: "asn_owner",
  title: "Look up the holder of an AS number",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Who holds an autonomous system number: name, country, registry, allocation date, by every source " +
    "that may be asked, each with its own answer and what they say differently. Team Cymru is asked " +
    "over DNS; RIPEstat and BGPKIT only if looking_glass.http_sources enables them. For the origin of " +
    "an address use ip_lookup.",
  input: () =>
    z.strictObject({
      asn: z.string().min(1).max(20).describe("For example 15169, AS15169 or 1.10"),
      format: z.enum(["text", "json"]).default("json").describe("Accepted; both are the same"),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("At least one source answered"),
      summary: z.string(),
      type: z.literal("asn_owner"),
      asn: z.number(),
      owner: z.string().nullable(),
      country: z.string().nullable(),
      ...sourcesOutput(),
    }),
  needs: () => [resolvers, udp, httpSources],
  budget: { ms: SOURCES_BUDGET_MS },
  run: async ({ asn }, cx) => {
    const number = readAsn(asn);
    const found = await findAsOwner(
      number,
      { net: cx.io.net, clock: cx.io.clock, config: cx.config },
      cx.signal,
    );
    const by = saySources(found.sources, found.differences);
    return {
      success: found.sources.some(({ error }) => error === null),
      summary: found.owner === null
        ? `No name is known for AS${number} (${by}).`
        : `AS${number} is ${found.owner}${
          found.country === null ? "" : `, ${found.country}`
        } (${by}).`,
      type: "asn_owner" as const,
      asn: number,
      owner: found.owner,
      country: found.country,
      ...sourcesReport(found.sources, found.differences, (facts) => ({ ...facts })),
    };
  },
});

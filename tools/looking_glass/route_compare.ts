/**
 * `route_compare`: one prefix or address as many vantage points see it.
 *
 * @module
 */
import { z } from "zod";
import { buildAsGraph } from "../../lib/looking_glass/as_graph.ts";
import { renderMermaid } from "../../lib/looking_glass/as_graph_mermaid.ts";
import { compareViews, sayComparison } from "../../lib/looking_glass/compare.ts";
import { parseDestination } from "../../lib/looking_glass/destination.ts";
import { gatherViews } from "../../lib/looking_glass/gather_views.ts";
import {
  AFTERTHOUGHT_MS,
  archivesOutput,
  rows,
  vantagesInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, httpSources, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";

/** Compares what vantage points see of a route. */
export const routeCompare = defineTool({
  name: "route_compare",
  title: "Compare a route between vantage points",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "One prefix or address asked of many route servers at once, and of archives if enabled: who sees " +
    "it, from which origins (MOAS), by which paths and where they diverge, upstreams of the origin, " +
    "prepending, communities, origin validation per vantage, covering and (on request) more-specific " +
    "routes. Those that fail are told with their error; their silence is not absence. format mermaid " +
    "adds the merged AS graph. To judge an announcement of your own use check_announcement.",
  input: () =>
    z.strictObject({
      destination: z.string().min(2).max(80).describe("192.0.2.10, 192.0.2.0/24 or 2001:db8::/32"),
      ...vantagesInput(),
      more_specifics: z.boolean().default(false).describe(
        "Of a prefix, also what lies inside of it: a second command for each server",
      ),
      format: z.enum(["json", "mermaid"]).default("json").describe(
        "mermaid: also the merged AS graph as Mermaid text",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("Everybody who was asked answered in full"),
      summary: z.string(),
      destination: z.string(),
      note: z.string().nullable(),
      visibility: z.record(z.string(), z.number().nullable()).describe(
        "asked, answered, seen, covered, default_only, not_seen, share of seen, seen_in_archives",
      ),
      vantages: rows().describe("Those that deviate first"),
      prefixes: rows(),
      origins: rows(),
      multiple_origins: z.boolean(),
      as_paths: rows().describe("15169x3: three times in a row"),
      divergence: rows(),
      upstreams: rows(),
      prepending: rows(),
      path_length: z.record(z.string(), z.number()).nullable(),
      communities: rows(),
      rpki: z.object({ states: rows(), disagree: z.boolean() }),
      left_out: z.record(z.string(), z.number()).describe("Rows for which there was no room"),
      archives: archivesOutput(),
      mermaid: z.string().optional(),
    }),
  needs: () => [routeServers, httpSources, resolvers],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  run: async ({ destination, servers, archives, more_specifics, timeout, format }, cx) => {
    const { text, note, ...target } = parseDestination(destination);
    const gathered = await gatherViews(await cx.lookingGlass(), target, {
      servers,
      archives,
      moreSpecifics: more_specifics,
      signal: cx.signal,
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
      onProgress: cx.progress,
    });
    const { target: _, ...comparison } = compareViews(target, gathered.views);
    return {
      success: gathered.isWhole,
      summary: `${sayComparison({ target: text, ...comparison })}.`,
      destination: text,
      note,
      ...comparison,
      archives: gathered.archives,
      ...(format === "mermaid"
        ? { mermaid: renderMermaid(buildAsGraph(target, gathered.views)) }
        : {}),
    };
  },
});

/**
 * `route_compare`: one prefix or address as many vantage points see it.
 *
 * @module
 */
import { z } from "zod";
import { buildAsGraph } from "../../lib/looking_glass/as_graph.ts";
import { renderMermaid } from "../../lib/looking_glass/as_graph_mermaid.ts";
import { compareViews, sayComparison } from "../../lib/looking_glass/compare.ts";
import { InputError } from "../../lib/errors/mod.ts";
import type { Prefix } from "../../lib/ip/prefix.ts";
import { parseDestination } from "../../lib/looking_glass/destination.ts";
import { gatherViews, saySilentArchives } from "../../lib/looking_glass/gather_views.ts";
import {
  AFTERTHOUGHT_MS,
  archivesOutput,
  rows,
  vantagesInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, httpSources, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { LONGER_MIN } from "../../lib/route/route_query.ts";

/** Compares what vantage points see of a route. */
export const routeCompare = defineTool({
  name: "route_compare",
  title: "Compare a route between vantage points",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "One prefix or address asked of many route servers at once, and of archives if enabled: who sees " +
    "it, from which origins (MOAS), by which paths and where they part, upstreams of the origin, " +
    "prepending, communities, RPKI state per vantage, covering and (on request) more-specific routes. " +
    "Those that fail are told with their error: that is not absence. To judge an announcement of your " +
    "own use check_announcement.",
  input: () =>
    z.strictObject({
      destination: z.string().min(2).max(80).describe("192.0.2.10, 192.0.2.0/24 or 2001:db8::/32"),
      ...vantagesInput(),
      more_specifics: z.boolean().default(false).describe(
        "Also what lies inside of a prefix: a second command for each server",
      ),
      format: z.enum(["json", "mermaid"]).default("json").describe(
        "mermaid: also the merged AS graph",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("All who were asked answered in full"),
      summary: z.string(),
      destination: z.string(),
      note: z.string().nullable(),
      visibility: z.record(z.string(), z.number().nullable()).describe(
        "asked, answered, seen, covered, default_only, not_seen, in_part, share of seen, seen_in_archives",
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
      left_out: z.record(z.string(), z.number()).describe("Rows, for want of room"),
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
    if (more_specifics && "prefix" in target) refuseWide(target.prefix);
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
      summary: `${sayComparison({ target: text, ...comparison })}${
        saySilentArchives(gathered.archives)
      }.`,
      destination: text,
      note,
      ...comparison,
      archives: gathered.archives,
      ...(format === "mermaid"
        ? { mermaid: onOneLine(renderMermaid(buildAsGraph(target, gathered.views))) }
        : {}),
    };
  },
});

/** Line ends would be escaped on their way; a semicolon ends a statement of Mermaid as well. */
function onOneLine(statements: string): string {
  return statements.trim().split("\n").map((statement) => statement.trim()).join("; ");
}

function refuseWide({ family, length }: Prefix): void {
  const min = LONGER_MIN[family];
  if (length >= min) return;
  throw new InputError(
    "more_specifics",
    `Cannot ask for what lies inside of a /${length}: it holds too much of the table`,
    { hint: `Give a prefix of length ${min} or more, or leave more_specifics out.` },
  );
}

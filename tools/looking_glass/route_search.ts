/**
 * `route_search`: routes of one server by origin, transit AS, AS path, community or covering prefix.
 *
 * @module
 */
import { z } from "zod";
import { expectAnswer } from "../../lib/looking_glass/expect_answer.ts";
import { pathReport } from "../../lib/looking_glass/path_report.ts";
import { saySearch, summariseRows } from "../../lib/looking_glass/search_result.ts";
import { routerQueryOf } from "../../lib/looking_glass/search_query.ts";
import {
  AFTERTHOUGHT_MS,
  answerFacts,
  answerOutput,
  deadlineInput,
  formatInput,
  rows,
  serverInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { parseRouteQuery, renderRouteQuery } from "../../lib/route/route_query.ts";

/** Searches the table of a route server. */
export const routeSearch = defineTool({
  name: "route_search",
  title: "Search the routes of a route server",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Routes of one public route server that match one term, the same for every kind of router: " +
    'origin:15169, via:3356, path:"^3356 .* 15169$", community:65535:666, longer:192.0.2.0/24 or ' +
    "neighbor:192.0.2.1. Ask narrowly: a table has a million routes, and many servers allow 500 kB a " +
    "day; what exceeds max_bytes is cut and said so. For one prefix use route_lookup.",
  input: () =>
    z.strictObject({
      query: z.string().min(3).max(300).describe(
        "One term; a path pattern takes ^ $ . .* 3356+ [1 2]",
      ),
      family: z.enum(["ipv4", "ipv6"]).default("ipv4").describe(
        "Where the query does not say it",
      ),
      server: serverInput(),
      detail: z.enum(["grouped", "full"]).default("grouped").describe(
        "full: also every path, in pages",
      ),
      max_bytes: z.int().min(1_024).max(2_097_152).default(65_536).describe(
        "Most bytes of the router's answer",
      ),
      format: formatInput(),
      timeout: deadlineInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      query: z.string(),
      prefix_count: z.number(),
      path_count: z.number(),
      prefixes: rows().describe("prefix, path_count, origins"),
      prefixes_left_out: z.number(),
      origins: rows(),
      origins_left_out: z.number(),
      paths: z.record(z.string(), z.unknown()).describe("Grouped as in route_lookup"),
      routes: rows().describe("With detail full"),
      ...answerOutput(),
    }),
  needs: () => [routeServers, resolvers],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  pages: "routes",
  run: async ({ query, family, server, detail, max_bytes, format, timeout }, cx) => {
    const wanted = parseRouteQuery(query);
    const { glass } = await cx.lookingGlass();
    const from = glass.find(server);
    const answer = await glass.ask(from, routerQueryOf(wanted, family === "ipv4" ? 4 : 6), {
      signal: cx.signal,
      maxBytes: max_bytes,
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
    });
    const { paths } = expectAnswer(answer, "table");
    const text = renderRouteQuery(wanted);
    const found = summariseRows(paths);
    return {
      success: answer.complete,
      summary: `${from.name}: ${saySearch(text, found)}${
        answer.complete ? "." : "; the answer is not whole, so there may be more."
      }`,
      query: text,
      ...found,
      routes: detail === "full" ? paths.map(pathReport) : [],
      ...answerFacts(answer, format),
    };
  },
});

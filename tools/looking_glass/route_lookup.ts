/**
 * `route_lookup`: what one route server has for a prefix or address.
 *
 * @module
 */
import { z } from "zod";
import type { RouteAnswer } from "../../lib/looking_glass/answer.ts";
import { parseDestination } from "../../lib/looking_glass/destination.ts";
import { expectAnswer } from "../../lib/looking_glass/expect_answer.ts";
import { groupPaths, type PathGroups, sayPaths } from "../../lib/looking_glass/path_groups.ts";
import { communityMeanings } from "../../lib/looking_glass/path_communities.ts";
import { pathReport } from "../../lib/looking_glass/path_report.ts";
import { namePath } from "../../lib/looking_glass/say_routes.ts";
import { isCarried } from "../../lib/looking_glass/sight.ts";
import { sayList } from "../../lib/words/list.ts";
import {
  AFTERTHOUGHT_MS,
  answerFacts,
  answerOutput,
  deadlineInput,
  formatInput,
  groupsOutput,
  rows,
  serverInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import type { RoutePath } from "../../lib/route/route.ts";

/** Looks up a route at a route server. */
export const routeLookup = defineTool({
  name: "route_lookup",
  title: "Look up a route at a route server",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "What one public route server has for a prefix or the longest match of an address: all paths " +
    "grouped by origin, neighbour and AS path, the best one and why, RPKI state, and whether only a " +
    "covering or default route matched. detail full: each path with all attributes. For many servers " +
    "at once use route_compare. Costs kilobytes of the server's daily allowance; remembered for a minute.",
  input: () =>
    z.strictObject({
      destination: z.string().min(2).max(80).describe("192.0.2.10, 192.0.2.0/24 or 2001:db8::/32"),
      server: serverInput(),
      detail: z.enum(["grouped", "full"]).default("grouped").describe(
        "full: every path with every attribute, in pages",
      ),
      format: formatInput(),
      timeout: deadlineInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      type: z.literal("route_lookup"),
      destination: z.string(),
      note: z.string().nullable(),
      prefix: z.string().nullable().describe("What the router matched"),
      match: z.enum(["exact", "longest", "covering", "default", "none"]),
      announced_paths: z.number().nullable().describe("As the router counts them"),
      ...groupsOutput(),
      community_meanings: z.record(z.string(), z.string()).describe("Of those that are public"),
      parsed_routes: rows().describe(
        "prefix, as_path, next_hop, metric (MED), communities … as shown; grouped: the best path only",
      ),
      parse_status: z.enum(["success", "no_routes_found", "partial"]),
      advertised_to: z.array(z.string()).readonly().nullable().optional(),
      ...answerOutput(),
    }),
  needs: () => [routeServers, resolvers],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  pages: "parsed_routes",
  run: async ({ destination, server, detail, format, timeout }, cx) => {
    const { text, note, ...target } = parseDestination(destination);
    const { glass } = await cx.lookingGlass();
    const answer = await glass.ask(glass.find(server), { kind: "route", target }, {
      signal: cx.signal,
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
    });
    const route = expectAnswer(answer, "route");
    const groups = groupPaths(route.paths);
    const shown = detail === "full"
      ? route.paths
      : route.paths.filter(({ flags }) => flags.includes("best"));
    return {
      success: answer.complete,
      summary: sayRoute(answer.server.name, text, route, groups, answer.complete),
      type: "route_lookup" as const,
      destination: text,
      note,
      prefix: route.prefix === null ? null : renderPrefix(route.prefix),
      match: route.match,
      announced_paths: route.announcedPaths,
      ...groups,
      community_meanings: communityMeanings(route.paths),
      parsed_routes: shown.map(pathReport),
      parse_status: !answer.complete
        ? "partial" as const
        : route.paths.length === 0
        ? "no_routes_found" as const
        : "success" as const,
      ...(detail === "full" ? { advertised_to: route.advertisedTo } : {}),
      ...answerFacts(answer, format),
    };
  },
});

function sayRoute(
  server: string,
  asked: string,
  { match, prefix, paths }: RouteAnswer,
  groups: PathGroups,
  isComplete: boolean,
): string {
  const cut = isComplete ? "" : " The answer is not whole: there may be more.";
  if (prefix === null || match === "none") {
    return `${server} ${isComplete ? "has no route" : "showed no route"} to ${asked}.${cut}`;
  }
  const how = match === "default"
    ? `only its default route leads to ${asked}: `
    : match === "covering"
    ? `no route to exactly ${asked}, but `
    : "";
  const said = [
    sayPaths(renderPrefix(prefix), groups),
    ...sayUnused(paths),
    ...sayBest(paths),
    ...sayValidity(paths),
  ];
  return `${server}: ${how}${said.join("; ")}.${cut}`;
}

/** How many are only remembered or were refused: the router may have no route in truth. */
function sayUnused(paths: readonly RoutePath[]): string[] {
  const count = paths.filter((path) => !isCarried(path)).length;
  return count === 0
    ? []
    : [count === paths.length ? "none of them usable" : `${count} of them not usable`];
}

/** The best path, and why the router says that it is. */
function sayBest(paths: readonly RoutePath[]): string[] {
  const best = paths.find(({ flags }) => flags.includes("best"));
  if (best === undefined || paths.length === 1) return [];
  const path = best.asPath.length === 0 ? "its own route" : namePath(best.asPath);
  return [`best: ${path}${best.bestReason === null ? "" : ` (${best.bestReason})`}`];
}

function sayValidity(paths: readonly RoutePath[]): string[] {
  const states = paths.flatMap(({ rpki }) => rpki === null || rpki === "unverified" ? [] : [rpki]);
  const counts = [...Map.groupBy(states, (state) => state)]
    .map(([state, { length }]) => length === paths.length ? state : `${state} (${length})`).sort();
  return counts.length === 0 ? [] : [`RPKI ${sayList(counts)}`];
}

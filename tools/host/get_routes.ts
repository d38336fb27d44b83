/**
 * `get_routes`: every routing table and policy rule of this host.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { gatewayOf } from "../../lib/host/default_routes.ts";
import {
  defaultRoute,
  type Family,
  lengthOf,
  readRoutes,
  type RouteRow,
  routeRow,
} from "../../lib/host/routes.ts";
import { readRules, ruleRow } from "../../lib/host/rules.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { parseAddressOrNull, renderAddress } from "../../lib/ip/address.ts";
import { defineTool, hostTable } from "../../lib/mcp/define_tool.ts";

/** A host with more rules has them made by a program; get_routes shows the first. */
const MAX_RULES = 200;

/** Lists routes. */
export const getRoutes = defineTool({
  name: "get_routes",
  title: "List routes and policy rules",
  toolset: "host",
  effect: "observe",
  reach: "local",
  description:
    "Routes of all tables of this host, IPv4 and IPv6, with multipath, blackholes and metrics, and " +
    "the policy rules that choose the table; main table first, local last. To learn what happens " +
    "to one packet use path_to.",
  input: () =>
    z.strictObject({
      family: z.enum(["all", "ipv4", "ipv6"]).default("all").describe("Address family"),
      table: z.string().min(1).max(64).optional().describe("Only this one, as ip names it: main"),
      address: z.string().min(1).max(64).optional().describe(
        "Only routes that cover this address, the most specific first",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      default_gateway: z.string().nullable().describe(
        "Main table, lowest metric; null: none, or the family was not asked for",
      ),
      default_gateway_ipv6: z.string().nullable(),
      tables: z.record(z.string(), z.number()).describe("Routes by table"),
      rules: z.array(ruleRow()).describe("In the order of their trial, at most 200"),
      rules_total: z.number(),
      problems: z.array(z.string()),
      routes: z.array(routeRow()),
    }),
  needs: () => [hostTable("routes")],
  budget: { ms: HOST_BUDGET_MS },
  pages: "routes",
  run: async (given, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    const covering = given.address === undefined ? null : coveredAddress(given.address);
    const families = (["ipv4", "ipv6"] as const).filter((family) =>
      (given.family === "all" || given.family === family) &&
      (covering === null || covering.family === family)
    );
    const answers = await Promise.all(families.map(async (family) => {
      const [read, rules] = await Promise.all([
        readRoutes(doors, family, covering?.text ?? null),
        readRules(doors, family),
      ]);
      return { read, rules };
    }));
    const all = answers.flatMap(({ read }) => read.routes);
    const rules = answers.flatMap((answer) => answer.rules.map(({ row }) => row));
    const problems = answers.flatMap(({ read }) => read.problems);
    const tables = countTables(all);
    const routes = all.filter(({ table }) => given.table === undefined || table === given.table);
    if (given.table !== undefined && routes.length === 0) {
      problems.push(
        `No route is in table "${given.table.slice(0, 64)}"; there are: ${
          Object.keys(tables).slice(0, 20).join(", ")
        }`,
      );
    }
    const sorted = covering === null ? byTable(routes) : bySpecificity(routes);
    const [v4, v6] = (["ipv4", "ipv6"] as const).map((family) =>
      gatewayOf(defaultRoute(all.filter((route) => route.family === family)))
    );
    const isWhole = answers.every(({ read }) => read.problems.length === 0);
    return {
      success: true,
      summary: `${sayNumber(routes.length, "route", "routes")} in ${
        sayNumber(new Set(routes.map(({ table }) => table)).size, "table", "tables")
      }, ${sayNumber(rules.length, "policy rule", "policy rules")}; default gateway ${
        families.map((family) =>
          family === "ipv4" ? `${v4 ?? "none"} (IPv4)` : `${v6 ?? "none"} (IPv6)`
        ).join(", ")
      }`,
      complete: isWhole && rules.length <= MAX_RULES,
      default_gateway: v4 ?? null,
      default_gateway_ipv6: v6 ?? null,
      tables,
      rules: rules.slice(0, MAX_RULES),
      rules_total: rules.length,
      problems,
      routes: sorted,
    };
  },
});

function coveredAddress(text: string): { readonly family: Family; readonly text: string } {
  const address = parseAddressOrNull(text);
  if (address === null) {
    throw new InputError("address", `Cannot look for routes to ${JSON.stringify(text)}`, {
      hint: 'Give an address, for example "192.0.2.1" or "2001:db8::1"; names go to path_to.',
    });
  }
  return { family: address.family === 4 ? "ipv4" : "ipv6", text: renderAddress(address) };
}

function countTables(routes: readonly RouteRow[]): Record<string, number> {
  const tables: Record<string, number> = {};
  for (const { table } of routes) tables[table] = (tables[table] ?? 0) + 1;
  return tables;
}

/** Main first, then the others in the order of their appearance, local last. */
function byTable(routes: readonly RouteRow[]): RouteRow[] {
  const rank = ({ table }: RouteRow): number => table === "main" ? 0 : table === "local" ? 2 : 1;
  return routes.toSorted((a, b) => rank(a) - rank(b));
}

function bySpecificity(routes: readonly RouteRow[]): RouteRow[] {
  const length = ({ destination, family }: RouteRow): number =>
    lengthOf(destination, family === "ipv4" ? 32 : 128);
  return routes.toSorted((a, b) => length(b) - length(a));
}

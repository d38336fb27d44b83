/**
 * `bgp_summary`: the neighbours of a public route server.
 *
 * @module
 */
import { z } from "zod";
import type { NeighborRow, SummaryAnswer } from "../../lib/looking_glass/answer.ts";
import { expectAnswer } from "../../lib/looking_glass/expect_answer.ts";
import {
  AFTERTHOUGHT_MS,
  answerFacts,
  answerOutput,
  deadlineInput,
  formatInput,
  serverInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Lists the BGP neighbours of a route server. */
export const bgpSummary = defineTool({
  name: "bgp_summary",
  title: "List BGP neighbours of a route server",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Neighbours of a public route server with AS, state, time in it and prefixes: who feeds it and " +
    "whether they are up. For routes use route_lookup. Costs kilobytes of the server's daily " +
    "allowance; remembered for a minute. Descriptions are the operator's words.",
  input: () =>
    z.strictObject({
      server: serverInput(),
      family: z.enum(["ipv4", "ipv6"]).default("ipv4").describe("Which table's neighbours"),
      format: formatInput(),
      timeout: deadlineInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      type: z.literal("bgp_summary"),
      ...answerOutput(),
      router_id: z.string().nullable(),
      local_as: z.number().nullable(),
      rib_entries: z.number().nullable(),
      neighbor_count: z.number(),
      established_count: z.number(),
      neighbors: z.array(z.object({
        address: z.string(),
        name: z.string().optional(),
        asn: z.number().nullable(),
        family: z.string(),
        state: z.string().nullable(),
        state_detail: z.string().optional(),
        uptime_seconds: z.number().nullable(),
        prefixes_received: z.number().nullable(),
        prefixes_sent: z.number().nullable(),
        description: z.string().optional(),
      })),
      parse_status: z.enum(["success", "partial"]),
    }),
  needs: () => [routeServers, resolvers],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  pages: "neighbors",
  run: async ({ server, family, format, timeout }, cx) => {
    const { glass } = await cx.lookingGlass();
    const answer = await glass.ask(
      glass.find(server),
      { kind: "summary", family: family === "ipv4" ? 4 : 6 },
      { signal: cx.signal, ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }) },
    );
    const table = expectAnswer(answer, "summary");
    const established = table.neighbors.filter(({ state }) => state === "Established").length;
    return {
      success: answer.complete,
      summary: saySummary(answer.server.name, table, established, answer.complete),
      type: "bgp_summary" as const,
      ...answerFacts(answer, format),
      router_id: table.routerId,
      local_as: table.localAs,
      rib_entries: table.ribEntries,
      neighbor_count: table.neighbors.length,
      established_count: established,
      neighbors: table.neighbors.map(neighborReport),
      parse_status: answer.complete ? "success" as const : "partial" as const,
    };
  },
});

function neighborReport(row: NeighborRow) {
  return {
    address: row.address,
    ...(row.name === null ? {} : { name: row.name }),
    asn: row.asn,
    family: row.family === 4 ? "ipv4" : "ipv6",
    state: row.state,
    ...(row.stateDetail === null ? {} : { state_detail: row.stateDetail }),
    uptime_seconds: row.uptimeSec,
    prefixes_received: row.prefixesReceived,
    prefixes_sent: row.prefixesSent,
    ...(row.description === null ? {} : { description: row.description }),
  };
}

function saySummary(
  server: string,
  { neighbors, localAs }: SummaryAnswer,
  established: number,
  isComplete: boolean,
): string {
  const as = localAs === null ? "" : ` (AS${localAs})`;
  const cut = isComplete ? "" : "; the answer was cut, so there may be more";
  return `${server}${as} has ${
    sayCount(neighbors.length, "neighbour")
  }, ${established} of them established${cut}.`;
}

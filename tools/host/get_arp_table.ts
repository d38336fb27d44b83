/**
 * `get_arp_table`: the neighbours of this host, IPv4 and IPv6.
 *
 * @module
 */
import { z } from "zod";
import { neighborRow, readNeighbors } from "../../lib/host/neighbors.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { defineTool, hostTable } from "../../lib/mcp/define_tool.ts";

/** Lists neighbours. */
export const getArpTable = defineTool({
  name: "get_arp_table",
  title: "List ARP and IPv6 neighbours",
  toolset: "host",
  effect: "observe",
  reach: "local",
  description:
    "Neighbours on the links of this host, ARP (IPv4) and neighbour discovery (IPv6), with MAC " +
    "address, interface and state; FAILED and INCOMPLETE ones do not answer.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      states: z.record(z.string(), z.number()),
      left_out: z.number().describe("Entries for multicast groups, which no host answers for"),
      problems: z.array(z.string()),
      entries: z.array(neighborRow()),
    }),
  needs: () => [hostTable("neighbors")],
  budget: { ms: HOST_BUDGET_MS },
  pages: "entries",
  run: async (_given, cx) => {
    const { entries, leftOut, problems } = await readNeighbors({
      programs: cx.io.programs,
      signal: cx.signal,
    });
    const states: Record<string, number> = {};
    for (const { state } of entries) states[state] = (states[state] ?? 0) + 1;
    const silent = (states.FAILED ?? 0) + (states.INCOMPLETE ?? 0);
    const v6 = entries.filter(({ family }) => family === "ipv6").length;
    return {
      success: true,
      summary: `${
        sayNumber(entries.length, "neighbour", "neighbours")
      }, ${v6} of them IPv6; ${silent} without an answer`,
      complete: problems.length === 0,
      states,
      left_out: leftOut,
      problems: [...problems],
      entries: [...entries],
    };
  },
});

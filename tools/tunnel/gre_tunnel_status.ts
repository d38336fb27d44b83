/**
 * `gre_tunnel_status`: the tunnels of this host and whether they can work.
 *
 * @module
 */
import { z } from "zod";
import { requireLinux } from "../../lib/host/ip_program.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { readTunnels, tunnelRow } from "../../lib/host/tunnels/tunnel.ts";
import { defineTool, run } from "../../lib/mcp/define_tool.ts";

/** Lists tunnels. */
export const greTunnelStatus = defineTool({
  name: "gre_tunnel_status",
  title: "Show tunnels",
  toolset: "tunnel",
  effect: "observe",
  reach: "local",
  description:
    "Tunnel interfaces of this host (GRE, GRETAP, over IPv4 and IPv6, IPIP, SIT, VTI, VXLAN) with " +
    "ends, key, TTL, MTU, counters and the way to the far end: whether it exists, leads through " +
    "the tunnel itself, and what MTU fits. Nothing is sent, so a far end that is silent shows by " +
    "the counters only; ping its inner address to be sure.",
  input: () =>
    z.strictObject({
      name: z.string().min(1).max(15).optional().describe("Only this interface"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      count: z.number(),
      addresses: z.array(z.string()).describe("Of all these tunnels, with prefix length"),
      problems: z.array(z.string()),
      tunnels: z.array(tunnelRow()),
    }),
  needs: () => [run("ip")],
  budget: { ms: HOST_BUDGET_MS },
  pages: "tunnels",
  run: async ({ name }, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    requireLinux(doors.programs, "show tunnels");
    const read = await readTunnels(doors);
    const tunnels = read.tunnels.filter((tunnel) => name === undefined || tunnel.name === name);
    const made = tunnels.filter((tunnel) => !tunnel.is_fallback);
    const down = made.filter(({ status }) => status === "down").length;
    const troubled = made.find(({ findings }) => findings.length > 0);
    const parts = [
      sayNumber(made.length, "tunnel", "tunnels"),
      ...down === 0 ? [] : [`${down} down`],
      ...troubled === undefined ? [] : [`${troubled.name}: ${troubled.findings[0]}`],
    ];
    return {
      success: true,
      summary: name !== undefined && tunnels.length === 0
        ? `This host has no tunnel "${name}"`
        : parts.join("; "),
      complete: read.problems.length === 0,
      count: tunnels.length,
      addresses: tunnels.flatMap(({ addresses }) => addresses),
      problems: [...read.problems],
      tunnels,
    };
  },
});

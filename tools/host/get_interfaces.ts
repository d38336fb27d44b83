/**
 * `get_interfaces`: the links of this host and their addresses.
 *
 * @module
 */
import { z } from "zod";
import { interfaceOf, readDefaultRoutes } from "../../lib/host/default_routes.ts";
import { interfaceRow, readInterfaces } from "../../lib/host/interfaces.ts";
import { readNamespaces } from "../../lib/host/namespaces.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { defineTool, hostTable } from "../../lib/mcp/define_tool.ts";

/** Lists interfaces. */
export const getInterfaces = defineTool({
  name: "get_interfaces",
  title: "List network interfaces",
  toolset: "host",
  effect: "observe",
  reach: "local",
  description:
    "Interfaces of this host with every IPv4 and IPv6 address and its own mask, administrative and " +
    "carrier state, MTU, VRF, counters and errors. For what is wrong with them use host_health.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      default_interface: z.string().nullable().describe("Of the IPv4 default route, else IPv6"),
      default_interface_ipv6: z.string().nullable(),
      namespaces: z.array(z.string()).describe("Other network namespaces with a name"),
      problems: z.array(z.string()),
      interfaces: z.array(interfaceRow()),
    }),
  needs: () => [hostTable("interfaces")],
  budget: { ms: HOST_BUDGET_MS },
  pages: "interfaces",
  run: async (_given, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    const [{ interfaces, problems }, defaults, namespaces] = await Promise.all([
      readInterfaces(doors),
      readDefaultRoutes(doors),
      readNamespaces(doors),
    ]);
    const up = interfaces.filter(({ status }) => status === "up").length;
    const [v4, v6] = [interfaceOf(defaults.ipv4), interfaceOf(defaults.ipv6)];
    const lost = interfaces.filter(({ admin_up, status }) => admin_up && status === "down");
    return {
      success: true,
      summary: `${sayNumber(interfaces.length, "interface", "interfaces")}, ${up} up${
        lost.length === 0
          ? ""
          : `; enabled but down: ${lost.slice(0, 5).map(({ name }) => name).join(", ")}`
      }; default route through ${v4 ?? v6 ?? "none"}`,
      complete: problems.length === 0,
      default_interface: v4 ?? v6,
      default_interface_ipv6: v6,
      namespaces: [...namespaces],
      problems: [...problems],
      interfaces: [...interfaces],
    };
  },
});

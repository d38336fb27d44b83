/**
 * One call of a host tool with the real doors, printed as JSON: what the host tests start inside a
 * namespace. The one argument is `{tool, input, connections?}`.
 *
 * @module
 */
import { asNetglassError } from "../../lib/errors/mod.ts";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { getArpTable } from "../../tools/host/get_arp_table.ts";
import { getConnections } from "../../tools/host/get_connections.ts";
import { getDnsConfig } from "../../tools/host/get_dns_config.ts";
import { getInterfaces } from "../../tools/host/get_interfaces.ts";
import { getRoutes } from "../../tools/host/get_routes.ts";
import { hostHealth } from "../../tools/host/host_health.ts";
import { pathTo } from "../../tools/host/path_to.ts";
import { loopbackContext } from "../loopback_context.ts";

/** What is asked of one run. */
export interface HostOrder {
  readonly tool: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly connections?: boolean;
  readonly resolvers?: readonly string[];
}

const TOOLS: readonly Tool[] = [
  ...[getInterfaces, getRoutes, getDnsConfig, getArpTable, getConnections, pathTo, hostHealth],
];

async function call(order: HostOrder): Promise<unknown> {
  const tool = TOOLS.find(({ name }) => name === order.tool);
  if (tool === undefined) throw new Error(`no tool ${order.tool}`);
  const { resolvers = [], connections = false } = order;
  const cx = loopbackContext({ resolvers, connections });
  const startedMs = performance.now();
  try {
    const answer = tool.output.parse(await tool.run(tool.input.parse(order.input ?? {}), cx));
    return { answer, took_ms: performance.now() - startedMs };
  } catch (error) {
    const { code, message, detail } = asNetglassError(error);
    return { error: { code, message, detail } };
  }
}

if (import.meta.main) {
  // The host tests wrote the argument from a HostOrder.
  const order = JSON.parse(Deno.args[0] ?? "{}") as HostOrder;
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(await call(order))));
}

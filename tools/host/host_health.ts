/**
 * `host_health`: what is wrong with the network of this host.
 *
 * @module
 */
import { z } from "zod";
import { readDefaultRoutes } from "../../lib/host/default_routes.ts";
import { findingRow, worstFirst } from "../../lib/host/finding.ts";
import { interfaceFindings, routeFindings } from "../../lib/host/health.ts";
import { readInterfaces } from "../../lib/host/interfaces.ts";
import { requireLinux } from "../../lib/host/ip_program.ts";
import { listenerFindings } from "../../lib/host/listeners.ts";
import { readNeighbors } from "../../lib/host/neighbors.ts";
import { clockFindings, resolverFindings, tryResolvers } from "../../lib/host/resolver_health.ts";
import { readSockets } from "../../lib/host/sockets.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import {
  defineTool,
  resolvers,
  run,
  sockets as socketNeed,
  udp,
} from "../../lib/mcp/define_tool.ts";

/** Between the two looks at the counters, milliseconds. */
const BETWEEN_MS = 1_000;

/** Judges the network of this host. */
export const hostHealth = defineTool({
  name: "host_health",
  title: "Check the network of this host",
  toolset: "host",
  effect: "observe",
  reach: "open",
  description:
    "What is wrong with the network of this host, one line each, worst first: links, errors that " +
    "grow, default routes and gateways, name servers (each is asked for the root), the clock, and " +
    "with host.connections surprising listeners. Takes about a second.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      healthy: z.boolean().describe("No critical finding and no warning"),
      problems: z.array(z.string()),
      findings: z.array(findingRow()),
    }),
  needs: () => [run("ip"), resolvers, udp, socketNeed],
  budget: { ms: (_given, config) => HOST_BUDGET_MS + 4 * config.dns.timeout_ms },
  pages: "findings",
  run: async (_given, cx) => {
    const { programs, net, clock } = cx.io;
    requireLinux(programs, "check this host");
    const doors = { programs, signal: cx.signal };
    const startedMs = clock.monotonicMs();
    const [earlier, trials, sockets] = await Promise.all([
      readInterfaces(doors),
      tryResolvers(net.resolvers, {
        net,
        clock,
        transport: "auto",
        timeoutMs: cx.config.dns.timeout_ms,
        signal: cx.signal,
      }),
      cx.config.host.connections ? readSockets(doors) : null,
      clock.sleep(BETWEEN_MS, cx.signal),
    ]);
    const [now, defaults, neighbors] = await Promise.all([
      readInterfaces(doors),
      readDefaultRoutes(doors),
      readNeighbors(doors),
    ]);
    const seconds = (clock.monotonicMs() - startedMs) / 1_000;
    const findings = worstFirst([
      ...interfaceFindings(earlier.interfaces, now.interfaces, seconds, defaults),
      ...routeFindings(defaults, neighbors.entries),
      ...resolverFindings(trials),
      ...clockFindings(trials, clock.now()),
      ...listenerFindings(sockets?.sockets ?? null),
    ]);
    const problems = [now.problems, neighbors.problems, sockets?.problems ?? []].flat();
    const count = (severity: string): number =>
      findings.filter((finding) => finding.severity === severity).length;
    const [critical, warnings] = [count("critical"), count("warning")];
    const healthy = critical + warnings === 0;
    return {
      success: true,
      summary: healthy
        ? "Nothing is wrong with the network of this host as far as it was looked at"
        : `${critical} critical, ${sayNumber(warnings, "warning", "warnings")}; worst: ${
          findings[0]?.line
        }`,
      complete: problems.length === 0,
      healthy,
      problems,
      findings,
    };
  },
});

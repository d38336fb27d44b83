/**
 * `traceroute`: the routers on the way to a host.
 *
 * @module
 */
import { z } from "zod";
import { defineTool, resolvers, run } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { pickAddress } from "../../lib/probe/hop_address.ts";
import { traceAddress, traceBudgetMs, usualMethod } from "../../lib/probe/traceroute.ts";
import { tracerouteReport } from "../../lib/probe/traceroute_report.ts";

/** Traces the path to one host. */
export const traceroute = defineTool({
  name: "traceroute",
  title: "Trace the path to a host",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Lists the routers on the way to one host, with load-balanced alternatives, ICMP refusals and " +
    "MPLS labels. Takes seconds, up to 2 min where hops are silent. A few probes per hop cannot " +
    "measure loss: for that use mtr.",
  input: () =>
    z.strictObject({
      target: z.string().min(1).max(255).describe("Host name or IP address"),
      max_hops: z.int().min(1).max(64).default(30).describe("1-64"),
      timeout: z.int().min(1).max(60).default(5).describe("Seconds to wait for each answer"),
      method: z.enum(["auto", "udp", "icmp", "tcp"]).default("auto").describe(
        "auto is udp (Windows: icmp); tcp passes most firewalls; icmp and tcp may need root",
      ),
      port: z.int().min(1).max(65535).default(443).describe("Destination port of tcp probes"),
      queries: z.int().min(1).max(10).default(3).describe("Probes per hop"),
      resolve_names: z.boolean().default(true).describe("Look up hop names, at most 3 s"),
      family: z.enum(["auto", "ipv4", "ipv6"]).default("auto").describe("Address family"),
    }),
  output: tracerouteReport,
  needs: () => [run("traceroute"), resolvers],
  guards: ({ target }) => [reachHost(target)],
  budget: {
    ms: ({ max_hops, timeout }, config) =>
      2 * config.dns.timeout_ms + traceBudgetMs(max_hops, timeout),
  },
  run: (given, cx) => {
    const { programs, clock, net } = cx.io;
    return traceAddress(
      {
        programs,
        clock,
        ...(given.resolve_names
          ? { reverse: (address, signal) => net.reverseHost(address, signal) }
          : {}),
      },
      {
        label: given.target,
        address: pickAddress(cx.judged(given.target), given.family),
        maxHops: given.max_hops,
        timeoutSec: given.timeout,
        queries: given.queries,
        method: given.method === "auto" ? usualMethod(programs.platform) : given.method,
        port: given.port,
        signal: cx.signal,
        onHop: (hop) => cx.progress(hop, given.max_hops, `hop ${hop}`),
      },
    );
  },
});

/**
 * `mtr`: loss and latency of every hop on the way to a host, judged.
 *
 * @module
 */
import { z } from "zod";
import { Unavailable } from "../../lib/errors/mod.ts";
import { defineTool, resolvers, run } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { pickAddress } from "../../lib/probe/hop_address.ts";
import { mtrAddress, mtrBudgetMs } from "../../lib/probe/mtr.ts";
import { mtrReport } from "../../lib/probe/mtr_report.ts";
import { traceBudgetMs } from "../../lib/probe/traceroute.ts";

/** Measures the path to one host. */
export const mtr = defineTool({
  name: "mtr",
  title: "Measure loss along a path",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Measures loss and latency at every hop to one host and gives a verdict that tells loss that " +
    "persists to the destination from routers that merely rate-limit their answers. Takes count + " +
    "timeout seconds. Without mtr installed it runs traceroute and ping instead (fallback).",
  input: () =>
    z.strictObject({
      target: z.string().min(1).max(255).describe("Host name or IP address"),
      count: z.int().min(1).max(100).default(10).describe("Probes per hop, one a second"),
      timeout: z.int().min(1).max(60).default(5).describe("Seconds to wait for the last answers"),
      max_hops: z.int().min(1).max(64).default(30).describe("1-64"),
      resolve_names: z.boolean().default(true).describe("Look up hop names, at most 3 s"),
      family: z.enum(["auto", "ipv4", "ipv6"]).default("auto").describe("Address family"),
    }),
  output: mtrReport,
  needs: () => [run("mtr"), run("traceroute"), run("ping"), resolvers],
  guards: ({ target }) => [reachHost(target)],
  budget: {
    ms: ({ count, timeout, max_hops }, config) =>
      2 * config.dns.timeout_ms +
      Math.max(mtrBudgetMs(count, timeout), traceBudgetMs(max_hops, timeout)),
  },
  run: async (given, cx) => {
    const { programs, clock, net } = cx.io;
    const doors = {
      programs,
      clock,
      ...(given.resolve_names
        ? {
          reverse: (address: string, signal: AbortSignal) => net.reverseHost(address, signal),
        }
        : {}),
    };
    const request = {
      label: given.target,
      address: pickAddress(cx.judged(given.target), given.family),
      count: given.count,
      timeoutSec: given.timeout,
      maxHops: given.max_hops,
      signal: cx.signal,
    };
    try {
      return await mtrAddress(doors, request);
    } catch (error) {
      // Absent, or too old for --json: the same lack to the caller.
      if (
        error instanceof Unavailable &&
        (error.code === "env.program_absent" || error.code === "env.program_version")
      ) {
        const { measureWithoutMtr } = await import("../../lib/probe/mtr_fallback.ts");
        return await measureWithoutMtr(doors, request, error);
      }
      throw error;
    }
  },
});

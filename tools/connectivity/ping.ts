/**
 * `ping`: whether a host answers echo requests, and how fast.
 *
 * @module
 */
import { z } from "zod";
import { defineTool, resolvers, run } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { pickAddress } from "../../lib/probe/hop_address.ts";
import { pingAddress, pingBudgetMs } from "../../lib/probe/ping.ts";
import { pingReport } from "../../lib/probe/ping_report.ts";

/** Pings one host. */
export const ping = defineTool({
  name: "ping",
  title: "Ping a host",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Sends ICMP echo requests to one host: reachability, loss, latency, jitter, duplicates, ICMP " +
    "errors and each probe. Takes count seconds. For many hosts use batch_ping, for where on the " +
    "path it fails mtr or traceroute, for hosts that filter ICMP port_check.",
  input: () =>
    z.strictObject({
      target: z.string().min(1).max(255).describe("Host name or IP address"),
      count: z.int().min(1).max(100).default(4).describe("Probes"),
      timeout: z.int().min(1).max(60).default(5).describe("Seconds to wait for a reply"),
      interval: z.number().min(0.2).max(10).default(1).describe("Seconds between probes"),
      family: z.enum(["auto", "ipv4", "ipv6"]).default("auto").describe("Address family"),
    }),
  output: pingReport,
  needs: () => [run("ping"), resolvers],
  guards: ({ target }) => [reachHost(target)],
  budget: {
    ms: ({ count, timeout, interval }, config) =>
      2 * config.dns.timeout_ms + pingBudgetMs(count, timeout, interval),
  },
  run: ({ target, count, timeout, interval, family }, cx) =>
    pingAddress(cx.io.programs, {
      label: target,
      address: pickAddress(cx.judged(target), family),
      count,
      timeoutSec: timeout,
      intervalSec: interval,
      signal: cx.signal,
      onProbe: (done) => cx.progress(done, count, `${done} of ${count} probes`),
    }),
});

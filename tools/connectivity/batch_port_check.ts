/**
 * `batch_port_check`: many TCP ports of one host.
 *
 * @module
 */
import { z } from "zod";
import type { Config } from "../../lib/config/config.ts";
import { defineTool, resolvers, targets } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { serviceHint } from "../../lib/probe/service_names.ts";
import type { PortState } from "../../lib/probe/tcp_connect.ts";
import { type PortResult, renderPorts, scanPorts } from "../../lib/probe/tcp_scan.ts";

const MAX_PORTS = 1024;
/** Progress is told this many times in a call, or less. */
const PROGRESS_STEPS = 50;

const input = () =>
  z.strictObject({
    target: z.string().min(1).max(255).describe("Host name or address"),
    ports: z.array(z.number().int().min(1).max(65535)).min(1).max(MAX_PORTS).describe(
      "TCP ports, 1 to 65535, at most 1024; repeated ones count once",
    ),
    timeout: z.number().min(0.1).max(30).default(2).describe("Seconds to wait for each port"),
    max_concurrent: z.number().int().min(1).max(256).default(20).describe(
      "Connects at a time; limits.concurrency caps it",
    ),
  });

const output = () =>
  z.object({
    success: z.boolean().describe("Every port was checked to the end"),
    summary: z.string(),
    target: z.string(),
    resolved_ip: z.string().nullable(),
    total_ports: z.number(),
    open_ports: z.number(),
    closed_ports: z.number().describe("Refused only; filtered ones are counted apart"),
    filtered_ports: z.number(),
    unchecked_ports: z.number(),
    open: z.string().describe("Port ranges, such as 22,80-82; likewise the next three"),
    closed: z.string(),
    filtered: z.string().describe("Silent, prohibited or unreachable"),
    unchecked: z.string(),
    complete: z.boolean(),
    results: z.array(z.object({
      port: z.number(),
      state: z.enum(["open", "closed", "filtered", "unreachable", "unknown"]),
      is_open: z.boolean(),
      evidence: z.string().describe("As in port_check"),
      response_time_ms: z.number().optional(),
      service_hint: z.string().optional(),
      error_code: z.string().optional(),
    })).describe("In the order of ports"),
  });

/** Checks many TCP ports. */
export const batchPortCheck = defineTool({
  name: "batch_port_check",
  title: "Check many TCP ports",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Connects to up to 1024 TCP ports of one host and sorts them into open, closed and filtered, as " +
    "ranges and one by one. No banner, no TLS: follow up with port_check. Filtered ports cost the " +
    "whole timeout each, max_concurrent at a time.",
  input,
  output,
  needs: () => [resolvers, targets],
  guards: ({ target }) => [reachHost(target)],
  pages: "results",
  budget: {
    ms: ({ ports, timeout, max_concurrent }, config) =>
      5_000 + config.dns.timeout_ms * 2 +
      Math.ceil(ports.length / concurrency(max_concurrent, config)) * timeout * 1000,
  },
  run: async (given, cx) => {
    const target = cx.judged(given.target);
    const ports = [...new Set(given.ports)];
    const step = Math.ceil(ports.length / PROGRESS_STEPS);
    const results = await scanPorts(cx.io, {
      name: target.name,
      addresses: target.addresses,
      ports,
      timeoutMs: Math.round(given.timeout * 1000),
      concurrency: concurrency(given.max_concurrent, cx.config),
      signal: cx.signal,
      onProgress: (done) => {
        if (done % step === 0) cx.progress(done, ports.length, `${done} of ${ports.length} ports`);
      },
    });
    const denied = results.find((result) => result.error !== undefined)?.error;
    if (denied !== undefined && results.every((result) => result.error !== undefined)) {
      throw denied;
    }
    const of = (...states: PortState[]): number[] =>
      results.filter(({ state }) => states.includes(state)).map(({ port }) => port);
    const open = of("open");
    const closed = of("closed");
    const filtered = of("filtered", "unreachable");
    const unchecked = of("unknown");
    return {
      success: unchecked.length === 0,
      summary: `${open.length} of ${ports.length} ports on ${given.target} are open${
        open.length > 0 && open.length <= 20 ? ` (${renderPorts(open)})` : ""
      }, ${closed.length} closed, ${filtered.length} filtered${
        unchecked.length === 0 ? "" : `; ${unchecked.length} were not checked to the end`
      }`,
      target: given.target,
      resolved_ip: results[0]?.address ?? null,
      total_ports: ports.length,
      open_ports: open.length,
      closed_ports: closed.length,
      filtered_ports: filtered.length,
      unchecked_ports: unchecked.length,
      open: renderPorts(open),
      closed: renderPorts(closed),
      filtered: renderPorts(filtered),
      unchecked: renderPorts(unchecked),
      complete: unchecked.length === 0,
      results: results.map(portReport),
    };
  },
});

function concurrency(wanted: number, config: Config): number {
  return Math.min(wanted, config.limits.concurrency);
}

function portReport(result: PortResult): z.output<ReturnType<typeof output>>["results"][number] {
  const { port, state, evidence, elapsedMs, error } = result;
  const hint = serviceHint(port);
  return {
    port,
    state,
    is_open: state === "open",
    evidence,
    ...(state === "open" ? { response_time_ms: elapsedMs } : {}),
    ...(hint === null ? {} : { service_hint: hint }),
    ...(error === undefined ? {} : { error_code: error.code }),
  };
}

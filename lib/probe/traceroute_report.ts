/**
 * What `traceroute` answers: the report, its schema, and how a printout becomes one.
 *
 * @module
 */
import { z } from "zod";
import type { ProgramResult } from "../io/io.ts";
import { sameAddress } from "./hop_address.ts";
import { pathIssues } from "./path_issues.ts";
import { judgePath, pathVerdict } from "./path_verdict.ts";
import { sayTarget } from "./ping_report.ts";
import { meanMs } from "./statistics.ts";
import { sayCount, sayMs } from "../words/amount.ts";
import { sayFlag, type TracedHop } from "./traceroute_output.ts";

/** How the probes are sent. */
export type TraceMethod = "udp" | "icmp" | "tcp";

const hop = () =>
  z.object({
    hop_number: z.number(),
    ip_address: z.string().nullable().describe("The address that answered most; null: silence"),
    hostname: z.string().nullable(),
    latency_ms: z.array(z.number()),
    avg_latency_ms: z.number().nullable(),
    packet_loss: z.boolean().describe("A probe of this hop went unanswered"),
    probes_sent: z.number(),
    probes_lost: z.number(),
    is_destination: z.boolean(),
    addresses: z.array(z.object({
      ip_address: z.string(),
      hostname: z.string().nullable(),
      latency_ms: z.array(z.number()),
    })).optional().describe("Every address of the hop if several answered (load balancing)"),
    annotations: z.array(z.string()).optional().describe("Such as !H host unreachable"),
    mpls: z.array(z.object({
      ip_address: z.string(),
      label: z.number(),
      traffic_class: z.number(),
      bottom_of_stack: z.boolean(),
      ttl: z.number(),
    })).optional(),
  });

/** Schema of {@link TracerouteReport}. Times are milliseconds. */
export const tracerouteReport = () =>
  z.object({
    success: z.boolean().describe("A path was measured; not whether it reaches the target"),
    summary: z.string(),
    target: z.string(),
    resolved_ip: z.string(),
    method: z.enum(["udp", "icmp", "tcp"]),
    hops: z.array(hop()),
    reached_destination: z.boolean(),
    total_hops: z.number(),
    complete: z.boolean().describe("False if stopped early"),
    verdict: pathVerdict(),
    issues_detected: z.array(z.string()),
    notes: z.array(z.string()),
  });

/** Answer of `traceroute`. */
export type TracerouteReport = z.infer<ReturnType<typeof tracerouteReport>>;

/** What is known of a run before it becomes a report. */
export interface TraceFindings {
  readonly label: string;
  readonly address: string;
  readonly method: TraceMethod;
  readonly hops: readonly TracedHop[];
  readonly ended: ProgramResult["ended"];
  /** Address → name, our own lookups. */
  readonly names: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Addresses that answered at a hop, most answers first, then in order of appearance. */
export function hopAddresses(traced: TracedHop): string[] {
  const answers = new Map<string, number>();
  for (const { address } of traced.probes) {
    if (address !== null) answers.set(address, (answers.get(address) ?? 0) + 1);
  }
  return [...answers].sort((one, other) => other[1] - one[1]).map(([address]) => address);
}

/** Builds the report of one trace. */
export function reportTrace(findings: TraceFindings): TracerouteReport {
  const { label, address, method, ended } = findings;
  const hops = findings.hops.map((traced) => showHop(traced, findings));
  const reached = hops.some((shown) => shown.is_destination);
  const complete = ended === "exit";
  const verdict = judgePath(
    findings.hops.map((traced, i) => ({
      hop: traced.hop,
      address: hops[i]?.ip_address ?? null,
      sent: traced.probes.length,
      received: traced.probes.filter((probe) => probe.address !== null).length,
      isDestination: hops[i]?.is_destination ?? false,
      unreachable: unreachableAt(traced),
    })),
    // TCP and ICMP probes are answered by the destination's stack proper, which does not limit them.
    { complete, destinationMayRateLimit: method === "udp" },
  );
  const timed = hops.map((shown) => ({
    hop: shown.hop_number,
    address: shown.ip_address,
    avgMs: shown.avg_latency_ms,
  }));
  const report: TracerouteReport = {
    success: hops.length > 0,
    summary: "",
    target: label,
    resolved_ip: address,
    method,
    hops,
    reached_destination: reached,
    total_hops: hops.length,
    complete,
    verdict,
    issues_detected: pathIssues(timed, verdict),
    notes: [...findings.notes],
  };
  return { ...report, summary: sayTrace(report) };
}

function showHop(traced: TracedHop, findings: TraceFindings): TracerouteReport["hops"][number] {
  const nameOf = (address: string): string | null =>
    findings.names.get(address) ?? traced.names.get(address) ?? null;
  const addresses = hopAddresses(traced);
  const [main = null] = addresses;
  const times = traced.probes.flatMap((probe) => probe.rttMs === null ? [] : [probe.rttMs]);
  const lost = traced.probes.filter((probe) => probe.address === null).length;
  const flags = new Set(traced.probes.flatMap((probe) => probe.flag === null ? [] : [probe.flag]));
  const labels = [...traced.labels].flatMap(([from, stack]) =>
    stack.map((entry) => ({
      ip_address: from,
      label: entry.label,
      traffic_class: entry.trafficClass,
      bottom_of_stack: entry.bottom,
      ttl: entry.ttl,
    }))
  );
  return {
    hop_number: traced.hop,
    ip_address: main,
    hostname: main === null ? null : nameOf(main),
    latency_ms: times,
    avg_latency_ms: meanMs(times),
    packet_loss: lost > 0,
    probes_sent: traced.probes.length,
    probes_lost: lost,
    is_destination: addresses.some((one) => sameAddress(one, findings.address)),
    ...(addresses.length < 2 ? {} : {
      addresses: addresses.map((one) => ({
        ip_address: one,
        hostname: nameOf(one),
        latency_ms: traced.probes.flatMap((probe) =>
          probe.address === one && probe.rttMs !== null ? [probe.rttMs] : []
        ),
      })),
    }),
    ...(flags.size === 0
      ? {}
      : { annotations: [...flags].map((flag) => `!${flag} ${sayFlag(flag)}`) }),
    ...(labels.length === 0 ? {} : { mpls: labels }),
  };
}

function unreachableAt(traced: TracedHop): string | null {
  // A bare "!" (TTL of the answer) is an oddity of the far stack, not a refusal.
  const flag = traced.probes.find((probe) => probe.flag !== null && probe.flag !== "")?.flag;
  return flag === undefined || flag === null ? null : sayFlag(flag);
}

function sayTrace(report: TracerouteReport): string {
  const who = sayTarget(report.target, report.resolved_ip);
  const { hops, verdict } = report;
  if (hops.length === 0) return `${who}: stopped before the first hop answered`;
  const cut = report.complete ? "" : " (stopped early)";
  const end = hops.find((shown) => shown.is_destination);
  if (end === undefined) {
    return `${who} not reached in ${sayCount(hops.length, "hop")}${cut}: ${verdict.explanation}`;
  }
  const time = end.avg_latency_ms === null ? "" : `, ${sayMs(end.avg_latency_ms)} away`;
  const several = hops.filter((shown) => shown.addresses !== undefined).length;
  const balanced = several === 0 ? "" : `, load-balanced at ${sayCount(several, "hop")}`;
  return `${who} reached in ${sayCount(end.hop_number, "hop")}${time}${balanced}${cut}`;
}

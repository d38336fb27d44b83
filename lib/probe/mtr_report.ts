/**
 * What `mtr` answers: the report, its schema, and how mtr's own report becomes one.
 *
 * @module
 */
import { z } from "zod";
import { sameAddress } from "./hop_address.ts";
import type { MtrHop } from "./mtr_json.ts";
import { pathIssues } from "./path_issues.ts";
import { judgePath, pathVerdict } from "./path_verdict.ts";
import { sayTarget } from "./ping_report.ts";
import { lossPercent } from "./statistics.ts";
import { sayCount, sayMs } from "../words/amount.ts";

const time = () => z.number().nullable();
const standIn = () => z.record(z.string(), z.unknown()).nullable();

/** Schema of {@link MtrReport}. Times are milliseconds. */
export const mtrReport = () =>
  z.object({
    success: z.boolean().describe("A path was measured; not whether it reaches the target"),
    summary: z.string(),
    target: z.string(),
    resolved_ip: z.string(),
    hops: z.array(z.object({
      hop_number: z.number(),
      ip_address: z.string().nullable().describe("Null: silence"),
      hostname: z.string().nullable(),
      loss_percent: z.number().describe("Of this hop's own answers; see verdict"),
      sent: z.number(),
      received: z.number(),
      last_ms: time(),
      best_ms: time(),
      avg_ms: time(),
      worst_ms: time(),
      stddev_ms: time(),
      jitter_ms: time(),
      is_destination: z.boolean(),
    })),
    report_cycles: z.number(),
    reached_destination: z.boolean(),
    complete: z.boolean().describe("False if stopped early"),
    verdict: pathVerdict().nullable(),
    issues_detected: z.array(z.string()),
    notes: z.array(z.string()),
    error_type: z.enum(["missing_dependency"]).optional(),
    suggestion: z.string().optional(),
    // Spelled out, the two reports would triple this schema in every list of tools.
    fallback: z.object({ traceroute: standIn(), ping: standIn() }).optional().describe(
      "Answers of these tools, run in place of an mtr that is not installed",
    ),
  });

/** Answer of `mtr`. */
export type MtrReport = z.infer<ReturnType<typeof mtrReport>>;

/** What is known of a run before it becomes a report. */
export interface MtrFindings {
  readonly label: string;
  readonly address: string;
  readonly cycles: number;
  readonly hops: readonly MtrHop[];
  readonly complete: boolean;
  /** Address → name, our own lookups. */
  readonly names: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Builds the report of one run. */
export function reportMtr(findings: MtrFindings): MtrReport {
  const { label, address, complete, names } = findings;
  const hops = findings.hops.map((hop) => ({
    hop_number: hop.hop,
    ip_address: hop.address,
    hostname: hop.address === null ? null : names.get(hop.address) ?? null,
    loss_percent: lossPercent(hop.sent, hop.received) ?? 0,
    sent: hop.sent,
    received: hop.received,
    last_ms: hop.lastMs,
    best_ms: hop.bestMs,
    avg_ms: hop.avgMs,
    worst_ms: hop.worstMs,
    stddev_ms: hop.stddevMs,
    jitter_ms: hop.jitterMs,
    is_destination: hop.address !== null && sameAddress(hop.address, address),
  }));
  const verdict = judgePath(
    hops.map((hop) => ({
      hop: hop.hop_number,
      address: hop.ip_address,
      sent: hop.sent,
      received: hop.received,
      isDestination: hop.is_destination,
      unreachable: null,
    })),
    { complete, destinationMayRateLimit: false },
  );
  const timed = hops.map((hop) => ({
    hop: hop.hop_number,
    address: hop.ip_address,
    avgMs: hop.avg_ms,
  }));
  const report: MtrReport = {
    success: complete || hops.length > 0,
    summary: "",
    target: label,
    resolved_ip: address,
    hops,
    report_cycles: findings.cycles,
    reached_destination: hops.some((hop) => hop.is_destination && hop.received > 0),
    complete,
    verdict,
    issues_detected: pathIssues(timed, verdict),
    notes: [...findings.notes],
  };
  return { ...report, summary: sayMtr(report, verdict.explanation) };
}

function sayMtr(report: MtrReport, explanation: string): string {
  const who = sayTarget(report.target, report.resolved_ip);
  if (!report.complete && report.hops.length === 0) {
    return `${who}: mtr was stopped before its report`;
  }
  const end = report.hops.find((hop) => hop.is_destination && hop.received > 0);
  if (end === undefined) return `${who} not reached: ${explanation}`;
  const away = end.avg_ms === null ? "" : `, ${sayMs(end.avg_ms)} away`;
  return `${who} reached in ${sayCount(end.hop_number, "hop")}${away}. ${explanation}`;
}

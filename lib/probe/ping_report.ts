/**
 * What `ping` answers: the report, its schema, and how a printout becomes one.
 *
 * @module
 */
import { z } from "zod";
import type { ProgramResult } from "../io/io.ts";
import type { PingOutput, PingProbe } from "./ping_output.ts";
import { lossPercent, roundMs, rttStatistics } from "./statistics.ts";
import { sayMs, sayPercent } from "../words/amount.ts";

const latency = () => z.number().nullable();

/** Schema of {@link PingReport}. Times are milliseconds. */
export const pingReport = () =>
  z.object({
    success: z.boolean().describe(
      "ping ran and its answer can be trusted; not whether it was heard",
    ),
    summary: z.string(),
    target: z.string(),
    resolved_ip: z.string(),
    reachable: z.boolean().describe("At least one reply"),
    complete: z.boolean().describe("False if stopped before the last probe"),
    packets_sent: z.number(),
    packets_received: z.number().describe("Without duplicates"),
    packet_loss_percent: z.number().nullable(),
    min_latency_ms: latency(),
    avg_latency_ms: latency(),
    max_latency_ms: latency(),
    stddev_latency_ms: latency(),
    jitter_ms: latency().describe("Mean absolute difference of consecutive round trips"),
    duplicates: z.number(),
    icmp_errors: z.array(z.object({
      reason: z.string(),
      reporter: z.string().nullable(),
      count: z.number(),
    })).describe("ICMP errors in place of replies, by reason and sender"),
    probes: z.array(z.object({
      seq: z.number().describe("From 1"),
      status: z.enum(["reply", "timeout", "unreachable", "duplicate"]),
      rtt_ms: z.number().nullable(),
      ttl: z.number().optional(),
      reason: z.string().optional(),
      reporter: z.string().optional(),
    })),
    notes: z.array(z.string()),
  });

/** Answer of `ping`. */
export type PingReport = z.infer<ReturnType<typeof pingReport>>;

/** How the target reads in a sentence: `name (address)` or the address. */
export function sayTarget(target: string, address: string): string {
  return target === address ? address : `${target} (${address})`;
}

/** Builds the report of one run. `said` is a complaint of the program, or empty. */
export function reportPing(
  target: { readonly label: string; readonly address: string },
  output: PingOutput,
  ended: ProgramResult["ended"],
  said: string,
): PingReport {
  const complete = ended === "exit";
  const notes: string[] = [];
  const { statistics } = output;
  let probes = output.probes;
  let sent = statistics?.transmitted ?? probes.at(-1)?.seq ?? 0;
  const last = probes.at(-1);
  if (!complete && last?.status === "timeout" && last.seq === sent) {
    probes = probes.slice(0, -1);
    sent--;
    notes.push("The last probe was still in flight when ping was stopped and is not counted");
  }
  const replies = probes.filter((probe) => probe.status === "reply");
  const received = statistics?.received ?? replies.length;
  if (received !== replies.length) {
    notes.push(`ping counted ${received} replies and printed ${replies.length}`);
  }
  if (statistics === null) {
    notes.push("Counted from single replies: the closing statistics are missing");
  }
  if (said !== "") notes.push(`ping said: ${said}`);
  const times = replies.flatMap((probe) => probe.rttMs === null ? [] : [probe.rttMs]);
  const own = rttStatistics(times);
  const rtt = statistics?.rtt ?? own;
  const deviation = rtt?.stddevMs ?? own?.stddevMs ?? null;
  const report: PingReport = {
    success: complete || sent > 0,
    summary: "",
    target: target.label,
    resolved_ip: target.address,
    reachable: received > 0,
    complete,
    packets_sent: sent,
    packets_received: received,
    packet_loss_percent: lossPercent(sent, received),
    min_latency_ms: rtt?.minMs ?? null,
    avg_latency_ms: rtt?.avgMs ?? null,
    max_latency_ms: rtt?.maxMs ?? null,
    stddev_latency_ms: deviation === null ? null : roundMs(deviation),
    jitter_ms: own?.jitterMs ?? null,
    duplicates: Math.max(
      statistics?.duplicates ?? 0,
      probes.filter((probe) => probe.status === "duplicate").length,
    ),
    icmp_errors: countErrors(probes),
    probes: probes.map(showProbe),
    notes,
  };
  return { ...report, summary: sayPing(report) };
}

function showProbe(probe: PingProbe): PingReport["probes"][number] {
  return {
    seq: probe.seq,
    status: probe.status,
    rtt_ms: probe.rttMs,
    ...(probe.ttl === null ? {} : { ttl: probe.ttl }),
    ...(probe.reason === null ? {} : { reason: probe.reason }),
    ...(probe.reporter === null ? {} : { reporter: probe.reporter }),
  };
}

function countErrors(probes: readonly PingProbe[]): PingReport["icmp_errors"] {
  const errors = new Map<string, { reason: string; reporter: string | null; count: number }>();
  for (const { reason, reporter } of probes) {
    if (reason === null) continue;
    const key = `${reason} ${reporter}`;
    const known = errors.get(key) ?? { reason, reporter, count: 0 };
    known.count++;
    errors.set(key, known);
  }
  return [...errors.values()].sort((one, other) => other.count - one.count);
}

function sayPing(report: PingReport): string {
  const who = sayTarget(report.target, report.resolved_ip);
  const cut = report.complete ? "" : ", stopped early";
  const { packets_sent: sent, packets_received: received, packet_loss_percent: loss } = report;
  if (sent === 0) return `${who}: stopped before the first answer`;
  if (received === 0) {
    const [error] = report.icmp_errors;
    const why = error === undefined
      ? ""
      : `; ${error.reporter ?? "a router"} says ${error.reason.replaceAll("_", " ")}`;
    return `${who} does not answer: 0 of ${sent} replies${cut}${why}`;
  }
  const how = loss === null || loss === 0 ? "answers" : `answers with ${sayPercent(loss)} loss`;
  const time = report.avg_latency_ms === null || report.min_latency_ms === null ||
      report.max_latency_ms === null
    ? ""
    : `, ${sayMs(report.avg_latency_ms)} on average (${sayMs(report.min_latency_ms)} to ${
      sayMs(report.max_latency_ms)
    })`;
  const twice = report.duplicates > 0 ? `, ${report.duplicates} duplicates` : "";
  return `${who} ${how}: ${received} of ${sent} replies${time}${twice}${cut}`;
}

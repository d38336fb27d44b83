/**
 * Pings one judged address with the platform's own program.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import type { Programs } from "../io/io.ts";
import { isIpv6 } from "./hop_address.ts";
import type { PingOutput } from "./ping_output.ts";
import { type PingReport, reportPing, sayTarget } from "./ping_report.ts";
import { programFailure, programSaid, runAccepted } from "./program_dialect.ts";

/** One ping; the numbers are already bounded by the tool's schema. */
export interface PingRequest {
  /** The target as the caller wrote it, for the report. */
  readonly label: string;
  /** Canonical address that policy has let pass. */
  readonly address: string;
  readonly count: number;
  /** Seconds to wait for a reply. */
  readonly timeoutSec: number;
  /** Seconds between probes; Windows has a fixed second. */
  readonly intervalSec: number;
  readonly signal: AbortSignal;
  /** Called with the number of probes that have an outcome. */
  readonly onProbe?: (done: number) => void;
}

/** Slack for starting and stopping the program, milliseconds. */
const SLACK_MS = 3_000;
/** A line that tells the outcome of one probe, in any dialect. */
const OUTCOME = /seq[= ]\d|^Reply from|^Request timed|^Destination /;

/** Longest that a ping may run on any platform, milliseconds: each probe waits its full time. */
export function pingBudgetMs(count: number, timeoutSec: number, intervalSec: number): number {
  const seconds = count * Math.max(timeoutSec, intervalSec, 1) + timeoutSec;
  return Math.min(seconds * 1_000 + 2 * SLACK_MS, 600_000);
}

/**
 * Sends `count` echo requests. Silence and ICMP errors are findings, not errors; a run that is
 * stopped reports what it has with `complete: false`.
 *
 * @throws {Unavailable} `env.program_absent`, `env.raw_sockets`, `env.no_route`, `env.ipv6_ping`
 * (macOS pings IPv6 with a program of its own), `env.program_failed`
 */
export async function pingAddress(programs: Programs, request: PingRequest): Promise<PingReport> {
  const { platform } = programs;
  const { label, address, count, onProbe } = request;
  if (platform === "darwin" && isIpv6(address)) {
    throw new Unavailable("ipv6_ping", `Cannot ping "${address}": ping of macOS speaks IPv4 only`, {
      hint: 'Use family "ipv4", or port_check for IPv6.',
    });
  }
  let done = 0;
  const result = await runAccepted(programs, pingOptions(platform, request), {
    program: "ping",
    operand: address,
    signal: request.signal,
    deadlineMs: deadlineMs(platform, request),
    stopSignal: "SIGINT",
    onLine: (line) => {
      if (onProbe !== undefined && done < count && OUTCOME.test(line)) onProbe(++done);
    },
  });
  // Only the dialect of this platform is loaded, and only when something is to be read.
  const output: PingOutput = platform === "windows"
    ? (await import("./ping_windows.ts")).parseWindowsPing(result.stdout)
    : (await import("./ping_unix.ts")).parseUnixPing(result.stdout);
  if (result.ended === "exit" && output.statistics === null) {
    throw programFailure("ping", `Cannot ping "${sayTarget(label, address)}"`, result);
  }
  return reportPing({ label, address }, output, result.ended, programSaid(result));
}

function pingOptions(
  platform: Programs["platform"],
  { count, timeoutSec, intervalSec }: PingRequest,
): [string[], ...string[][]] {
  const waitMs = String(Math.round(timeoutSec * 1_000));
  if (platform === "windows") return [["-n", String(count), "-w", waitMs]];
  const every = ["-n", "-c", String(count), "-i", String(intervalSec)];
  if (platform === "darwin") return [[...every, "-W", waitMs]];
  const wait = ["-W", String(Math.ceil(timeoutSec))];
  return [
    // iputils: -O prints a line for each missing reply.
    [...every, ...wait, "-O"],
    // BusyBox and inetutils.
    [...every, ...wait],
    // BusyBox built without fractions of a second.
    ["-n", "-c", String(count), ...wait],
  ];
}

function deadlineMs(platform: Programs["platform"], request: PingRequest): number {
  const { count, timeoutSec, intervalSec } = request;
  const seconds = platform === "windows"
    ? count * (timeoutSec + 1)
    : count * Math.max(intervalSec, 1) + timeoutSec;
  return seconds * 1_000 + SLACK_MS;
}

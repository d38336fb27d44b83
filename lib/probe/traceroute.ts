/**
 * Traces the path to one judged address with the platform's own program.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import type { Clock, Program, Programs } from "../io/io.ts";
import { isIpv6 } from "./hop_address.ts";
import { lookUpNames, type ReverseLookup } from "./hop_names.ts";
import { sayTarget } from "./ping_report.ts";
import { programFailure, programSaid, runAccepted } from "./program_dialect.ts";
import {
  hopAddresses,
  reportTrace,
  type TraceMethod,
  type TracerouteReport,
} from "./traceroute_report.ts";

/** One trace; the numbers are already bounded by the tool's schema. */
export interface TraceRequest {
  /** The target as the caller wrote it, for the report. */
  readonly label: string;
  /** Canonical address that policy has let pass. */
  readonly address: string;
  readonly maxHops: number;
  /** Seconds to wait for each answer. */
  readonly timeoutSec: number;
  /** Probes per hop. */
  readonly queries: number;
  readonly method: TraceMethod;
  /** Destination port of TCP probes. */
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called with the hop number of each finished row. */
  readonly onHop?: (hop: number) => void;
}

/** What a trace uses of the doors. */
export interface TraceDoors {
  readonly programs: Programs;
  readonly clock: Clock;
  /** Looks up hop names; absent: hops stay without. */
  readonly reverse?: ReverseLookup;
}

/** A trace is stopped after this long and reports what it has, milliseconds. */
const LONGEST_MS = 120_000;

/** Longest that a trace may run, milliseconds. */
export function traceBudgetMs(maxHops: number, timeoutSec: number): number {
  return Math.min(maxHops * timeoutSec * 1_000 + 30_000, LONGEST_MS);
}

/** How to probe where the caller does not care: what the platform's program does by itself. */
export function usualMethod(platform: Programs["platform"]): TraceMethod {
  return platform === "windows" ? "icmp" : "udp";
}

/** The program that traces on this platform. */
function traceProgram(platform: Programs["platform"]): Program {
  return platform === "windows" ? "tracert" : "traceroute";
}

/**
 * Traces the path. Silence and unreachable destinations are findings; a run that is stopped reports
 * the hops so far with `complete: false`.
 *
 * @throws {Unavailable} `env.program_absent`, `env.raw_sockets`, `env.no_route`,
 * `env.trace_method` (the platform's program cannot send such probes), `env.program_failed`
 */
export async function traceAddress(
  doors: TraceDoors,
  request: TraceRequest,
): Promise<TracerouteReport> {
  const { platform } = doors.programs;
  const { label, address, method } = request;
  const action = `Cannot trace to "${sayTarget(label, address)}"`;
  const program = traceProgram(platform);
  const result = await runAccepted(doors.programs, traceOptions(platform, request, action), {
    program,
    operand: address,
    signal: request.signal,
    deadlineMs: traceBudgetMs(request.maxHops, request.timeoutSec) - 5_000,
    stopSignal: "SIGINT",
    onLine: (line) => {
      const row = /^ {0,3}(\d{1,3}) /.exec(line);
      if (row !== null) request.onHop?.(Number(row[1]));
    },
  });
  const hops = platform === "windows"
    ? (await import("./traceroute_windows.ts")).parseWindowsTraceroute(result.stdout)
    : (await import("./traceroute_unix.ts")).parseUnixTraceroute(result.stdout);
  const said = programSaid(result);
  if (result.ended === "exit" && (hops.length === 0 || noSocket(said))) {
    throw programFailure(program, `${action} by ${method}`, result);
  }
  const notes: string[] = [];
  // BSD writes its headline to stderr.
  if (said !== "" && !/^traceroute6? to /.test(said)) notes.push(`${program} said: ${said}`);
  let names: ReadonlyMap<string, string> = new Map();
  if (doors.reverse !== undefined && !request.signal.aborted) {
    const found = await lookUpNames(
      hops.flatMap(hopAddresses),
      doors.reverse,
      doors.clock,
      request.signal,
    );
    names = found.names;
    if (!found.complete) notes.push("Some hop names were not looked up in time");
  }
  return reportTrace({ label, address, method, hops, ended: result.ended, names, notes });
}

function noSocket(said: string): boolean {
  return /not enough privileges|raw socket|socket: Operation not permitted/i.test(said);
}

function traceOptions(
  platform: Programs["platform"],
  request: TraceRequest,
  action: string,
): [string[], ...string[][]] {
  const { maxHops, timeoutSec, queries, method, port } = request;
  if (platform === "windows") {
    if (method !== "icmp") {
      throw new Unavailable("trace_method", `${action} by ${method}: tracert sends ICMP only`, {
        hint: 'Use method "icmp".',
      });
    }
    return [["-d", "-h", String(maxHops), "-w", String(Math.round(timeoutSec * 1_000))]];
  }
  const wait = String(Math.ceil(timeoutSec));
  const plain = ["-n", "-m", String(maxHops), "-q", String(queries), "-w", wait];
  if (platform === "darwin") {
    if (isIpv6(request.address)) {
      throw new Unavailable("ipv6_traceroute", `${action}: traceroute of macOS speaks IPv4 only`, {
        hint: 'Use family "ipv4".',
      });
    }
    return [
      method === "icmp"
        ? [...plain, "-I"]
        : method === "tcp"
        ? [...plain, "-P", "tcp", "-p", String(port)]
        : plain,
    ];
  }
  // Linux traceroute: -e shows MPLS labels. BusyBox knows neither -e nor -T.
  switch (method) {
    case "udp":
      return [[...plain, "-e"], plain];
    case "icmp":
      return [[...plain, "-e", "-I"], [...plain, "-I"]];
    case "tcp":
      return [[...plain, "-e", "-T", "-p", String(port)]];
  }
}

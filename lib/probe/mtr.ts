/**
 * Measures the path to one judged address with mtr, many probes per hop.
 *
 * @module
 */
import type { Clock, Programs } from "../io/io.ts";
import { lookUpNames, type ReverseLookup } from "./hop_names.ts";
import { type MtrReport, reportMtr } from "./mtr_report.ts";
import { sayTarget } from "./ping_report.ts";
import { programFailure, programSaid } from "./program_dialect.ts";

/** One run; the numbers are already bounded by the tool's schema. */
export interface MtrRequest {
  /** The target as the caller wrote it, for the report. */
  readonly label: string;
  /** Canonical address that policy has let pass. */
  readonly address: string;
  /** Probes per hop, one a second. */
  readonly count: number;
  /** Seconds to wait for the last answers. */
  readonly timeoutSec: number;
  readonly maxHops: number;
  readonly signal: AbortSignal;
}

/** What a run uses of the doors. */
export interface MtrDoors {
  readonly programs: Programs;
  readonly clock: Clock;
  /** Looks up hop names; absent: hops stay without. */
  readonly reverse?: ReverseLookup;
}

/** Slack for starting and stopping the program, milliseconds. */
const SLACK_MS = 5_000;

/** Longest that a run may take, milliseconds. */
export function mtrBudgetMs(count: number, timeoutSec: number): number {
  return (count + timeoutSec) * 1_000 + 2 * SLACK_MS;
}

/**
 * Measures the path. mtr prints its report at the end only: a run that is stopped has no hops.
 *
 * @throws {Unavailable} `env.program_absent`, `env.raw_sockets`, `env.no_route`,
 * `env.program_version` (an mtr without JSON), `env.program_failed`
 */
export async function mtrAddress(doors: MtrDoors, request: MtrRequest): Promise<MtrReport> {
  const { label, address, count, timeoutSec, maxHops, signal } = request;
  const result = await doors.programs.run({
    program: "mtr",
    options: [
      "--json",
      "-n",
      "-c",
      String(count),
      "-i",
      "1",
      "-G",
      String(Math.ceil(timeoutSec)),
      "-m",
      String(maxHops),
      // Loss, sent, received, last, best, average, worst, deviation, mean jitter.
      "--order=LSRNBAWVM",
    ],
    operand: address,
    signal,
    deadlineMs: mtrBudgetMs(count, timeoutSec) - SLACK_MS,
    stopSignal: "SIGTERM",
  });
  const { parseMtrJson } = await import("./mtr_json.ts");
  const parsed = parseMtrJson(result.stdout);
  if (result.ended === "exit" && parsed === null) {
    throw programFailure("mtr", `Cannot run mtr to "${sayTarget(label, address)}"`, result);
  }
  const hops = parsed?.hops ?? [];
  const notes: string[] = [];
  const said = programSaid(result);
  if (said !== "") notes.push(`mtr said: ${said}`);
  let names: ReadonlyMap<string, string> = new Map();
  if (doors.reverse !== undefined && !signal.aborted) {
    const found = await lookUpNames(
      hops.flatMap((hop) => hop.address === null ? [] : [hop.address]),
      doors.reverse,
      doors.clock,
      signal,
    );
    names = found.names;
    if (!found.complete) notes.push("Some hop names were not looked up in time");
  }
  return reportMtr({
    label,
    address,
    cycles: parsed?.tests ?? count,
    hops,
    complete: result.ended === "exit",
    names,
    notes,
  });
}

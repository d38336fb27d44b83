/**
 * What stands in for mtr where it is not installed: a traceroute for the path and a ping for loss.
 *
 * @module
 */
import { NetglassError, type Unavailable } from "../errors/mod.ts";
import type { MtrDoors, MtrRequest } from "./mtr.ts";
import type { MtrReport } from "./mtr_report.ts";
import { pingAddress } from "./ping.ts";
import type { PingReport } from "./ping_report.ts";
import { traceAddress, usualMethod } from "./traceroute.ts";
import type { TracerouteReport } from "./traceroute_report.ts";

/** Seconds to wait for each answer of the stand-ins, at most. */
const STAND_IN_TIMEOUT_SEC = 5;

/**
 * Runs traceroute and ping in place of mtr, at the same time.
 *
 * @param missing why mtr cannot run; thrown if neither stand-in can run either
 */
export async function measureWithoutMtr(
  doors: MtrDoors,
  request: MtrRequest,
  missing: Unavailable,
): Promise<MtrReport> {
  const { label, address, count, maxHops, signal } = request;
  const timeoutSec = Math.min(request.timeoutSec, STAND_IN_TIMEOUT_SEC);
  const [traced, pinged] = await Promise.all([
    attempt<TracerouteReport>(() =>
      traceAddress(doors, {
        label,
        address,
        maxHops,
        timeoutSec,
        queries: 3,
        method: usualMethod(doors.programs.platform),
        port: 443,
        signal,
      })
    ),
    attempt<PingReport>(() =>
      pingAddress(doors.programs, { label, address, count, timeoutSec, intervalSec: 1, signal })
    ),
  ]);
  const trace = traced instanceof NetglassError ? null : traced;
  const pings = pinged instanceof NetglassError ? null : pinged;
  if (trace === null && pings === null) throw missing;
  const notes = [traced, pinged].flatMap((one) =>
    one instanceof NetglassError ? [`${one.message} (${one.code})`] : []
  );
  return {
    success: true,
    summary: ["mtr is not usable here", pings?.summary, trace?.summary].filter((part) =>
      part !== undefined
    ).join(". "),
    target: label,
    resolved_ip: address,
    hops: [],
    report_cycles: 0,
    reached_destination: trace?.reached_destination === true || pings?.reachable === true,
    complete: (trace?.complete ?? true) && (pings?.complete ?? true),
    verdict: trace?.verdict ?? null,
    issues_detected: trace?.issues_detected ?? [],
    notes,
    error_type: "missing_dependency",
    suggestion: missing.hint,
    fallback: { traceroute: trace, ping: pings },
  };
}

async function attempt<T>(run: () => Promise<T>): Promise<T | NetglassError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof NetglassError) return error;
    throw error;
  }
}

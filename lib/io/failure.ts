/**
 * What went wrong on a socket, told apart by the code that the system gave.
 *
 * Measured on Deno 2.9.6, Linux: errors of `Deno.connect` carry `code` (ECONNREFUSED …); a route of
 * type `prohibit` answers EACCES, `blackhole` EINVAL, `unreachable` and an unanswered ARP request
 * EHOSTUNREACH; an abort rejects with the signal's reason itself.
 *
 * @module
 */
import type { DialFailure } from "./io.ts";

const FAILURE_OF_CODE: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timeout",
  EHOSTUNREACH: "host_unreachable",
  EHOSTDOWN: "host_unreachable",
  ENETUNREACH: "network_unreachable",
  ENETDOWN: "network_unreachable",
};

/** Used where Deno gives a class and no code. */
const FAILURE_OF_NAME: Readonly<Record<string, DialFailure>> = {
  ConnectionRefused: "refused",
  ConnectionReset: "reset",
  ConnectionAborted: "reset",
  BrokenPipe: "reset",
  TimedOut: "timeout",
  NetworkUnreachable: "network_unreachable",
};

/** One clause for a person, per failure. */
export const FAILURE_WORDS: Readonly<Record<DialFailure, string>> = {
  refused: "the host refused the connection",
  reset: "the far side reset the connection",
  timeout: "nothing answered in time",
  host_unreachable: "no route to the host",
  network_unreachable: "no route to the network",
  cancelled: "the call was cancelled",
  local: "this host could not do it",
};

/** The failure that `error` stands for; an abort of `signal` explains everything that follows it. */
export function failureOf(error: unknown, signal: AbortSignal): DialFailure {
  if (signal.aborted) return stopFailure(signal);
  if (!(error instanceof Error)) return "local";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return FAILURE_OF_CODE[code] ?? FAILURE_OF_NAME[error.name] ?? "local";
}

/**
 * `timeout` if time ran out, else `cancelled`: an `AbortSignal.timeout` aborts with a
 * `TimeoutError`, the pipeline with a reason whose `kind` is `deadline`.
 */
export function stopFailure(signal: AbortSignal): "timeout" | "cancelled" {
  const reason: unknown = signal.reason;
  if (!(reason instanceof Error)) return "cancelled";
  const isDeadline = reason.name === "TimeoutError" ||
    ("kind" in reason && reason.kind === "deadline");
  return isDeadline ? "timeout" : "cancelled";
}

/**
 * Asking `ip` for JSON: one run, one list of entries, and whether the list is whole.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import type { ProgramResult, Programs } from "../io/io.ts";
import type { Entry } from "./entry.ts";

/** 400,000 routes; what comes behind is left out and said to be. */
const MAX_OUTPUT_BYTES = 64 * 1_048_576;
/** A dump of a million routes takes `ip` some seconds. */
const DEADLINE_MS = 20_000;

/** What `ip` answered. */
export interface IpAnswer {
  readonly entries: readonly Entry[];
  /** Why the list may lack something, one sentence each; empty: it is whole. */
  readonly problems: readonly string[];
}

/** Doors and cancellation of one question. */
export interface HostDoors {
  readonly programs: Programs;
  readonly signal: AbortSignal;
}

/**
 * @throws {Unavailable} `env.platform` where the host is not Linux: `ip -j` exists there only
 */
export function requireLinux(programs: Pick<Programs, "platform">, action: string): void {
  if (programs.platform === "linux") return;
  const name = programs.platform === "darwin" ? "macOS" : "Windows";
  throw new Unavailable("platform", `Cannot ${action}: this works on Linux only, this is ${name}`, {
    hint: "Run the server on a Linux host, or in a Linux guest that shares the network.",
    detail: { platform: programs.platform },
  });
}

/**
 * Runs `ip -j` with `words` (the door checks each of them).
 *
 * @throws {Unavailable} `env.program_absent`, `env.program_version` (an `ip` without JSON),
 * `env.program_failed`; @throws {PermissionMissing} `permission.run`
 */
export async function askIp(
  { programs, signal }: HostDoors,
  words: readonly string[],
): Promise<IpAnswer> {
  const { result, answer } = await tryIp({ programs, signal }, words);
  if (answer === null) throw ipFailure(words, result);
  return answer;
}

/** As {@link askIp}; `answer` is null if `ip` failed, and `result` says how. */
export async function tryIp(
  { programs, signal }: HostDoors,
  words: readonly string[],
): Promise<{ readonly result: ProgramResult; readonly answer: IpAnswer | null }> {
  const result = await programs.run({
    program: "ip",
    options: ["-j", ...words],
    signal,
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  signal.throwIfAborted();
  return { result, answer: readAnswer(result) };
}

function readAnswer(result: ProgramResult): IpAnswer | null {
  // A kernel without IPv6 has an empty table, which is an answer.
  const isFamilyAbsent = /not supported/i.test(result.stderr) && result.stdout.trim() === "";
  if (isFamilyAbsent) return { entries: [], problems: [] };
  if (result.ended !== "exit" || (result.code !== 0 && !isInterrupted(result))) return null;
  const problems: string[] = [];
  if (result.truncated) problems.push("The table is longer than what is read of it (64 MiB)");
  if (isInterrupted(result)) {
    problems.push("The table changed while it was read: entries may be missing or double");
  }
  const text = result.truncated ? wholeEntries(result.stdout) : result.stdout;
  if (text.trim() === "") return { entries: [], problems };
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return null;
    // Old versions print `{}` for what they filter out.
    return { entries: list.filter(isEntry), problems };
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length > 0;
}

/** iproute2, lib/libnetlink.c: a dump that the kernel marked as inconsistent (NLM_F_DUMP_INTR). */
function isInterrupted({ stderr }: ProgramResult): boolean {
  return /Dump was interrupted/.test(stderr);
}

/** The part of a cut JSON list that holds whole entries, closed; for example `[{"a":1},{"b` → `[{"a":1}]`. */
export function wholeEntries(text: string): string {
  let depth = 0;
  let end = -1;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isQuoted) {
      if (code === 0x5c) i++; // backslash
      else if (code === 0x22) isQuoted = false;
    } else if (code === 0x22) isQuoted = true;
    else if (code === 0x7b || code === 0x5b) depth++; // { [
    else if (code === 0x7d || code === 0x5d) { // } ]
      depth--;
      if (depth === 1) end = i;
    }
  }
  return end === -1 ? "[]" : `${text.slice(0, end + 1)}]`;
}

function ipFailure(words: readonly string[], result: ProgramResult): Unavailable {
  const said = (result.stderr.split("\n").find((line) => line.trim() !== "") ?? "").slice(0, 200);
  const asked = `ip -j ${words.join(" ")}`;
  const detail = { program: "ip", exit_code: result.code, program_said: said };
  if (result.ended === "deadline") {
    return new Unavailable("program_failed", `Cannot read "${asked}": it took longer than 20 s`, {
      hint: "Call again when the host is less busy.",
      retryable: true,
      detail,
    });
  }
  if (result.code === 0 || /unknown|unrecognized|invalid option|BusyBox/i.test(result.stderr)) {
    return new Unavailable("program_version", `Cannot read "${asked}": this ip gives no JSON`, {
      hint: "Install iproute2 4.18 or later; the ip of BusyBox has no JSON output.",
      detail,
    });
  }
  return new Unavailable("program_failed", `Cannot read "${asked}": ip failed`, {
    hint: "detail.program_said holds its own words.",
    detail,
  });
}

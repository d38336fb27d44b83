/**
 * Asking a program of macOS or Windows for a table: these print text only.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import type { Program } from "../io/io.ts";
import type { HostDoors } from "./ip_program.ts";

/** 100,000 rows and more; what comes behind is left out and said to be. */
const MAX_OUTPUT_BYTES = 16 * 1_048_576;
const DEADLINE_MS = 20_000;

/** What a program printed. */
export interface PrintedTable {
  /** Whole lines, without their ends. */
  readonly lines: readonly string[];
  /** Why a line may be missing, one sentence each; empty: none is. */
  readonly problems: readonly string[];
}

/**
 * Runs `program` with these options.
 *
 * @throws {Unavailable} `env.program_absent`, `env.program_failed`
 * @throws {PermissionMissing} `permission.run`
 */
export async function askText(
  { programs, signal }: HostDoors,
  program: Program,
  options: readonly string[],
): Promise<PrintedTable> {
  const result = await programs.run({
    program,
    options,
    signal,
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  signal.throwIfAborted();
  if (result.ended !== "exit" || result.code !== 0) {
    const said = (result.stderr.split("\n").find((line) => line.trim() !== "") ?? "").slice(0, 200);
    const asked = [program, ...options].join(" ");
    throw new Unavailable("program_failed", `Cannot read "${asked}": ${program} failed`, {
      hint: "detail.program_said holds its own words.",
      detail: { program, exit_code: result.code, program_said: said },
    });
  }
  const lines = result.stdout.split(/\r?\n/);
  if (!result.truncated) return { lines, problems: [] };
  return {
    lines: lines.slice(0, -1),
    problems: [`The table of ${program} is longer than what is read of it (16 MiB)`],
  };
}

/** The words of a line. */
export function wordsIn(line: string): string[] {
  const text = line.trim();
  return text === "" ? [] : text.split(/\s+/);
}

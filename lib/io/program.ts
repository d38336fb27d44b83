/**
 * Running programs: clear environment, fixed PATH, fixed working directory, no stdin, capped output,
 * a deadline, and an end that is waited for.
 *
 * @module
 */
import { type NetglassError, PermissionMissing, Unavailable } from "../errors/mod.ts";
import { drain } from "./drain.ts";
import { installHint } from "./install_hint.ts";
import type { Program, ProgramCall, ProgramResult, Programs, ProgramState } from "./io.ts";
import { argvOf } from "./program_argv.ts";
import { placeOf, type ProgramHome, programHome } from "./program_place.ts";

export { installHint } from "./install_hint.ts";

const DEFAULT_MAX_OUTPUT_BYTES = 1_048_576;
const MAX_STDERR_BYTES = 65_536;
/**
 * What was found of a program is not looked for again so long: a look is up to four spawns that
 * fail, a third of what a short call costs.
 */
const STATE_KEPT_MS = 5_000;
/** From the first signal to SIGKILL. */
const KILL_AFTER_MS = 1000;
/** A grandchild may keep the pipes after the child is gone; the rest of the output is then given up. */
const DRAIN_AFTER_EXIT_MS = 1000;

/**
 * The programs of this host; `platform` names the dialect that they speak, `home` where they stand
 * (tests put their own there).
 */
export function createPrograms(
  platform: Programs["platform"],
  home: ProgramHome = programHome(platform),
): Programs {
  const known = new Map<Program, string>();
  const states = new Map<Program, { readonly state: ProgramState; readonly untilMs: number }>();
  return {
    platform,
    run: (call) => runProgram(call, platform, home, known),
    state(program: Program): Promise<ProgramState> {
      const nowMs = performance.now();
      const last = states.get(program);
      if (last !== undefined && nowMs < last.untilMs) return Promise.resolve(last.state);
      const place = placeOf(program, home);
      if (place.state === "ready") known.set(program, place.path);
      states.set(program, { state: place.state, untilMs: nowMs + STATE_KEPT_MS });
      return Promise.resolve(place.state);
    },
  };
}

async function runProgram(
  call: ProgramCall,
  platform: Programs["platform"],
  home: ProgramHome,
  known: Map<Program, string>,
): Promise<ProgramResult> {
  const args = argvOf(call, platform);
  if (call.signal.aborted) {
    return {
      code: null,
      stdout: "",
      stderr: "",
      truncated: false,
      ended: "cancelled",
      durationMs: 0,
    };
  }
  const startedMs = performance.now();
  const child = spawn(call.program, args, platform, home, known);
  let ended: ProgramResult["ended"] = "exit";
  let killTimer: ReturnType<typeof setTimeout> | undefined;
  const stop = (why: "deadline" | "cancelled") => {
    if (ended !== "exit" || !send(child, call.stopSignal ?? "SIGTERM")) return;
    ended = why;
    killTimer = setTimeout(() => send(child, "SIGKILL"), KILL_AFTER_MS);
  };
  const onAbort = () => stop("cancelled");
  const deadlineTimer = setTimeout(() => stop("deadline"), call.deadlineMs);
  call.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const stdout = drain(child.stdout, {
      maxBytes: call.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES,
      ...(call.onLine === undefined ? {} : { onLine: call.onLine }),
      onFault: onAbort,
    });
    const stderr = drain(child.stderr, { maxBytes: MAX_STDERR_BYTES, onFault: onAbort });
    const status = await child.status;
    const durationMs = performance.now() - startedMs;
    clearTimeout(deadlineTimer);
    const graceTimer = setTimeout(() => {
      stdout.giveUp();
      stderr.giveUp();
    }, DRAIN_AFTER_EXIT_MS);
    const [out, err] = await Promise.all([stdout.done, stderr.done]);
    clearTimeout(graceTimer);
    if (out.fault !== null) throw out.fault.error;
    return {
      code: status.signal === null ? status.code : null,
      stdout: out.text,
      stderr: err.text,
      truncated: out.truncated,
      ended,
      durationMs,
    };
  } finally {
    clearTimeout(deadlineTimer);
    clearTimeout(killTimer);
    call.signal.removeEventListener("abort", onAbort);
  }
}

/** False if the child is already gone. */
function send(child: Deno.ChildProcess, signal: Deno.Signal): boolean {
  try {
    child.kill(signal);
    return true;
  } catch {
    if (signal === "SIGKILL") return false;
    // Windows knows no SIGINT for another process.
    return Deno.build.os === "windows" && send(child, "SIGKILL");
  }
}

function spawn(
  program: Program,
  args: readonly string[],
  platform: Programs["platform"],
  home: ProgramHome,
  known: Map<Program, string>,
): Deno.ChildProcess {
  const remembered = known.get(program);
  if (remembered !== undefined) {
    try {
      return spawnAt(remembered, args, home);
    } catch (error) {
      known.delete(program);
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) {
        throw spawnFailed(program, error);
      }
    }
  }
  const place = placeOf(program, home);
  if (place.state === "absent") throw absent(program, platform);
  if (place.state === "not_permitted") throw notPermitted(program, place.path);
  try {
    const child = spawnAt(place.path, args, home);
    known.set(program, place.path);
    return child;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw absent(program, platform);
    if (error instanceof Deno.errors.NotCapable) throw notPermitted(program, place.path);
    throw spawnFailed(program, error);
  }
}

function spawnAt(path: string, args: readonly string[], home: ProgramHome): Deno.ChildProcess {
  return new Deno.Command(path, {
    args: [...args],
    clearEnv: true,
    env: { ...home.env },
    cwd: home.cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function absent(program: Program, platform: Programs["platform"]): Unavailable {
  return new Unavailable("program_absent", `Cannot run "${program}": it is not installed`, {
    hint: installHint(program, platform),
    detail: { program },
  });
}

function notPermitted(program: Program, path: string): PermissionMissing {
  // Granted by name and yet refused: at start, PATH led Deno to another file of this name.
  const isElsewhere =
    Deno.permissions.querySync({ name: "run", command: program }).state === "granted";
  if (!isElsewhere) {
    const flag = `--allow-run=${program}`;
    return new PermissionMissing("run", `Cannot run "${program}": Deno was not given ${flag}`, {
      flag,
      detail: { program },
    });
  }
  const flag = `--allow-run=${path}`;
  return new PermissionMissing(
    "run",
    `Cannot run "${program}": --allow-run=${program} was resolved to another file than "${path}"`,
    {
      flag,
      detail: { program },
      hint:
        `PATH led Deno elsewhere when it started: correct PATH, or start the server with ${flag}.`,
    },
  );
}

function spawnFailed(program: Program, error: unknown): NetglassError {
  const why = error instanceof Error ? error.message : String(error);
  return new Unavailable("program_failed", `Cannot start "${program}": ${why}`, {
    hint: "The system refused to start it: check the program's file and the limit on processes.",
    retryable: true,
    detail: { program },
    cause: error,
  });
}

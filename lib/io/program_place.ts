/**
 * Where a program stands, found out without running it.
 *
 * Measured on Deno 2.9.6: `Deno.permissions.query({name: "run"})` says nothing of programs that were
 * absent at start, so a spawn is tried that cannot come about: its working directory is a device.
 * Deno looks the program up in the PATH of the call first (absent: `NotFound` with the bare name),
 * checks the absolute path against `--allow-run` next (`NotCapable`), and only then finds the
 * directory wanting (`NotFound` with the absolute path). Nothing is forked.
 *
 * Paths are compared literally, and `--allow-run=ip` was resolved at start through the PATH of
 * whoever started Deno: `/usr/bin/ip` for a user, `/usr/sbin/ip` for root. So each fixed directory is
 * tried on its own, and a PATH that pointed elsewhere at start grants nothing here.
 *
 * @module
 */
import { readEnv } from "./env.ts";
import type { Program, Programs, ProgramState } from "./io.ts";

type Platform = Programs["platform"];

/** Not a directory on any platform. */
const NO_DIRECTORY = "/dev/null";

/** The environment of every child, and where programs are looked for. */
export interface ProgramHome {
  readonly directories: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly separator: "/" | "\\";
}

/** The fixed environment of a platform. Windows programs do not start without SystemRoot. */
export function programHome(platform: Platform): ProgramHome {
  if (platform === "windows") {
    const systemRoot = readEnv("SystemRoot") ?? "C:\\Windows";
    const directories = [`${systemRoot}\\System32`];
    return {
      directories,
      env: { LC_ALL: "C", PATH: directories.join(";"), SystemRoot: systemRoot },
      cwd: `${systemRoot}\\System32`,
      separator: "\\",
    };
  }
  const directories = platform === "darwin"
    ? [
      "/usr/sbin",
      "/usr/bin",
      "/sbin",
      "/bin",
      "/usr/local/sbin",
      "/usr/local/bin",
      "/opt/homebrew/sbin",
      "/opt/homebrew/bin",
    ]
    : ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  return {
    directories,
    env: { LC_ALL: "C", PATH: directories.join(":") },
    cwd: "/",
    separator: "/",
  };
}

/** Where a program is, or why it cannot be run. */
export type ProgramPlace =
  | { readonly state: "ready"; readonly path: string }
  | { readonly state: "not_permitted"; readonly path: string }
  | { readonly state: "absent" };

/** Looks for `program` in the fixed directories. */
export function placeOf(program: Program, home: ProgramHome): ProgramPlace {
  let place: ProgramPlace = { state: "absent" };
  for (const directory of home.directories) {
    const path = `${directory}${home.separator}${program}`;
    const state = stateIn(program, directory, home);
    if (state === "ready") return { state, path };
    if (state === "not_permitted" && place.state === "absent") place = { state, path };
  }
  return place;
}

function stateIn(program: Program, directory: string, home: ProgramHome): ProgramState {
  try {
    const child = new Deno.Command(program, {
      cwd: NO_DIRECTORY,
      clearEnv: true,
      env: { ...home.env, PATH: directory },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // A child in a directory that is none would be a change of Deno's; do not let it live.
    child.kill("SIGKILL");
    return "ready";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "not_permitted";
    const isBareName = error instanceof Error && error.message.includes(`'${program}'`);
    return isBareName ? "absent" : "ready";
  }
}

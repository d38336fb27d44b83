/**
 * Programs for tests: each call is recorded and answered by the test's own script.
 *
 * @module
 */
import type { ProgramCall, ProgramResult, Programs } from "../lib/io/io.ts";
import { Unavailable } from "../lib/errors/mod.ts";

/** What a script answers; the rest is a plain exit with code 0. */
export type Scripted = Partial<ProgramResult> | "absent";

/** Programs that answer from a script. */
export interface ScriptedPrograms extends Programs {
  /** Every call so far. */
  readonly calls: readonly ProgramCall[];
}

/** Programs whose every run is answered by `script`. */
export function scriptedPrograms(
  script: (call: ProgramCall) => Scripted | Promise<Scripted>,
  platform: Programs["platform"] = "linux",
): ScriptedPrograms {
  const calls: ProgramCall[] = [];
  return {
    platform,
    calls,
    state: () => Promise.resolve("ready"),
    async run(call) {
      calls.push(call);
      const answer = await script(call);
      if (answer === "absent") {
        throw new Unavailable("program_absent", `Cannot run "${call.program}": not installed`, {
          hint: `Install ${call.program}.`,
        });
      }
      for (const line of (answer.stdout ?? "").split("\n")) call.onLine?.(line);
      return {
        code: 0,
        stdout: "",
        stderr: "",
        truncated: false,
        ended: "exit",
        durationMs: 1,
        ...answer,
      };
    },
  };
}

/** A recorded or hand-written printout of `tests/fixtures/probe`. */
export function printout(name: string): string {
  return Deno.readTextFileSync(new URL(`./fixtures/probe/${name}`, import.meta.url));
}

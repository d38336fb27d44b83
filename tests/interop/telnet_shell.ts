/**
 * A command-line program behind a real telnet server: socat accepts, inetutils' telnetd negotiates
 * and gives the program a terminal, as a route server's operator would set it up.
 *
 * @module
 */
import { type Daemon, findProgram, freePort, startDaemon } from "./daemon.ts";

/** The programs that this takes. */
export const TELNET_PROGRAMS = ["socat", "telnetd"] as const;

/** Where it listens on 127.0.0.1. */
export interface TelnetShell extends AsyncDisposable {
  readonly port: number;
}

/** Serves a shell script, run anew for each connection, until it is disposed of. */
export async function serveTelnetShell(script: string): Promise<TelnetShell> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/shell`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const port = freePort();
  const daemon: Daemon = await startDaemon("socat", [
    `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`,
    `EXEC:${findProgram("telnetd")} -h -E ${path},nofork`,
  ], port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A shell that gives lines which begin with `show` to a program and takes no others. */
export function restrictedShell(program: readonly string[]): string {
  return `while printf 'rs> ' && IFS= read -r line; do
  case "$line" in
    exit) exit ;;
    'show '*) ${program.join(" ")} $line 2>&1 ;;
    '') ;;
    *) echo 'unknown command' ;;
  esac
done`;
}

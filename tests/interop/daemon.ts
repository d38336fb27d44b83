/**
 * Real programs for interop tests: found or skipped with a reason, started with files of their own,
 * ended by process id.
 *
 * @module
 */

const PATHS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/**
 * Registers a test that needs something of the machine. `missing` says what is not there, or null;
 * then the test prints `SKIPPED: reason` and passes, or fails if NETGLASS_REQUIRE_INTEROP=1.
 */
export function gatedTest(
  name: string,
  missing: () => Promise<string | null> | string | null,
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test(name, async (t) => {
    const lacking = await missing();
    if (lacking === null) return await body(t);
    const reason = `${name}: ${lacking}`;
    if (Deno.env.get("NETGLASS_REQUIRE_INTEROP") === "1") throw new Error(reason);
    console.log(`SKIPPED: ${reason}`);
  });
}

/** Registers a test that needs programs, and root where said. */
export function interopTest(
  name: string,
  needs: { readonly programs: readonly string[]; readonly root?: boolean },
  body: () => Promise<void>,
): void {
  gatedTest(name, () => {
    const absent = needs.programs.filter((program) => findProgram(program) === null);
    const reasons = [
      ...absent.map((program) => `${program} is not installed`),
      ...(needs.root === true && Deno.uid() !== 0 ? ["it needs root"] : []),
    ];
    return reasons.length === 0 ? null : reasons.join(", ");
  }, body);
}

/** Full path of a program, or null; a path is taken as it stands. */
export function findProgram(program: string): string | null {
  const paths = program.startsWith("/") ? [program] : PATHS.map((path) => `${path}/${program}`);
  for (const path of paths) {
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

/** A port of 127.0.0.1 that is free for TCP and, in all likelihood, for UDP. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // A TCP listener's address is a NetAddr.
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Runs a program to its end and answers its stdout. */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(findProgram(program) ?? program, {
    args: [...args],
  }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")} failed: ${decoder.decode(stderr)}`);
  }
  return decoder.decode(stdout);
}

/** A running program; leaving its scope ends it. */
export interface Daemon extends AsyncDisposable {
  readonly pid: number;
}

/** Starts a program and waits until it accepts TCP on `127.0.0.1:port`. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  port: number,
): Promise<Daemon> {
  const child = new Deno.Command(findProgram(program) ?? program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  let ended = false;
  const status = child.status.then(() => ended = true);
  const stop = async (): Promise<void> => {
    if (!ended) child.kill("SIGTERM");
    const killer = setTimeout(() => ended || child.kill("SIGKILL"), 3000);
    await status;
    clearTimeout(killer);
    await complaint;
  };
  for (let attempt = 0; attempt < 200 && !ended; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return { pid: child.pid, [Symbol.asyncDispose]: stop };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await stop();
  throw new Error(`${program} did not start: ${(await complaint).slice(0, 2000)}`);
}

/**
 * A BIRD with a configuration of the test's own, in a folder of its own, for as long as the test runs.
 *
 * @module
 */
import { findProgram } from "./daemon.ts";

/** Runs `act` beside BIRD; its control socket is `bird.ctl` in the folder. */
export async function withBird(
  config: string,
  act: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/bird.conf`, config);
  const bird = new Deno.Command(findProgram("bird") ?? "bird", {
    args: ["-f", "-c", "bird.conf", "-s", "bird.ctl"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await act(folder);
  } finally {
    end(bird);
    await bird.status;
    await Deno.remove(folder, { recursive: true });
  }
}

/** Ends a program that may have ended by itself. */
function end(program: Deno.ChildProcess): void {
  try {
    program.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

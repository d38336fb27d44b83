/**
 * Inside a namespace: the host tools of a server process beside the programs that they stand on,
 * in interleaved rounds. Prints medians as JSON.
 *
 *     deno run -A bench/host_rounds.ts '[{"tool": …, "peer": [[…]]}]' rounds
 */
import { median, StdioSession } from "./stdio_session.ts";

/** One tool, and the commands that say the same on a terminal. */
export interface HostDuel {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly peer: readonly (readonly string[])[];
}

/** What a duel came to, medians in milliseconds. */
export interface HostTimes {
  readonly oursMs: number;
  readonly peerMs: number;
}

const ROOT = new URL("../", import.meta.url).pathname;

/** All commands at once, their output read and dropped. */
async function peerOnce(commands: readonly (readonly string[])[]): Promise<number> {
  const started = performance.now();
  await Promise.all(commands.map(async ([program = "", ...args]) => {
    const child = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
    for await (const _ of child.stdout);
    await child.status;
  }));
  return performance.now() - started;
}

if (import.meta.main) {
  // The bench wrote the argument from duels.
  const duels = JSON.parse(Deno.args[0] ?? "[]") as HostDuel[];
  const rounds = Number(Deno.args[1] ?? 9);
  const config = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(config, "toolsets: [host]\nhost: { connections: true }\n");
  const session = new StdioSession(
    [
      ...["run", "--quiet", "--no-prompt", "--cached-only", "--config", `${ROOT}deno.json`, "-A"],
      ...[`${ROOT}main.ts`, "serve", "--config", config, "--accept-wider-permissions"],
    ],
    await Deno.makeTempDir(),
  );
  await session.initialize();
  const times: HostTimes[] = [];
  for (const { tool, args, peer } of duels) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const answer = await session.request("tools/call", { name: tool, arguments: args });
      ours.push(performance.now() - started);
      if ((answer as { isError?: boolean }).isError === true) {
        throw new Error(JSON.stringify(answer));
      }
      theirs.push(await peerOnce(peer));
    }
    times.push({ oursMs: median(ours), peerMs: median(theirs) });
  }
  await session.close();
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(times)));
}

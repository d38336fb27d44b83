/**
 * Command-line tools from the npm registry, each pinned by a lock file beside its test. They are
 * not in `deno.json`: Deno downloads every package that the lock file in force names, and who
 * starts the server should not wait for the hundreds of megabytes that test it.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bareEnv, type Finished } from "./netglass.ts";

/** A tool: its name in the imports of `config`, and where its versions are pinned. */
export interface PinnedTool {
  readonly specifier: string;
  readonly config: URL;
  readonly lock: URL;
  /** Flags of `deno run` that the tool needs beside `-A`. */
  readonly denoFlags?: readonly string[];
}

/** The longest run; the first one also downloads, milliseconds. */
const RUN_WITHIN_MS = 180_000;

/** Where Deno keeps its packages, also for a process with another HOME. */
let cacheFolder: Promise<string> | undefined;

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  return denoDir;
}

/** The variables for a process that must find Deno's packages, but nothing else of the tester's. */
export async function isolatedEnv(home: string): Promise<Record<string, string>> {
  return { ...bareEnv(), HOME: home, DENO_DIR: await (cacheFolder ??= denoDir()), NO_COLOR: "1" };
}

/** Runs the tool to its end in `home`, which is also its HOME. */
export async function runTool(
  tool: PinnedTool,
  home: string,
  args: readonly string[],
): Promise<Finished> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--frozen",
      `--config=${fileURLToPath(tool.config)}`,
      `--lock=${fileURLToPath(tool.lock)}`,
      ...tool.denoFlags ?? [],
      tool.specifier,
      ...args,
    ],
    cwd: home,
    stdin: "null",
    clearEnv: true,
    env: await isolatedEnv(home),
    signal: AbortSignal.timeout(RUN_WITHIN_MS),
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/**
 * Registers a test that needs the tool and gets a folder that goes with it. Where the registry
 * cannot be reached and the tool is not in Deno's cache it prints `SKIPPED: reason`, or fails if
 * NETGLASS_REQUIRE_INTEROP=1.
 */
export function pinnedToolTest(
  name: string,
  tool: PinnedTool,
  body: (home: string) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const home = await Deno.makeTempDir({ prefix: "netglass-tool-" });
    try {
      const { code, stderr } = await runTool(tool, home, ["--version"]);
      if (code === 0) return await body(home);
      const offline = /error sending request|client error \(Connect\)|dns error/.test(stderr);
      assert.ok(offline && Deno.env.get("NETGLASS_REQUIRE_INTEROP") !== "1", stderr);
      console.log(`SKIPPED: ${name}: ${tool.specifier} cannot be downloaded`);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  });
}

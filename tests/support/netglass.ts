/**
 * netglass as its users start it: a configuration in a folder of its own, the flags that it derives
 * for itself, a process.
 */
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { dump } from "js-yaml";

/** Path of `main.ts`. */
export const MAIN: string = new URL("../../main.ts", import.meta.url).pathname;

/** What a finished process left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What Deno needs itself: to find its cache, and to trust the registry as the tester's Deno does. */
const DENO_VARIABLES = [
  "HOME",
  "PATH",
  "DENO_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
];

/** The variables that Deno itself needs; nothing of the tester's policy leaks in. */
export function bareEnv(): Record<string, string> {
  return Object.fromEntries(
    DENO_VARIABLES.map((name) => [name, Deno.env.get(name)])
      .filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Runs `deno` to its end. */
export async function deno(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Finished> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    clearEnv: true,
    env: { ...bareEnv(), NO_COLOR: "1", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** A folder with a configuration, and the arguments of `deno` that start netglass in it. */
export class Install implements AsyncDisposable {
  private constructor(readonly folder: string, readonly configFile: string) {}

  /** Makes the folder and writes `config` into it. */
  static async make(config: Record<string, unknown>): Promise<Install> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "netglass-test-" }));
    const configFile = `${folder}/config.yaml`;
    await Deno.writeTextFile(configFile, dump(config));
    return new Install(folder, configFile);
  }

  /** `run`, the derived flags, `main.ts`, and what selects the configuration. */
  async args(...switches: readonly string[]): Promise<string[]> {
    const flags = await this.flags(...switches);
    return ["run", "--quiet", ...flags, MAIN, ...switches, "--config", this.configFile];
  }

  /** The derived flags alone. */
  async flags(...switches: readonly string[]): Promise<string[]> {
    const derived = await deno([
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      MAIN,
      "permissions",
      "--config",
      this.configFile,
      ...switches,
    ]);
    if (derived.code !== 0) throw new Error(derived.stderr);
    // One line, quoted for a POSIX shell; no flag of these tests holds a quote.
    return derived.stdout.trim().match(/'[^']*'|[^\s']+/g)?.map((word) =>
      word.replaceAll("'", "")
    ) ??
      [];
  }

  /** Runs one command of netglass under the derived flags. */
  async run(
    command: readonly string[],
    options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ): Promise<Finished> {
    const flags = await this.flags();
    return await deno(
      ["run", "--quiet", ...flags, MAIN, ...command, "--config", this.configFile],
      options,
    );
  }

  /** A connected official client on stdio; `close()` ends the server. */
  async connect(mode: "legacy" | "auto"): Promise<Client> {
    const client = new Client({ name: "netglass-test", version: "0" }, {
      versionNegotiation: { mode },
    });
    await client.connect(
      new StdioClientTransport({
        command: Deno.execPath(),
        args: await this.args(),
        env: bareEnv(),
        stderr: "inherit",
      }),
    );
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A configuration that allows loopback and nothing else. */
export const LOOPBACK: Record<string, unknown> = {
  security: { allowed_targets: ["127.0.0.0/8", "::1"] },
  dns: { resolvers: ["127.0.0.1:5399"] },
};

/** A TCP listener on 127.0.0.1 that greets and hangs up. */
export function greeter(greeting: string): { readonly port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) {
      try {
        await connection.write(new TextEncoder().encode(greeting));
      } catch {
        // The other side may have gone first.
      } finally {
        connection.close();
      }
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
    },
  };
}

/**
 * A test that uses the official stdio client: it leaves a timer behind when it is closed (its own
 * fallback for a server that does not end), which is not ours to clear.
 */
export function clientTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

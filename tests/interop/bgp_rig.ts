/**
 * Networks for tests of the speaker: netglass as a server process in a namespace of its own, asked
 * over MCP, and daemons in theirs.
 *
 * @module
 */
import { StdioSession } from "../../bench/stdio_session.ts";
import type { AskDaemon, BgpDaemon, BgpDaemonSession } from "./bgp_daemons.ts";
import { poll } from "./route_server_rig.ts";
import type { Topology } from "./topology.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Label of the switch that a rig's namespaces hang on. */
const SWITCH = "switch";

/** A running daemon. */
export interface RunningDaemon {
  readonly ask: AskDaemon;
  readonly directory: string;
  readonly process: Deno.ChildProcess;
}

/** What a rig started; its end stops all of it and removes the files. */
export class BgpRig implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #running: Promise<unknown>[] = [];
  /** Names of the switch's interfaces, by the label of who is behind. */
  readonly #ports = new Map<string, string>();

  constructor(readonly network: Topology) {
    this.#stack.defer(async () => {
      // The network's end kills what runs inside, so that the pipes close.
      await network[Symbol.asyncDispose]();
      await Promise.all(this.#running);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** A directory that is removed at the end. */
  async directory(): Promise<string> {
    const directory = await Deno.makeTempDir();
    this.#stack.defer(() => Deno.remove(directory, { recursive: true }));
    return directory;
  }

  /** Adds a namespace; its `eth0`, with these addresses, hangs on the rig's switch. */
  async join(label: string, addresses: readonly string[]): Promise<void> {
    const { network } = this;
    if (this.#ports.size === 0) {
      await network.add(SWITCH);
      await network.ip(SWITCH, "link add br0 type bridge");
      await network.ip(SWITCH, "link set br0 up");
    }
    const port = `p${this.#ports.size}`;
    this.#ports.set(label, port);
    await network.add(label);
    await network.link(
      { at: SWITCH, name: port, addresses: [] },
      { at: label, name: "eth0", addresses },
    );
    await network.ip(SWITCH, `link set ${port} master br0`);
  }

  /** Takes the link of `label` away, so that nothing it does is heard of any more. */
  async unplug(label: string): Promise<void> {
    await this.network.ip(SWITCH, `link del ${this.#ports.get(label)}`);
  }

  /** Starts `daemon` in the namespace `label`; resolves when its client gets an answer. */
  async start(
    label: string,
    daemon: BgpDaemon,
    session: BgpDaemonSession,
  ): Promise<RunningDaemon> {
    const directory = await this.directory();
    const text = daemon.config(session)
      .replaceAll("SOCKET", `${directory}/socket`).replaceAll("LOG", `${directory}/log`);
    const config = `${directory}/daemon.conf`;
    // bgpd refuses a configuration that others can read.
    await Deno.writeTextFile(config, text, { mode: 0o600 });
    if (daemon.name === "openbgpd") await Deno.mkdir("/run/openbgpd", { recursive: true });
    const [program = "", ...args] = daemon.start(config, directory, session);
    const process = this.network.spawn(label, program, args);
    let end: string | null = null;
    this.#running.push(
      process.output().then(({ stdout, stderr }) => {
        end = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      }),
    );
    const [client = "", ...clientArgs] = daemon.client(directory);
    const tell = async (words: readonly string[]) =>
      await this.network.tryExec(label, client, [...clientArgs, ...words]);
    await poll(`${daemon.name} answers`, async () => {
      if (end !== null) throw new Error(`${daemon.name} has ended: ${end}`);
      return daemon.ready === null || (await tell(daemon.ready)).code === 0;
    });
    for (const words of daemon.announce(session)) {
      await poll(`${daemon.name} takes a route`, async () => (await tell(words)).code === 0);
    }
    return { ask: async (words) => (await tell(words)).stdout, directory, process };
  }

  /** Starts netglass in the namespace `label` with this configuration, toolset `bgp` only. */
  async netglass(label: string, yaml: string): Promise<NetglassInside> {
    const inside = ["ip", "netns", "exec", this.network.nameOf(label)];
    const netglass = await serveNetglass(await this.directory(), yaml, inside);
    this.#stack.defer(() => netglass.end());
    return netglass;
  }
}

/**
 * Starts netglass with this configuration, by way of the program and arguments in `inside`; its
 * permissions are those that it derives itself.
 */
export async function serveNetglass(
  directory: string,
  yaml: string,
  inside: readonly string[] = [],
): Promise<NetglassInside> {
  const config = `${directory}/config.yaml`;
  await Deno.writeTextFile(config, yaml);
  const run = ["run", "--quiet", "--no-prompt", "--cached-only", "--config", `${ROOT}deno.json`];
  const permissions = await new Deno.Command(Deno.execPath(), {
    args: [...run, "-A", `${ROOT}main.ts`, "permissions", "--config", config],
  }).output();
  if (!permissions.success) throw new Error(new TextDecoder().decode(permissions.stderr));
  const flags = new TextDecoder().decode(permissions.stdout).trim().split(/\s+/)
    .map((word) => word.replace(/^'|'$/g, ""));
  const [program = "", ...args] = [...inside, Deno.execPath(), ...run, ...flags];
  const session = new StdioSession(
    [...args, `${ROOT}main.ts`, "serve", "--config", config],
    directory,
    program,
  );
  try {
    await session.initialize();
  } catch (error) {
    await session.kill();
    throw error;
  }
  return new NetglassInside(session);
}

/** What a tool answered. */
type Answer = Readonly<Record<string, unknown>>;

/** A netglass that a test started. */
export class NetglassInside {
  #end: Promise<void> | null = null;

  constructor(readonly session: StdioSession) {}

  /** Closes its stdin and waits for its end; at the second time there is nothing to do. */
  async end(): Promise<void> {
    await (this.#end ??= this.session.close());
  }

  /** Ends it as a loss of power would: it has no time to say anything. */
  async kill(): Promise<void> {
    await (this.#end ??= this.session.kill());
  }

  /** Calls a tool. @throws {Error} with the tool's words if it fails */
  async call(name: string, args: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const result = await this.#put(name, args);
    if (result.isError === true) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
    return result.structuredContent ?? {};
  }

  /** Calls a tool that must fail, and gives what it said. */
  async refused(name: string, args: Readonly<Record<string, unknown>>): Promise<string> {
    const result = await this.#put(name, args);
    if (result.isError !== true) throw new Error(`${name} answers ${JSON.stringify(result)}`);
    return JSON.stringify(result.content);
  }

  /** Plans a change and applies it with the token of the plan. */
  async change(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
    const plan = await this.call(name, args);
    if (plan.state !== "planned") return plan;
    return await this.call(name, { plan_id: plan.plan_id, confirm_token: plan.confirm_token });
  }

  async #put(name: string, args: Readonly<Record<string, unknown>>) {
    // What tools/call answers (MCP).
    return await this.session.request("tools/call", { name, arguments: args }) as {
      isError?: boolean;
      content?: unknown;
      structuredContent?: Answer;
    };
  }
}

/** Our server as it ships, with the permissions of its own configuration, as a receiver of tables. */
import { StdioSession } from "../stdio_session.ts";
import type { Question } from "./receiver.ts";
import { peerAddress } from "./send_table.ts";
import { peerAs } from "./table.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
export const NETGLASS_ADDRESS = "127.0.0.7";
export const NETGLASS_PORT = 21795;
/** Longest time that it is given to end, milliseconds. */
const END_MS = 20_000;

/** What is read of `protocol_summary`. */
interface Summary {
  readonly paths: { readonly ipv4: number; readonly ipv6: number };
  readonly listen_problem: string | null;
}

/** A server that runs; all questions go through MCP. */
export class NetglassReceiver implements AsyncDisposable {
  readonly #session: StdioSession;

  private constructor(session: StdioSession) {
    this.#session = session;
  }

  /**
   * Starts it in `folder` with `peers` peers that dial; `transit`: the last one is sent what the first
   * one announces.
   */
  static async start(folder: string, peers: number, transit: boolean): Promise<NetglassReceiver> {
    const rows = Array.from(
      { length: peers },
      (_, peer) =>
        `    - { name: feed${peer}, address: ${peerAddress(peer)}, remote_as: ${peerAs(peer)}, ` +
        `local_address: ${NETGLASS_ADDRESS}, connect: passive, hold_time_sec: 180, ` +
        `import_policy: all${transit && peer === peers - 1 ? ", transit: [feed0]" : ""} }`,
    );
    const config = `${folder}/config.yaml`;
    await Deno.writeTextFile(
      config,
      `toolsets: [bgp]
bgp:
  enabled: true
  local_as: 65007
  router_id: 10.0.0.7
  listen: "${NETGLASS_ADDRESS}:${NETGLASS_PORT}"
  peers:
${rows.join("\n")}
`,
    );
    const derived = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--allow-read", "--allow-env", `${ROOT}main.ts`],
        ...["permissions", "--config", config, "--format", "mcp"],
      ],
    }).output();
    if (!derived.success) throw new Error(new TextDecoder().decode(derived.stderr));
    const entry = JSON.parse(new TextDecoder().decode(derived.stdout)) as {
      mcpServers: { netglass: { args: string[] } };
    };
    const receiver = new NetglassReceiver(
      new StdioSession(entry.mcpServers.netglass.args, folder),
    );
    try {
      await receiver.#session.initialize();
      const { listen_problem: problem } = await receiver.#summary();
      if (problem !== null) throw new Error(`Our server does not listen: ${problem}`);
      return receiver;
    } catch (error) {
      await receiver[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#session.pid;
  }

  /** Paths that it has. */
  async count(): Promise<number> {
    const { paths } = await this.#summary();
    return paths.ipv4 + paths.ipv6;
  }

  /** Waits for the answer of a tool call. */
  async ask(question: Question, of: string): Promise<void> {
    await this.#call(
      "bgp_get_rib",
      {
        longest: { prefix: of },
        origin: { origin_asn: Number(of) },
        community: { community: of },
        as_path: { as_path: of },
      }[question],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#session.close();
    const killer = setTimeout(() => Deno.kill(this.pid, "SIGKILL"), END_MS);
    await closed.catch(() => {});
    clearTimeout(killer);
  }

  async #summary(): Promise<Summary> {
    return (await this.#call("protocol_summary", {}) as { bgp: Summary }).bgp;
  }

  async #call(name: string, args: Record<string, unknown>): Promise<unknown> {
    const result = await this.#session.request("tools/call", { name, arguments: args }) as {
      isError?: boolean;
      structuredContent?: unknown;
      content: unknown;
    };
    if (result.isError === true) throw new Error(JSON.stringify(result.content));
    return result.structuredContent;
  }
}

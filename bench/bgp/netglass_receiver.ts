/** Our server as it ships, with the permissions of its own configuration, as a receiver of tables. */
import { median, StdioSession } from "../stdio_session.ts";
import type { Question } from "./receiver.ts";
import { peerAddress } from "./send_table.ts";
import { peerAs } from "./table.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
export const NETGLASS_ADDRESS = "127.0.0.7";
export const NETGLASS_PORT = 21795;

/** What is asked to tell how fast an answer comes. */
const PROBE = { prefix: "198.18.0.1", limit: 5 };
/** Between two probes, milliseconds. */
const PROBE_EVERY_MS = 4;

/** A server that runs; all questions go through MCP. */
export class NetglassReceiver implements AsyncDisposable {
  readonly #session: StdioSession;
  readonly #probesMs: number[] = [];

  private constructor(session: StdioSession) {
    this.#session = session;
  }

  /** Starts it in `folder` with `peers` peers that dial. */
  static async start(folder: string, peers: number): Promise<NetglassReceiver> {
    const rows = Array.from(
      { length: peers },
      (_, peer) =>
        `    - { name: feed${peer}, address: ${peerAddress(peer)}, remote_as: ${peerAs(peer)}, ` +
        `local_address: ${NETGLASS_ADDRESS}, connect: passive, hold_time_sec: 180, import_policy: all }`,
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
    const session = new StdioSession(entry.mcpServers.netglass.args, folder);
    await session.initialize();
    const receiver = new NetglassReceiver(session);
    await receiver.count();
    return receiver;
  }

  get pid(): number {
    return this.#session.pid;
  }

  /** Paths that it has. */
  async count(): Promise<number> {
    const { peers } = await this.#call("bgp_get_peers", {}) as {
      peers: { prefixes_received: number }[];
    };
    return peers.reduce((sum, { prefixes_received }) => sum + prefixes_received, 0);
  }

  /** Asks something small again and again for `ms`. */
  async probe(ms: number): Promise<void> {
    for (const end = performance.now() + ms; performance.now() < end;) {
      const started = performance.now();
      await this.#call("bgp_get_rib", PROBE);
      this.#probesMs.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
  }

  /** Milliseconds of the probes so far; it starts anew then. */
  takeProbes(): { readonly p50: number; readonly p99: number; readonly worst: number } {
    const sorted = this.#probesMs.splice(0).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
    return { p50: at(0.5), p99: at(0.99), worst: at(1) };
  }

  /** Median milliseconds of a tool call that answers the question. */
  async askMs(question: Question, of: string, rounds: number): Promise<number> {
    const args = {
      longest: { prefix: of },
      origin: { origin_asn: Number(of) },
      community: { community: of },
      as_path: { as_path: of },
    }[question];
    const taken: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      await this.#call("bgp_get_rib", args);
      taken.push(performance.now() - started);
    }
    return median(taken);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
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

/**
 * Captures whose truth is known: TCP connections between two namespaces over a path that loses,
 * delays, reorders, duplicates or queues, captured at both ends, with what the path did to every
 * frame and what the kernels counted.
 *
 * @module
 */
import { findProgram } from "./daemon.ts";
import { parseRelayLabels, type RelayLabel } from "./impaired_labels.ts";
import { Topology } from "./topology.ts";

/** Programs that {@link impairedRun} needs, for `namespaceTest`. */
export const IMPAIRED_PROGRAMS: readonly string[] = ["python3", "dumpcap", "ss", "nft", "tc"];

/** What happens to frames one way. Nothing of it by default; shares are 0 to 1. */
export interface Impairment {
  /** Share dropped at random. */
  readonly loss?: number;
  /** Share sent twice. Relay only. */
  readonly duplicate?: number;
  /** Share held back by {@link Impairment.reorderByMs}. Relay only. */
  readonly reorderShare?: number;
  readonly reorderByMs?: number;
  /** Relay only. */
  readonly delayMs?: number;
  /** Further delay, uniform from 0, of each frame by itself: it reorders. Relay only. */
  readonly jitterMs?: number;
  /** Megabits per second. */
  readonly rateMbps?: number;
  /** Frames waiting for {@link Impairment.rateMbps} before the tail is dropped; default: no bound. */
  readonly queueFrames?: number;
}

/** Connections of one kind; `connections` of them at once (default 1). */
export type Traffic =
  & {
    readonly connections?: number;
    /** Octets of SO_SNDBUF at the sender: limits what is in flight. */
    readonly sendBuffer?: number;
    /** Octets of SO_RCVBUF at the receiver: limits the window. */
    readonly receiveBuffer?: number;
    /** Default: cubic where the kernel has it. */
    readonly congestion?: "cubic" | "reno" | "bbr";
  }
  & (
    | {
      readonly kind: "bulk";
      /** Octets that each connection carries. */
      readonly bytes: number;
      /** The receiver stops reading for so long (a zero window), after so many octets. */
      readonly pauseMs?: number;
      readonly pauseAfter?: number;
    }
    | {
      readonly kind: "requests";
      readonly count: number;
      /** Octets of a request, and of its response. */
      readonly request: number;
      readonly response: number;
      /** Pause of the client after each. */
      readonly thinkMs?: number;
    }
    /** Silent for so long with keep-alive each second. */
    | { readonly kind: "idle"; readonly idleMs: number }
    /**
     * So many connections one after another, from one port if given, each ended by RST. On a path
     * that loses the RST the receiver never learns of the end, and the run fails.
     */
    | {
      readonly kind: "abort";
      readonly count: number;
      readonly bytes: number;
      readonly localPort?: number;
    }
    /** Connection attempts at a closed port. */
    | { readonly kind: "refused"; readonly count: number }
    /** A connection attempt that nothing answers. */
    | { readonly kind: "blackhole"; readonly waitMs: number }
  );

/** A run. */
export interface ImpairedRunOptions {
  readonly traffic: readonly Traffic[];
  /** From the sender to the receiver. */
  readonly forward?: Impairment;
  /** From the receiver to the sender. */
  readonly backward?: Impairment;
  /**
   * `relay` (default): a program of ours, with a label per frame. `kernel`: a router that drops by
   * nftables and limits the rate by tbf; no labels.
   */
  readonly via?: "relay" | "kernel";
  /** Over IPv6; default false. */
  readonly ipv6?: boolean;
  /** Leave segmentation and checksums to the interfaces, as hosts do; default false. */
  readonly offload?: boolean;
  /** TCP timestamps (RFC 7323 §3); default true. */
  readonly timestamps?: boolean;
  /** Selective acknowledgments (RFC 2018); default true. */
  readonly sack?: boolean;
  /** Octets that the captures keep of each frame; default: all. */
  readonly snapLength?: number;
  /** Of the relay's decisions; what they meet differs from run to run all the same. Default 1. */
  readonly seed?: number;
}

/** TCP counters of one end (`nstat` names), as they grew during the run. */
export type KernelCounters = Readonly<Record<string, number>>;

/** A finished run. Leaving its scope removes the files. */
export interface ImpairedRun extends AsyncDisposable {
  /** pcapng of the sender's interface, nothing dropped by the capture. */
  readonly senderPcap: string;
  /** pcapng of the receiver's interface. */
  readonly receiverPcap: string;
  /** Decisions of the relay in order of arrival; none for a kernel path. */
  readonly labels: readonly RelayLabel[];
  readonly kernel: { readonly sender: KernelCounters; readonly receiver: KernelCounters };
}

const SENDER = { ipv4: "10.71.1.1", ipv6: "fd71:1::1" };
const RECEIVER = { ipv4: "10.71.2.2", ipv6: "fd71:2::2" };
const PYTHON = findProgram("python3") ?? "python3";
const RELAY = new URL("./relay.py", import.meta.url).pathname;
const TRAFFIC = new URL("./traffic.py", import.meta.url).pathname;
/** First port of traffic.py. */
const FIRST_PORT = 47000;
/** Longest that connections may take; far beyond what a run should ask for. */
const TRAFFIC_MS = 30_000;
/** Longest that the last FIN may take to be acknowledged. */
const QUIET_MS = 5_000;
/** A capture that the machine was too busy for is taken again. */
const ATTEMPTS = 3;

/**
 * Runs connections over an impaired path.
 * @throws {Error} if a connection fails, or a capture loses frames three times
 */
export async function impairedRun(options: ImpairedRunOptions): Promise<ImpairedRun> {
  const directory = await Deno.makeTempDir({ prefix: "netglass_impaired_" });
  const remove = (): Promise<void> => Deno.remove(directory, { recursive: true });
  try {
    for (let attempt = 1;; attempt++) {
      const { missed, ...run } = await runOnce(directory, options);
      if (missed === 0) return { ...run, [Symbol.asyncDispose]: remove };
      if (attempt === ATTEMPTS) throw new Error(`the captures missed ${missed} frames`);
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runOnce(
  directory: string,
  options: ImpairedRunOptions,
): Promise<Omit<ImpairedRun, keyof AsyncDisposable> & { readonly missed: number }> {
  const { traffic, via = "relay", ipv6 = false } = options;
  await using network = new Topology();
  await buildPath(network, options);
  const address = ipv6 ? RECEIVER.ipv6 : RECEIVER.ipv4;
  const specs = traffic.map(specOf);
  const labelPath = `${directory}/labels.jsonl`;
  const relay = via === "relay"
    ? await startRelay(network, labelPath, options)
    : await impairKernel(network, options);
  const server = await started(
    network.spawn("receiver", PYTHON, ["-IS", TRAFFIC, "receive", address, ...specs]),
  );
  const captures = await Promise.all([
    startCapture(network, "sender", `${directory}/sender.pcapng`, options),
    startCapture(network, "receiver", `${directory}/receiver.pcapng`, options),
  ]);
  const before = await Promise.all([
    countersOf(network, "sender"),
    countersOf(network, "receiver"),
  ]);
  const client = network.spawn("sender", PYTHON, ["-IS", TRAFFIC, "send", address, ...specs]);
  const deadline = setTimeout(() => client.kill("SIGKILL"), TRAFFIC_MS);
  const { code, stderr } = await client.output();
  clearTimeout(deadline);
  if (code !== 0) throw new Error(`traffic failed: ${new TextDecoder().decode(stderr)}`);
  await quiet(network);
  const after = await Promise.all([countersOf(network, "sender"), countersOf(network, "receiver")]);
  const missed = await Promise.all(captures.map((stop) => stop()));
  await server.stop("SIGKILL");
  await relay?.stop("SIGTERM");
  return {
    senderPcap: `${directory}/sender.pcapng`,
    receiverPcap: `${directory}/receiver.pcapng`,
    labels: relay === null ? [] : parseRelayLabels(await Deno.readTextFile(labelPath)),
    kernel: {
      sender: grown(before[0], after[0]),
      receiver: grown(before[1], after[1]),
    },
    missed: missed.reduce((sum, frames) => sum + frames, 0),
  };
}

/** sender e0 – m0 middle m1 – e0 receiver. The relay bridges one net; the kernel path routes two. */
async function buildPath(network: Topology, options: ImpairedRunOptions): Promise<void> {
  const isRouted = options.via === "kernel";
  await network.add("sender");
  await network.add("middle", isRouted ? "router" : "host");
  await network.add("receiver");
  if (!isRouted) await network.sysctl("middle", { "net.ipv6.conf.default.disable_ipv6": 1 });
  const middle = (net: number) => isRouted ? [`10.71.${net}.254/24`, `fd71:${net}::fe/64`] : [];
  await network.link(
    { at: "sender", name: "e0", addresses: [`${SENDER.ipv4}/24`, `${SENDER.ipv6}/64`] },
    { at: "middle", name: "m0", addresses: middle(1) },
  );
  await network.link(
    { at: "middle", name: "m1", addresses: middle(2) },
    { at: "receiver", name: "e0", addresses: [`${RECEIVER.ipv4}/24`, `${RECEIVER.ipv6}/64`] },
  );
  for (const [label, net] of [["sender", 1], ["receiver", 2]] as const) {
    await network.route(label, `0.0.0.0/0 ${isRouted ? `via 10.71.${net}.254` : "dev e0"}`);
    await network.route(label, `::/0 ${isRouted ? `via fd71:${net}::fe` : "dev e0"}`);
  }
  for (const label of ["sender", "receiver"]) {
    await network.sysctl(label, {
      "net.ipv4.tcp_timestamps": options.timestamps === false ? 0 : 1,
      "net.ipv4.tcp_sack": options.sack === false ? 0 : 1,
    });
  }
  if (options.offload === true) return;
  for (const label of ["sender", "receiver"]) {
    await network.exec(label, PYTHON, ["-IS", TRAFFIC, "no-offload", "e0"]);
  }
}

async function startRelay(
  network: Topology,
  labelPath: string,
  { traffic, forward = {}, backward = {}, seed = 1 }: ImpairedRunOptions,
): Promise<Companion> {
  const settings = [forward, backward].flatMap((impairment, direction) =>
    Object.entries(impairment).map(([key, value]) => `${direction}.${key}=${value}`)
  );
  const hole = traffic.findIndex(({ kind }) => kind === "blackhole");
  if (hole !== -1) settings.push(`blackhole=${FIRST_PORT + hole}`);
  return await started(
    network.spawn("middle", PYTHON, [
      "-IS",
      RELAY,
      labelPath,
      "m0",
      "m1",
      `seed=${seed}`,
      ...settings,
    ]),
  );
}

/** Random drops by nftables, rates by tbf. */
async function impairKernel(
  network: Topology,
  { traffic, forward = {}, backward = {} }: ImpairedRunOptions,
): Promise<null> {
  const rules: string[] = [];
  for (const [impairment, out] of [[forward, "m1"], [backward, "m0"]] as const) {
    const { loss = 0, rateMbps, queueFrames = 1000, ...others } = impairment;
    if (Object.keys(others).length > 0) {
      throw new Error(`a kernel path has no ${Object.keys(others).join(", ")}`);
    }
    if (loss > 0) {
      const share = Math.round(loss * 100_000);
      rules.push(
        `oifname "${out}" meta l4proto tcp numgen random mod 100000 < ${share} counter drop`,
      );
    }
    if (rateMbps !== undefined) {
      const words = `qdisc add dev ${out} root tbf rate ${rateMbps}mbit burst 16k limit ${
        queueFrames * 1514
      }`;
      await network.exec("middle", "tc", words.split(" "));
    }
  }
  const hole = traffic.findIndex(({ kind }) => kind === "blackhole");
  if (hole !== -1) rules.push(`tcp dport ${FIRST_PORT + hole} drop`);
  await network.rules(
    "middle",
    `table inet impaired {\n chain path {\n  type filter hook forward priority 0;\n  ${
      rules.join("\n  ")
    }\n }\n}\n`,
  );
  return null;
}

/** A program that runs beside the traffic. */
interface Companion {
  /** Ends it and waits for its end. @throws {Error} if it had failed */
  stop(signal: Deno.Signal): Promise<void>;
}

/** Waits until a program says "ready". */
async function started(child: Deno.ChildProcess): Promise<Companion> {
  const complaint = new Response(child.stderr).text();
  const output = child.stdout.getReader();
  const { value } = await output.read();
  if (value === undefined) throw new Error(`a companion did not start: ${await complaint}`);
  return {
    async stop(signal) {
      child.kill(signal);
      const status = await child.status;
      await output.cancel();
      const text = await complaint;
      if (status.signal !== signal && status.code !== 0) throw new Error(text);
    },
  };
}

/** Starts capturing TCP; returns how to stop, which tells the frames that the capture missed. */
async function startCapture(
  network: Topology,
  label: string,
  path: string,
  { snapLength = 262_144 }: ImpairedRunOptions,
): Promise<() => Promise<number>> {
  const child = network.spawn(label, "dumpcap", [
    ...["-q", "-i", "e0", "-f", "tcp", "-B", "64", "-s", String(snapLength), "-w", path],
  ]);
  await child.stdout.cancel();
  const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  while (!told.includes("File: ")) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`dumpcap did not start: ${told}`);
    told += value;
  }
  return async () => {
    child.kill("SIGINT");
    for (let piece = await lines.read(); !piece.done; piece = await lines.read()) {
      told += piece.value;
    }
    await child.status;
    // "Packets received/dropped on interface 'e0': 12/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0)"
    const dropped = /received\/dropped on interface.*?: \d+\/(\d+)/.exec(told)?.[1];
    if (dropped === undefined) throw new Error(`dumpcap told no drops: ${told}`);
    return Number(dropped);
  };
}

/** Waits until no connection of either end sends any more, and the captures have seen the last. */
async function quiet(network: Topology): Promise<void> {
  const end = performance.now() + QUIET_MS;
  for (const label of ["sender", "receiver"]) {
    const args = ["-tanH", "state", "connected", "exclude", "time-wait"];
    while ((await network.exec(label, "ss", args)).stdout.trim() !== "") {
      if (performance.now() > end) throw new Error(`connections of the ${label} do not end`);
      await pause(50);
    }
  }
  // Frames on their way, and the capture's own buffer.
  await pause(300);
}

/** /proc/net/snmp and netstat: pairs of lines, names and values, each after "Group:". */
async function countersOf(network: Topology, label: string): Promise<KernelCounters> {
  const { stdout } = await network.exec(label, "cat", ["/proc/net/snmp", "/proc/net/netstat"]);
  const counters: Record<string, number> = {};
  const lines = stdout.trimEnd().split("\n").map((line) => line.split(" "));
  for (let row = 0; row + 1 < lines.length; row += 2) {
    const [group, ...names] = lines[row] ?? [];
    if (group !== "Tcp:" && group !== "TcpExt:") continue;
    names.forEach((name, at) => counters[name] = Number(lines[row + 1]?.[at + 1]));
  }
  return counters;
}

function grown(before: KernelCounters, after: KernelCounters): KernelCounters {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  );
}

function specOf(traffic: Traffic): string {
  return Object.entries(traffic).map(([key, value]) => `${key}=${value}`).join(",");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

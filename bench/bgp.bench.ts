/**
 * The BGP speaker beside BIRD, FRR, OpenBGPD and GoBGP, each given the same tables by the same
 * senders over loopback: time to converge, processor time, memory, questions, answers while it loads,
 * loss of the feeds; and MRT files beside bgpdump.
 *
 *     deno task bench:bgp [--feeds 1,10] [--rounds N] [--ipv4 N] [--ipv6 N] [--sets N]
 *       [--daemons bird,frr,openbgpd,gobgp] [--dir FOLDER] [--no-mrt]
 *
 * Needs Linux and root; peers come from Debian: bird2, frr, openbgpd, gobgpd, bgpdump. One that is
 * not installed leaves its rows out. Run it on a quiet machine: FRR takes 15 seconds for a feed,
 * GoBGP a minute; leave them out of runs with many feeds.
 */
import { parseArgs } from "node:util";
import { findProgram } from "../tests/interop/daemon.ts";
import { tableFiles } from "./bgp/generate_table.ts";
import { NETGLASS_ADDRESS, NETGLASS_PORT, NetglassReceiver } from "./bgp/netglass_receiver.ts";
import { treeUsage } from "./bgp/process_tree.ts";
import { outputOf, type Question, RECEIVERS, startReceiver } from "./bgp/receiver.ts";
import { FULL_TABLE, Table } from "./bgp/table.ts";
import { writeRibFile } from "./bgp/table_mrt.ts";
import { TextLineStream } from "./bgp/text_lines.ts";
import { printRows, type Row } from "./report.ts";
import { median } from "./stdio_session.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const { values: given } = parseArgs({
  options: {
    feeds: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    ipv4: { type: "string", default: `${FULL_TABLE.ipv4}` },
    ipv6: { type: "string", default: `${FULL_TABLE.ipv6}` },
    sets: { type: "string", default: `${FULL_TABLE.attributeSets}` },
    daemons: { type: "string", default: "bird,frr,openbgpd,gobgp" },
    dir: { type: "string", default: "/tmp/netglass-bench-tables" },
    "no-mrt": { type: "boolean", default: false },
  },
});
const WISH = {
  ipv4: Number(given.ipv4),
  ipv6: Number(given.ipv6),
  attributeSets: Number(given.sets),
  seed: FULL_TABLE.seed,
};
const OURS = `${NETGLASS_ADDRESS}:${NETGLASS_PORT}`;
const ROUNDS = Number(given.rounds);
const PREFIXES = WISH.ipv4 + WISH.ipv6;
/** Longest wait for a daemon to take the tables, milliseconds. */
const PATIENCE_MS = 900_000;
/** A receiver is idle when it used less than this share of a processor for `IDLE_MS`. */
const IDLE_SHARE = 0.1, IDLE_MS = 400;

/** Goals against BIRD, by number of feeds: must of issue 5. */
const BIRD_TIME = (feeds: number) => feeds >= 10 ? 0.6 : 0.8;
const BIRD_MEMORY = (feeds: number) => feeds >= 10 ? 0.5 : 1;
const TIME_GOALS: Readonly<Record<string, (feeds: number) => number>> = {
  bird: BIRD_TIME,
  frr: () => 0.2,
  openbgpd: () => 0.3,
  gobgp: () => 0.1,
};

/** Between two looks at a receiver, milliseconds. */
const BREATH_MS = 50;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What runs under either roof. */
interface Running extends AsyncDisposable {
  readonly pid: number;
  count(): Promise<number>;
  /** Waits a little. */
  breathe(): Promise<void>;
  /** Median milliseconds of a question, or null if it cannot be asked. */
  askMs(question: Question, of: string): Promise<number | null>;
}

/** What a run came to. */
interface Measured {
  /** First octet sent to all routes there and idle, seconds. */
  readonly convergedSec: number;
  readonly cpuSec: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly rssMiB: number;
  readonly questionsMs: Readonly<Record<Question, number | null>>;
  /** From the loss of all feeds to no route left, seconds. */
  readonly flushSec: number;
}

/** Questions, with what they are about in the table at hand. */
function questionsOf(table: Table): Readonly<Record<Question, string>> {
  const [a, b, c] = [24, 16, 8].map((shift) => (table.ipv4.high[0]! >>> shift) & 255);
  return { longest: `${a}.${b}.${c}.1`, origin: "3356", community: "3356:1", as_path: "6461" };
}

async function startDaemon(name: keyof typeof RECEIVERS, feeds: number): Promise<Running> {
  const folder = await Deno.makeTempDir({ prefix: "netglass-bench-" });
  const receiver = await startReceiver(RECEIVERS[name], { peers: feeds, folder });
  return {
    pid: receiver.pid,
    count: () => receiver.count(),
    breathe: () => pause(BREATH_MS),
    async askMs(question, of) {
      const command = receiver.kind.questions[question];
      if (command === null) return null;
      const taken: number[] = [];
      for (let round = 0; round < 3; round++) {
        const started = performance.now();
        await outputOf(command(folder, of));
        taken.push(performance.now() - started);
      }
      return median(taken);
    },
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** `isProbed`: it is asked something small all the time, instead of being left alone. */
async function startNetglass(
  feeds: number,
  isProbed: boolean,
): Promise<Running & { readonly receiver: NetglassReceiver }> {
  const folder = await Deno.makeTempDir({ prefix: "netglass-bench-" });
  const receiver = await NetglassReceiver.start(folder, feeds);
  return {
    receiver,
    pid: receiver.pid,
    count: () => receiver.count(),
    breathe: () => isProbed ? receiver.probe(BREATH_MS) : pause(BREATH_MS),
    askMs: (question, of) => receiver.askMs(question, of, 5),
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** The sending peers, in a process of their own. */
class Senders {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor(to: string, files: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", `${ROOT}bench/bgp/send_table.ts`, "--to", to, ...files],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /** Waits for the answer of this phase. */
  async until(phase: string): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The senders have ended");
      if ((JSON.parse(value) as { phase: string }).phase === phase) return;
    }
  }

  async order(text: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${text}\n`));
  }

  /** Closes all sessions. */
  async stop(): Promise<void> {
    await this.order("stop");
    await this.#child.status;
    await this.#orders.abort();
    await this.#lines.cancel();
  }
}

async function measure(
  running: Running,
  to: string,
  feeds: number,
  ask: Readonly<Record<Question, string>>,
): Promise<Measured> {
  const files = (await tableFiles(given.dir, WISH, feeds)).map(({ table }) => table);
  const senders = new Senders(to, files);
  await senders.until("established");
  await pause(1_500);
  const before = treeUsage(running.pid);
  await senders.order("send");
  await senders.until("begin");
  const started = performance.now();
  const sent = senders.until("sent");
  const convergedSec = await untilConverged(running, feeds * PREFIXES, started);
  await sent;
  const after = treeUsage(running.pid);
  const questionsMs = {} as Record<Question, number | null>;
  for (const question of ["longest", "origin", "community", "as_path"] as const) {
    questionsMs[question] = await running.askMs(question, ask[question]);
  }
  await senders.stop();
  const lost = performance.now();
  while (await running.count() > 0 && performance.now() - lost < PATIENCE_MS) {
    await pause(20);
  }
  return {
    convergedSec,
    cpuSec: after.cpuSec - before.cpuSec,
    idleMiB: before.rssMiB,
    peakMiB: after.peakMiB,
    rssMiB: after.rssMiB,
    questionsMs,
    flushSec: (performance.now() - lost) / 1_000,
  };
}

/** Seconds until all routes were there and it had gone idle: the last moment at which it was busy. */
async function untilConverged(running: Running, paths: number, started: number): Promise<number> {
  const history: { ms: number; cpuSec: number }[] = [];
  let lastBusy = started, isComplete = false;
  for (;;) {
    await running.breathe();
    const now = { ms: performance.now(), cpuSec: treeUsage(running.pid).cpuSec };
    const past = history.findLast(({ ms }) => now.ms - ms >= 90) ?? now;
    const share = (now.cpuSec - past.cpuSec) / Math.max(1, now.ms - past.ms) * 1_000;
    history.push(now);
    if (!isComplete) {
      isComplete = await running.count() >= paths;
      lastBusy = performance.now();
      continue;
    }
    if (share > IDLE_SHARE) lastBusy = now.ms;
    if (now.ms - lastBusy > IDLE_MS) return (lastBusy - started) / 1_000;
    if (now.ms - started > PATIENCE_MS) throw new Error("It did not converge");
  }
}

const rows: Row[] = [];

function ratioRow(
  number: string,
  ours: number,
  theirs: number,
  peer: string,
  unit: string,
  goal: number,
): void {
  rows.push({
    number,
    ours: `${ours.toFixed(2)} ${unit}`,
    peer: `${theirs.toFixed(2)} ${unit} (${peer})`,
    ratio: (ours / theirs).toFixed(2),
    goal: `<= ${Number(goal.toPrecision(2))}`,
    met: ours / theirs <= goal,
  });
}

function limitRow(number: string, ours: number, unit: string, limit: number): void {
  rows.push({
    number,
    ours: `${ours.toFixed(1)} ${unit}`,
    peer: "-",
    ratio: "-",
    goal: `<= ${limit} ${unit}`,
    met: ours <= limit,
  });
}

/** Medians over rounds. */
function middle(all: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => median(all.map(pick));
  const question = (name: Question) => {
    const taken = all.map(({ questionsMs }) => questionsMs[name]).filter((ms) => ms !== null);
    return taken.length === 0 ? null : median(taken);
  };
  return {
    convergedSec: of((one) => one.convergedSec),
    cpuSec: of((one) => one.cpuSec),
    idleMiB: of((one) => one.idleMiB),
    peakMiB: of((one) => one.peakMiB),
    rssMiB: of((one) => one.rssMiB),
    questionsMs: {
      longest: question("longest"),
      origin: question("origin"),
      community: question("community"),
      as_path: question("as_path"),
    },
    flushSec: of((one) => one.flushSec),
  };
}

async function compare(feeds: number, ask: Readonly<Record<Question, string>>): Promise<void> {
  const names = given.daemons.split(",").filter((name): name is keyof typeof RECEIVERS =>
    Object.hasOwn(RECEIVERS, name) &&
    RECEIVERS[name as keyof typeof RECEIVERS].programs.every((one) => findProgram(one) !== null)
  );
  const taken: Record<string, Measured[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    {
      await using netglass = await startNetglass(feeds, false);
      (taken.netglass ??= []).push(await measure(netglass, OURS, feeds, ask));
    }
    for (const name of names) {
      const { address, port } = RECEIVERS[name];
      await using daemon = await startDaemon(name, feeds);
      (taken[name] ??= []).push(await measure(daemon, `${address}:${port}`, feeds, ask));
    }
  }
  const ours = middle(taken.netglass ?? []);
  const at = `${feeds} ${feeds === 1 ? "feed" : "feeds"}`;
  for (const name of names) {
    const theirs = middle(taken[name] ?? []);
    const peer = RECEIVERS[name].name;
    const goal = TIME_GOALS[name]!(feeds);
    ratioRow(`${at}: converged`, ours.convergedSec, theirs.convergedSec, peer, "s", goal);
    ratioRow(`${at}: processor time`, ours.cpuSec, theirs.cpuSec, peer, "s", goal);
    const memory = name === "bird" ? BIRD_MEMORY(feeds) : 1;
    ratioRow(`${at}: peak memory`, ours.peakMiB, theirs.peakMiB, peer, "MiB", memory);
    for (const [question, ms] of Object.entries(ours.questionsMs)) {
      const their = theirs.questionsMs[question as Question];
      if (ms === null || their === null || question === "longest") continue;
      ratioRow(`${at}: ${question}, a tool call`, ms, their, peer, "ms", 1 / 30);
    }
  }
  const bytes = (ours.rssMiB - ours.idleMiB) * 2 ** 20 / (feeds * PREFIXES);
  limitRow(`${at}: memory of a path`, bytes, "bytes", feeds >= 10 ? 40 : 80);
  limitRow(`${at}: longest match, a tool call`, ours.questionsMs.longest ?? NaN, "ms", 2);
  limitRow(`${at}: lost feeds flushed`, ours.flushSec, "s", 1);
  const { p99, worst } = await answersWhileLoading(feeds);
  limitRow(`${at}: tool call while it loads, p99`, p99, "ms", 20);
  limitRow(`${at}: tool call while it loads, worst`, worst, "ms", 100);
}

/** Milliseconds of a small tool call from the first route to the last. */
async function answersWhileLoading(feeds: number): Promise<{ p99: number; worst: number }> {
  await using netglass = await startNetglass(feeds, true);
  const files = (await tableFiles(given.dir, WISH, feeds)).map(({ table }) => table);
  const senders = new Senders(OURS, files);
  await senders.until("established");
  // The first calls pay for the modules and the compiler.
  await netglass.receiver.probe(2_000);
  netglass.receiver.takeProbes();
  await senders.order("send");
  await senders.until("begin");
  while (await netglass.count() < feeds * PREFIXES) await netglass.breathe();
  const seen = netglass.receiver.takeProbes();
  await senders.stop();
  return seen;
}

/** User and system seconds of a command, its output thrown away. */
async function cpuSeconds(command: string): Promise<number> {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `${command} >/dev/null 2>&1; times`],
    stdin: "null",
  }).output();
  const children = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

async function mrt(table: Table): Promise<void> {
  if (findProgram("bgpdump") === null) return;
  const path = `${given.dir}/rib-${WISH.ipv4}-${WISH.ipv6}.mrt`;
  await writeRibFile(path, table, 1);
  const ours: number[] = [], theirs: number[] = [];
  const print = `'${Deno.execPath()}' run -A -q '${ROOT}bench/bgp/print_mrt.ts' '${path}'`;
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await cpuSeconds(print));
    theirs.push(await cpuSeconds(`bgpdump -m '${path}'`));
  }
  ratioRow(
    "MRT table as text, processor time",
    median(ours),
    median(theirs),
    "bgpdump -m",
    "s",
    0.3,
  );
}

const table = new Table(WISH);
const ask = questionsOf(table);
if (!given["no-mrt"]) {
  await Deno.mkdir(given.dir, { recursive: true });
  await mrt(table);
}
for (const feeds of given.feeds.split(",")) await compare(Number(feeds), ask);
console.log(
  `Medians of ${ROUNDS} interleaved rounds, ${WISH.ipv4} IPv4 and ${WISH.ipv6} IPv6 prefixes in ` +
    `${WISH.attributeSets} attribute sets, deno ${Deno.version.deno}\n`,
);
printRows(rows);

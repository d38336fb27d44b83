/**
 * Speed and memory of the capture engine beside tshark, tcptrace, tcpdump, capinfos, scapy and cat,
 * on captures of the project's own generator, rounds interleaved, files in the page cache.
 *
 *     deno task bench:capture [--rounds N] [--large PACKETS] [--dir FOLDER]
 *
 * Peers come from Debian: tshark, tcptrace, tcpdump, wireshark-common (capinfos), python3-scapy. A
 * peer that is not installed leaves its rows without a ratio. Slow peers run on the small capture
 * only; what is said of them for the large one is extrapolated and marked so.
 */
import type { Asked } from "./ask_capture.ts";
import { generateCapture } from "./generate_capture.ts";
import { printRows, type Row } from "./report.ts";
import { median, StdioSession } from "./stdio_session.ts";

const ROOT = new URL("../", import.meta.url).pathname;

function option(name: string, otherwise: string): string {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? otherwise : Deno.args[at + 1] ?? otherwise;
}

const ROUNDS = Number(option("rounds", "5"));
const SMALL = 1_000_000;
const LARGE = Number(option("large", "10000000"));
/** scapy takes minutes for more. */
const SCAPY_PACKETS = 20_000;
const folder = option("dir", await Deno.makeTempDir());
await Deno.mkdir(folder, { recursive: true });

/** Seconds that a program takes, or null if it is not installed or fails. */
async function run(program: string, args: readonly string[]): Promise<number | null> {
  const started = performance.now();
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? (performance.now() - started) / 1000 : null;
  } catch {
    return null;
  }
}

/** What a fresh process of ours needs for questions about a capture. */
async function ask(path: string, questions: string, repeats = 1, before = ""): Promise<Asked> {
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--config",
      `${ROOT}deno.json`,
      `${ROOT}bench/ask_capture.ts`,
      path,
      questions,
      `${repeats}`,
      before,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Asked;
}

/** Milliseconds of our first question in a fresh process. */
async function cold(path: string, questions: string): Promise<number> {
  const { ms } = await ask(path, questions);
  return ms[0] ?? NaN;
}

/** Runs each side in turn and gives the median of each; a side that cannot run gives null. */
async function interleaved(
  sides: Readonly<Record<string, () => Promise<number | null>>>,
  rounds = ROUNDS,
): Promise<Record<string, number | null>> {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, act] of Object.entries(sides)) {
      const sec = await act();
      if (sec !== null) (taken[name] ??= []).push(sec);
    }
  }
  return Object.fromEntries(
    Object.keys(sides).map((
      name,
    ) => [name, taken[name] === undefined ? null : median(taken[name])]),
  );
}

const rows: Row[] = [];

function sec(value: number | null | undefined): string {
  if (value === null || value === undefined) return "not run";
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

/** One side's seconds, null if it was not run. */
type Seconds = number | null | undefined;

/** A row in which we should take `goal` times less than the peer; null: nobody said how many. */
function faster(
  number: string,
  ours: Seconds,
  peer: Seconds,
  peerName: string,
  goal: number | null,
): void {
  const ratio = ours && peer ? peer / ours : null;
  compare(number, ours, peer, peerName, {
    ratio: ratio === null ? "-" : `${ratio.toFixed(0)} x faster`,
    goal: goal === null ? "-" : `>= ${goal} x`,
    met: ratio === null || goal === null ? null : ratio >= goal,
  });
}

/** A row in which we may take at most `goal` times as long as the peer. */
function within(
  number: string,
  ours: Seconds,
  peer: Seconds,
  peerName: string,
  goal: number,
): void {
  const ratio = ours && peer ? ours / peer : null;
  compare(number, ours, peer, peerName, {
    ratio: ratio === null ? "-" : `${ratio.toFixed(2)} x its time`,
    goal: `<= ${goal} x`,
    met: ratio === null ? null : ratio <= goal,
  });
}

function compare(
  number: string,
  ours: Seconds,
  peer: Seconds,
  peerName: string,
  verdict: Pick<Row, "ratio" | "goal" | "met">,
): void {
  rows.push({ number, ours: sec(ours), peer: `${sec(peer)} (${peerName})`, ...verdict });
}

/** A capture of the generator, made once per folder. */
function capture(name: string, wish: Omit<Parameters<typeof generateCapture>[0], "out">): string {
  const path = `${folder}/${name}.pcap`;
  try {
    Deno.statSync(path);
  } catch {
    generateCapture({ ...wish, out: path });
  }
  return path;
}

const small = capture("small", { packets: SMALL, snapLength: 128, flows: 2000 });
const many = capture("many_flows", { packets: SMALL, snapLength: 128, flows: 100_000 });
const full = capture("full_size", { packets: SMALL, flows: 2000 });
const few = capture("scapy", { packets: SCAPY_PACKETS, snapLength: 128, flows: 200 });
const TSHARK = ["-n", "-q", "-r"];
const EXPRESSION = "tcp.port == 443 && tcp.flags.syn == 1";
const ALL = "tcp_issues,summary,conversations,throughput,dns,hierarchy";
const SCAPY = "import sys\nfrom scapy.all import PcapReader\n" +
  "for packet in PcapReader(sys.argv[1]): pass";

async function smallCapture(): Promise<void> {
  const of = await interleaved({
    issues: async () => await cold(small, "tcp_issues") / 1000,
    warm: async () => ((await ask(small, "tcp_issues", 1, many)).ms[0] ?? NaN) / 1000,
    all: async () => (await ask(small, ALL)).allMs / 1000,
    summary: async () => await cold(small, "summary") / 1000,
    filter: async () => await cold(small, "packets") / 1000,
    conv: () => run("tshark", [...TSHARK, small, "-z", "conv,tcp"]),
    expert: () => run("tshark", [...TSHARK, small, "-z", "expert"]),
    phs: () => run("tshark", [...TSHARK, small, "-z", "io,phs"]),
    udp: () => run("tshark", [...TSHARK, small, "-z", "conv,udp"]),
    display: () => run("tshark", ["-n", "-r", small, "-Y", EXPRESSION, "-w", "/dev/null"]),
    tcptrace: () => run("tcptrace", ["-n", small]),
    tcpdump: () => run("tcpdump", ["-r", small, "-w", "/dev/null"]),
    capinfos: () => run("capinfos", [small]),
    cat: () => run("cat", [small]),
  });
  const three = of.phs && of.udp && of.expert ? of.phs + of.udp + of.expert : null;
  faster("one cold question, 1 M packets", of.issues, of.conv, "tshark conv,tcp", 60);
  faster("the same", of.issues, of.expert, "tshark expert", 60);
  faster("the same", of.issues, of.tcptrace, "tcptrace -n", 1);
  const name = "the same, after a question about another capture";
  faster(name, of.warm, of.conv, "tshark conv,tcp", null);
  faster("all questions from one scan", of.all, three, "tshark phs, conv and expert", 200);
  faster("filter, cold, 1 M packets", of.filter, of.display, "tshark -Y", 150);
  within("full analysis, 1 M packets, cold", of.issues, of.tcpdump, "tcpdump -w /dev/null", 2.2);
  within("summary, 1 M packets of 100 B, cold", of.summary, of.cat, "cat", 3);
  faster("summary beside capinfos", of.summary, of.capinfos, "capinfos", 1);
}

async function manyFlows(): Promise<void> {
  const of = await interleaved({
    issues: async () => await cold(many, "tcp_issues") / 1000,
    conv: () => run("tshark", [...TSHARK, many, "-z", "conv,tcp"]),
  }, 3);
  faster("one cold question, 100,000 flows at once", of.issues, of.conv, "tshark conv,tcp", 60);
}

async function scapy(): Promise<void> {
  const of = await interleaved({
    import: () => run("/usr/bin/python3", ["-c", "from scapy.all import *"]),
    scapy: () => run("/usr/bin/python3", ["-c", SCAPY, few]),
    issues: async () => await cold(small, "tcp_issues") / 1000,
  }, 3);
  const each = of.scapy && of.import ? (of.scapy - of.import) / SCAPY_PACKETS : null;
  const peer = each === null ? null : each * SMALL;
  faster("one cold question, 1 M packets", of.issues, peer, "scapy, extrapolated", 1000);
}

async function fullSize(): Promise<void> {
  const { size } = Deno.statSync(full);
  const of = await interleaved({
    issues: async () => await cold(full, "tcp_issues") / 1000,
    summary: async () => await cold(full, "summary") / 1000,
    cat: () => run("cat", [full]),
  });
  const rate = of.issues ? size / of.issues / 1e9 : null;
  rows.push({
    number: "full analysis, full-size packets, cold",
    ours: sec(of.issues),
    peer: `${(size / 1e9).toFixed(2)} GB`,
    ratio: rate === null ? "-" : `${rate.toFixed(2)} GB/s`,
    goal: ">= 2 GB/s",
    met: rate === null ? null : rate >= 2,
  });
  within("summary, full-size packets, cold", of.summary, of.cat, "cat", 3);
}

async function compressed(): Promise<void> {
  const packed = `${small}.gz`;
  try {
    Deno.statSync(packed);
  } catch {
    await new Deno.Command("gzip", { args: ["-k", "-1", small] }).output();
  }
  const of = await interleaved({
    issues: async () => await cold(packed, "tcp_issues") / 1000,
    conv: () => run("tshark", [...TSHARK, packed, "-z", "conv,tcp"]),
  }, 3);
  faster("one cold question, gzip", of.issues, of.conv, "tshark conv,tcp", 25);
}

async function repeated(): Promise<void> {
  const { ms, startMs } = await ask(small, "tcp_issues", 200);
  rows.push({
    number: "the first question of a process: start of the thread",
    ours: `${startMs.toFixed(0)} ms`,
    peer: "-",
    ratio: "-",
    goal: "-",
    met: null,
  });
  const again = median(ms.slice(1));
  rows.push({
    number: "repeated question, 1 M packets",
    ours: `${again.toFixed(3)} ms`,
    peer: "-",
    ratio: "-",
    goal: "<= 1 ms",
    met: again <= 1,
  });
}

async function largeCapture(): Promise<void> {
  const large = capture("large", { packets: LARGE, snapLength: 128, flows: 2000 });
  const times = LARGE / SMALL;
  const conv = await interleaved({
    conv: () => run("tshark", [...TSHARK, small, "-z", "conv,tcp"]),
    display: () => run("tshark", ["-n", "-r", small, "-Y", EXPRESSION, "-w", "/dev/null"]),
  }, 1);
  let peak = 0;
  const of = await interleaved({
    issues: async () => {
      const asked = await ask(large, "tcp_issues");
      peak = Math.max(peak, asked.peakRssMiB);
      return (asked.ms[0] ?? NaN) / 1000;
    },
    tcpdump: () => run("tcpdump", ["-r", large, "-w", "/dev/null"]),
    framing: async () => await framing(large),
    cat: () => run("cat", [large]),
  });
  const filters: Record<"first" | "again", number[]> = { first: [], again: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const { ms: [first = NaN, , again = NaN] } = await ask(large, "packets,packets,packets");
    filters.first.push(first / 1000);
    filters.again.push(again / 1000);
  }
  const said = `${(LARGE / 1e6).toFixed(0)} M packets`;
  faster(
    `steady state, ${said}`,
    of.issues,
    conv.conv && conv.conv * times,
    "tshark, extrapolated",
    80,
  );
  within(`full analysis, ${said}`, of.issues, of.tcpdump, "tcpdump -w /dev/null", 2.2);
  within(`framing and counts, ${said} of 100 B`, of.framing, of.cat, "cat", 1.6);
  const peer = conv.display && conv.display * times;
  faster(`filter, ${said}`, median(filters.first), peer, "tshark -Y, extrapolated", 250);
  faster(
    `filter again, from the index, ${said}`,
    median(filters.again),
    peer,
    "tshark -Y, extrapolated",
    1000,
  );
  rows.push({
    number: `peak memory, ${said}`,
    ours: `${peak.toFixed(0)} MiB`,
    peer: "-",
    ratio: "-",
    goal: "<= 150 MB + 180 B per flow",
    met: null,
  });
}

/** Seconds for framing alone, in a process of its own. */
async function framing(path: string): Promise<number | null> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--config",
      `${ROOT}deno.json`,
      `${ROOT}bench/framing.ts`,
      path,
      "1",
    ],
    stdin: "null",
  }).output();
  const told = /framing ([\d.]+) s/.exec(new TextDecoder().decode(stdout));
  return success && told !== null ? Number(told[1]) : null;
}

/** How long a cheap call waits while a scan runs, on stdio. */
async function responsiveness(path: string): Promise<void> {
  const config = `${folder}/config.yaml`;
  await Deno.writeTextFile(config, `pcap:\n  allowed_paths: [${JSON.stringify(folder)}]\n`);
  const derived = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-read", "--allow-env", `${ROOT}main.ts`, "permissions"]
      .concat(["--config", config, "--format", "mcp"]),
  }).output();
  const entry = JSON.parse(new TextDecoder().decode(derived.stdout)) as {
    mcpServers: { netglass: { args: string[] } };
  };
  const session = new StdioSession(entry.mcpServers.netglass.args, folder);
  await session.initialize();
  const asked = { name: "policy_explain", arguments: { target: "192.0.2.1" } };
  await session.request("tools/call", asked);
  let isOver = false;
  const scan = session.request("tools/call", {
    name: "find_tcp_issues",
    arguments: { file_path: path },
  }).finally(() => isOver = true);
  const waits: number[] = [];
  while (!isOver) {
    const started = performance.now();
    await session.request("tools/call", asked);
    waits.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await scan;
  await session.close();
  waits.sort((a, b) => a - b);
  const p99 = waits[Math.floor(waits.length * 0.99)] ?? NaN;
  rows.push({
    number: "cheap call while a scan runs, p99",
    ours: `${p99.toFixed(1)} ms (${waits.length} calls)`,
    peer: "-",
    ratio: "-",
    goal: "<= 50 ms",
    met: p99 <= 50,
  });
}

const sections = [
  smallCapture,
  manyFlows,
  scapy,
  fullSize,
  compressed,
  repeated,
  ...(LARGE > 0 ? [largeCapture] : []),
  () => responsiveness(LARGE > 0 ? `${folder}/large.pcap` : small),
];
// deno-lint-ignore no-console -- a bench prints
const print = console.log;
print(`Medians of ${ROUNDS} interleaved rounds, deno ${Deno.version.deno}\n`);
for (const section of sections) {
  // The whole takes many minutes: what is known is printed as it comes.
  const from = rows.length;
  await section();
  printRows(rows.slice(from), from === 0);
}
if (!Deno.args.includes("--dir")) await Deno.remove(folder, { recursive: true });

/**
 * Asks a capture questions in a process of its own and prints how long each took: what is timed is
 * the engine as a server runs it, from the question to the answer, with its worker threads started (a
 * question about a capture of one packet does that, and is timed apart) and nothing of the code warm.
 *
 *     deno run -A bench/ask_capture.ts FILE QUESTION[,QUESTION...] [REPEATS [BEFORE]]
 *
 * A question is a name of `QUESTIONS`. BEFORE is a capture that is asked about first, untimed: the
 * code is warm then, as in a server that has answered before. Prints one JSON line.
 */
import { dirname } from "node:path";
import { defaultConfig } from "../lib/config/load.ts";
import { generateCapture } from "./generate_capture.ts";
import { createCaptures } from "../lib/pcap/engine/create_captures.ts";
import { NO_CONDITIONS } from "../lib/pcap/filter/no_conditions.ts";
import type { Captures } from "../lib/pcap/engine/captures.ts";

const [path = "", wanted = "tcp_issues", repeats = "1", before = ""] = Deno.args;
/** Until the second thread is up as well, which is started once the first question is answered. */
const THREADS_UP_MS = 500;
const call = { signal: new AbortController().signal };
/** The filter that both sides are timed with. */
const FILTER = "tcp.port == 443 && tcp.flags.syn == 1";

/** How often packets were asked for. */
let asked = 0;

/** Each question with the parameters that its tool would give. */
const QUESTIONS: Readonly<Record<string, (captures: Captures) => Promise<unknown>>> = {
  summary: (captures) => captures.ask("summary", [path], {}, call),
  hierarchy: (captures) => captures.ask("hierarchy", [path], {}, call),
  conversations: (captures) =>
    captures.ask("conversations", [path], { top_n: 20, sort_by: "packets" }, call),
  throughput: (captures) =>
    captures.ask("throughput", [path], { top_n: 20, sort_by: "bytes_total" }, call),
  tcp_issues: (captures) => captures.ask("tcp_issues", [path], { top_n: 10 }, call),
  dns: (captures) => captures.ask("dns", [path], { top_n: 10 }, call),
  packets: (captures) =>
    captures.ask(
      "packets",
      [path],
      // Another question every time: the same one would have been answered already.
      { ...NO_CONDITIONS, filter: FILTER, max_results: ++asked },
      call,
    ),
};

/** What was measured. */
export interface Asked {
  /** Milliseconds of every question in turn, round after round. */
  readonly ms: readonly number[];
  /** Milliseconds of the first question of all, which starts the thread. */
  readonly startMs: number;
  /** Milliseconds of all questions of the first round together. */
  readonly allMs: number;
  readonly packets: number;
  readonly peakRssMiB: number;
}

const ms: number[] = [];
let packets = 0;

const folder = await Deno.makeTempDir();
const tiny = `${folder}/tiny.pcap`;
generateCapture({ packets: 1, out: tiny });
const pcap = { ...defaultConfig().pcap, allowed_paths: [dirname(path), dirname(before), folder] };
const captures = createCaptures(pcap);
const startMs = await timed(() => captures.ask("hierarchy", [tiny], {}, call));
await Deno.remove(folder, { recursive: true });

if (before !== "") await captures.ask("tcp_issues", [before], { top_n: 10 }, call);
await new Promise((resolve) => setTimeout(resolve, THREADS_UP_MS));
const begun = performance.now();
let allMs = 0;
for (let round = 0; round < Number(repeats); round++) {
  for (const name of wanted.split(",")) {
    const ask = QUESTIONS[name];
    if (ask === undefined) throw new Error(`No question "${name}"`);
    const started = performance.now();
    const answer = await ask(captures) as { scanned_packets: number };
    ms.push(performance.now() - started);
    packets = answer.scanned_packets;
  }
  if (round === 0) allMs = performance.now() - begun;
}
await captures.stop();
const status = await Deno.readTextFile("/proc/self/status");
const peakRssMiB = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
// deno-lint-ignore no-console -- a bench prints
console.log(JSON.stringify({ ms, startMs, allMs, packets, peakRssMiB }));

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

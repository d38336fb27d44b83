/**
 * The BGP speaker beside BIRD, FRR, OpenBGPD and GoBGP, each given the same tables by the same
 * senders over loopback; MRT files and Adj-RIB-In beside bgpdump.
 *
 *     deno task bench:bgp [--parts mrt,feeds,change,small,agreement] [--feeds 1,10] [--rounds N]
 *       [--daemons bird,frr,openbgpd,gobgp|none] [--ipv4 N] [--ipv6 N] [--sets N] [--dir FOLDER]
 *
 * Parts: `mrt`, a table as text; `feeds`, once for each number of them: converging, processor time and
 * memory, questions, churn, lost feeds, answers and KEEPALIVEs while it loads, longest match; `change`,
 * from one UPDATE in to one out at another peer; `small`, an exchange with 500 small peers; `agreement`,
 * differences of best paths and Adj-RIB-In. The last three, and what happens while feeds load, are
 * beside BIRD only. All parts by default, with one feed, three rounds and the size of the public table.
 *
 * Needs Linux and root; the others come from Debian: bird2, frr, openbgpd, gobgpd, bgpdump. What is
 * not installed leaves its rows out, and the end says so. Tables are made in a temporary folder, or kept
 * in `--dir` for the next time. Run it on a quiet machine: FRR takes 15 seconds for a feed, GoBGP a
 * minute; leave them out of runs with many feeds.
 */
import { parseArgs } from "node:util";
import { findProgram } from "../tests/interop/daemon.ts";
import type { Agreement } from "./bgp/agreement.ts";
import { AGREEMENT_PROGRAMS, compareContested } from "./bgp/contested_agreement.ts";
import {
  type Contestant,
  type ContestantWish,
  type DaemonName,
  missingPrograms,
  startContestant,
} from "./bgp/contestant.ts";
import { type FeedRun, medianRun, runFeeds } from "./bgp/feed_run.ts";
import { feedRows, loadingRows } from "./bgp/feed_rows.ts";
import { smallFiles, tableFiles } from "./bgp/generate_table.ts";
import { type LoadingRun, medianLoading, quantile, runLoading } from "./bgp/loading_run.ts";
import { longestMatchUs } from "./bgp/longest_match.ts";
import { mrtTextSec } from "./bgp/mrt_text.ts";
import { CHANGE_WISH, changeTimesMs } from "./bgp/one_change.ts";
import { endAllBeneath } from "./bgp/process_tree.ts";
import { type Question, RECEIVERS } from "./bgp/receiver.ts";
import { compared } from "./bgp/rows.ts";
import { runSmallPeers, SMALL_PEERS } from "./bgp/small_peers.ts";
import { FULL_TABLE, Table } from "./bgp/table.ts";
import { printRows, type Row } from "./report.ts";

const PARTS = ["mrt", "feeds", "change", "small", "agreement"] as const;
/** Prefixes changed in churn, for each one of the table. */
const CHURN_SHARE = 1.5;
/** Prefixes of each small peer. */
const SMALL_PREFIXES = 2_000;
/** UPDATEs whose way is timed. */
const CHANGES = 500;
/** Feeds whose best paths are compared, and prefixes of each that change, for each one of the table. */
const AGREEMENT_FEEDS = 3, AGREEMENT_CHANGES = 0.1;
const LOCK_ADDRESS = "127.0.0.7", LOCK_PORT = 21_797;
const MIB_PER_GB = 1e9 / 2 ** 20;

const { values: given } = parseArgs({
  options: {
    parts: { type: "string", default: PARTS.join(",") },
    feeds: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    daemons: { type: "string", default: Object.keys(RECEIVERS).join(",") },
    ipv4: { type: "string", default: `${FULL_TABLE.ipv4}` },
    ipv6: { type: "string", default: `${FULL_TABLE.ipv6}` },
    sets: { type: "string", default: `${FULL_TABLE.attributeSets}` },
    dir: { type: "string" },
  },
});
const WISH = {
  ipv4: Number(given.ipv4),
  ipv6: Number(given.ipv6),
  attributeSets: Number(given.sets),
  seed: FULL_TABLE.seed,
};
const PREFIXES = WISH.ipv4 + WISH.ipv6;
const ROUNDS = Number(given.rounds);

/** What is left out, and why. */
const leftOut: string[] = [];
const interrupted = new AbortController();
let hasHead = false;

function print(rows: readonly Row[]): void {
  printRows(rows, !hasHead);
  hasHead = true;
}

/** Those that were asked for and are installed. */
function chosenDaemons(): Set<DaemonName> {
  const chosen = new Set<DaemonName>();
  for (const name of given.daemons.split(",").filter((one) => one !== "none")) {
    if (!Object.hasOwn(RECEIVERS, name)) throw new Error(`No such daemon: "${name}"`);
    const daemon = name as DaemonName;
    if (areThere(RECEIVERS[daemon].name, missingPrograms(daemon))) chosen.add(daemon);
  }
  return chosen;
}

function areThere(what: string, missing: readonly string[]): boolean {
  if (missing.length > 0) leftOut.push(`${what}: not installed: ${missing.join(", ")}`);
  return missing.length === 0;
}

async function running<T>(
  name: DaemonName | "netglass",
  wish: ContestantWish,
  act: (contestant: Contestant) => Promise<T>,
): Promise<T> {
  await using contestant = await startContestant(name, wish);
  return await act(contestant);
}

/** The same with a daemon; one that fails is left out from then on. */
async function besides<T>(
  daemons: Set<DaemonName>,
  name: DaemonName,
  wish: ContestantWish,
  act: (contestant: Contestant) => Promise<T>,
): Promise<T | null> {
  if (!daemons.has(name)) return null;
  try {
    return await running(name, wish, act);
  } catch (error) {
    if (interrupted.signal.aborted || !(error instanceof Error)) throw error;
    leftOut.push(`${RECEIVERS[name].name}: ${error.message}`);
    daemons.delete(name);
    return null;
  }
}

async function mrtPart(folder: string): Promise<void> {
  if (!areThere("MRT as text", findProgram("bgpdump") === null ? ["bgpdump"] : [])) return;
  const { ours, bgpdump } = await mrtTextSec(`${folder}/rib.mrt`, new Table(WISH), ROUNDS);
  print([compared({
    number: "MRT table as text, processor time",
    unit: "s",
    ours,
    theirs: { name: "bgpdump -m", value: bgpdump },
    goal: { of: "ratio", atMost: 0.3 },
  })]);
}

async function feedsPart(folder: string, daemons: Set<DaemonName>, feeds: number): Promise<void> {
  const churnOperations = Math.round(CHURN_SHARE * PREFIXES);
  const files = await tableFiles(folder, WISH, feeds, churnOperations);
  const tables = files.map(({ table }) => table);
  const wish = { files, prefixes: PREFIXES, churnOperations, ask: questionsAbout(new Table(WISH)) };
  const run = (contestant: Contestant) => runFeeds(contestant, wish);
  const load = (contestant: Contestant) => runLoading(contestant, tables, feeds * PREFIXES);
  const ours: FeedRun[] = [], oursLoading: LoadingRun[] = [], birdLoading: LoadingRun[] = [];
  const theirs = new Map<DaemonName, FeedRun[]>([...daemons].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await running("netglass", { peers: feeds }, run));
    for (const [name, runs] of theirs) {
      const one = await besides(daemons, name, { peers: feeds }, run);
      if (one !== null) runs.push(one);
    }
    oursLoading.push(await running("netglass", { peers: feeds }, load));
    const one = await besides(daemons, "bird", { peers: feeds }, load);
    if (one !== null) birdLoading.push(one);
  }
  const beside = [...theirs].filter(([, runs]) => runs.length > 0)
    .map(([daemon, runs]) => ({ daemon, run: medianRun(runs) }));
  for (const one of beside.length === 0 ? [null] : beside) {
    print(feedRows(feeds, medianRun(ours), one));
  }
  print(loadingRows(
    feeds,
    medianLoading(oursLoading),
    birdLoading.length === 0 ? null : { daemon: "bird", run: medianLoading(birdLoading) },
  ));
  print([compared({
    number: `${feeds === 1 ? "1 feed" : `${feeds} feeds`}: longest match, in process`,
    unit: "µs",
    ours: await longestMatchUs(tables),
    theirs: null,
    goal: { of: "ours", atMost: 20 },
  })]);
}

async function changePart(folder: string, daemons: Set<DaemonName>): Promise<void> {
  const [, { table: file } = { table: "" }] = await tableFiles(folder, WISH, 2);
  const act = (contestant: Contestant) =>
    changeTimesMs(contestant, { file, paths: PREFIXES, rounds: CHANGES });
  const ours: number[] = [], bird: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(...await running("netglass", CHANGE_WISH, act));
    bird.push(...await besides(daemons, "bird", CHANGE_WISH, act) ?? []);
  }
  const rowOf = (share: number, name: string, limit: number | null): Row =>
    compared({
      number: `one change to the wire of another peer, ${name}`,
      unit: "ms",
      ours: quantile(ours, share),
      theirs: bird.length === 0 ? null : { name: "BIRD", value: quantile(bird, share) },
      goal: limit === null ? null : { of: "ours", atMost: limit },
    });
  print([rowOf(0.5, "p50", null), rowOf(0.99, "p99", 10)]);
}

async function smallPart(folder: string, daemons: Set<DaemonName>): Promise<void> {
  const files = await smallFiles(folder, WISH, SMALL_PEERS, SMALL_PREFIXES);
  const act = (contestant: Contestant) => runSmallPeers(contestant, files);
  const wish = { peers: SMALL_PEERS };
  const ours = await running("netglass", wish, act);
  const bird = await besides(daemons, "bird", wish, act);
  if (bird !== null && bird.paths !== ours.paths) {
    throw new Error(`Small peers: ${ours.paths} paths here, ${bird.paths} at BIRD`);
  }
  print([compared({
    number: `${SMALL_PEERS} small peers, ${ours.paths.toLocaleString("en-US")} paths: peak memory`,
    unit: "MiB",
    ours: ours.peakMiB,
    theirs: bird === null ? null : { name: "BIRD", value: bird.peakMiB },
    goal: { of: "ours", atMost: MIB_PER_GB },
  })]);
}

async function agreementPart(): Promise<void> {
  const missing = AGREEMENT_PROGRAMS.filter((program) => findProgram(program) === null);
  if (!areThere("Agreement", missing)) return;
  const { bestPaths, adjRibIn } = await compareContested({
    table: WISH,
    changes: Math.round(AGREEMENT_CHANGES * PREFIXES),
    feeds: AGREEMENT_FEEDS,
  });
  const rowOf = (what: string, { differences, compared: count }: Agreement): Row => ({
    number: `${what} in ${count.toLocaleString("en-US")}, ${AGREEMENT_FEEDS} contested feeds`,
    ours: `${differences}`,
    peer: "0",
    ratio: "-",
    goal: "0",
    met: differences === 0,
  });
  print([
    rowOf("best paths that differ from BIRD's", bestPaths),
    rowOf("paths of Adj-RIB-In that differ from bgpdump's", adjRibIn),
  ]);
  for (const example of [...bestPaths.examples, ...adjRibIn.examples]) console.error(example);
}

/** What is asked of the table. */
function questionsAbout(table: Table): Readonly<Record<Question, string>> {
  const [a, b, c] = [24, 16, 8].map((shift) => (table.ipv4.high[0]! >>> shift) & 255);
  return { longest: `${a}.${b}.${c}.1`, origin: "3356", community: "3356:1", as_path: "6461" };
}

async function main(folder: string): Promise<void> {
  const daemons = chosenDaemons();
  const parts = given.parts.split(",");
  console.log(
    `Medians of ${ROUNDS} interleaved rounds, ${WISH.ipv4} IPv4 and ${WISH.ipv6} IPv6 prefixes in ` +
      `${WISH.attributeSets} attribute sets, deno ${Deno.version.deno}\n`,
  );
  if (parts.includes("mrt")) await mrtPart(folder);
  if (parts.includes("feeds")) {
    for (const feeds of given.feeds.split(",")) await feedsPart(folder, daemons, Number(feeds));
  }
  if (parts.includes("change")) await changePart(folder, daemons);
  if (parts.includes("small")) await smallPart(folder, daemons);
  if (parts.includes("agreement")) await agreementPart();
  for (const what of leftOut) console.log(`\nLeft out: ${what}`);
}

/** Has all contestants end; what waits for them fails then, and cleans up. */
function interrupt(): void {
  interrupted.abort();
  endAllBeneath();
}

/** Held while the bench runs: two at a time would dial each other's daemons. */
function lock(): Deno.Listener {
  try {
    return Deno.listen({ hostname: LOCK_ADDRESS, port: LOCK_PORT });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(`Another bench:bgp runs: ${LOCK_ADDRESS}:${LOCK_PORT} is in use`);
  }
}

const unknown = given.parts.split(",").filter((part) =>
  !(PARTS as readonly string[]).includes(part)
);
if (unknown.length > 0) throw new Error(`No such part: "${unknown[0]}"`);
using _lock = lock();
const signals = ["SIGINT", "SIGTERM"] as const;
for (const signal of signals) Deno.addSignalListener(signal, interrupt);
const folder = given.dir ?? await Deno.makeTempDir({ prefix: "netglass-bench-" });
try {
  await main(folder);
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
  console.error("Interrupted");
  Deno.exitCode = 130;
} finally {
  for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  if (given.dir === undefined) await Deno.remove(folder, { recursive: true });
}

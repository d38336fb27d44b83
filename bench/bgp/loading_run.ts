/** While feeds load: how long a small question waits, and how late the latest KEEPALIVE is. */
import { median } from "../stdio_session.ts";
import { type Contestant, pause } from "./contestant.ts";
import { Senders } from "./senders.ts";
import { PATIENCE_MS, watched } from "./settled.ts";

/** Milliseconds. */
export interface LoadingRun {
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Beyond a third of the hold time (RFC 4271 §10); 0: none was late. */
  readonly keepaliveLateMs: number;
}

/** The least that RFC 4271 §4.2 allows: a KEEPALIVE a second. */
const HOLD_TIME_SEC = 3;
/** An address that no table holds. */
const SMALL_QUESTION = "198.18.0.1";
/** Between two questions, and two looks at how far it is, milliseconds. */
const ASK_EVERY_MS = 4, LOOK_EVERY_MS = 50;
/** The first questions pay for the modules and the compiler; it takes this long, milliseconds. */
const WARM_UP_MS = 2_000;

/** Loads the tables of `files`, `paths` paths together. */
export async function runLoading(
  contestant: Contestant,
  files: readonly string[],
  paths: number,
): Promise<LoadingRun> {
  await using senders = await Senders.start({
    to: contestant.at,
    files,
    holdTimeSec: HOLD_TIME_SEC,
  });
  const warm = performance.now() + WARM_UP_MS;
  await askUntil(contestant, () => performance.now() > warm);
  const { sent } = await senders.send();
  const isSent = watched(sent);
  const patience = performance.now() + PATIENCE_MS;
  const taken = await askUntil(contestant, async () => {
    if (performance.now() > patience) throw new Error("The feeds do not load");
    return isSent() && await contestant.count() >= paths;
  });
  const silenceMs = await senders.longestSilenceMs();
  return {
    p99Ms: quantile(taken, 0.99),
    worstMs: quantile(taken, 1),
    keepaliveLateMs: Math.max(0, silenceMs - HOLD_TIME_SEC * 1_000 / 3),
  };
}

/** Milliseconds of each question, one after the other. */
async function askUntil(
  contestant: Contestant,
  holds: () => Promise<boolean> | boolean,
): Promise<number[]> {
  const taken: number[] = [];
  for (let look = performance.now();;) {
    const started = performance.now();
    await contestant.ask("longest", SMALL_QUESTION);
    taken.push(performance.now() - started);
    if (performance.now() - look > LOOK_EVERY_MS) {
      if (await holds()) return taken;
      look = performance.now();
    }
    await pause(ASK_EVERY_MS);
  }
}

/** The value that this share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

/** Medians of runs with the same feeds. */
export function medianLoading(runs: readonly LoadingRun[]): LoadingRun {
  return {
    p99Ms: median(runs.map(({ p99Ms }) => p99Ms)),
    worstMs: median(runs.map(({ worstMs }) => worstMs)),
    keepaliveLateMs: median(runs.map(({ keepaliveLateMs }) => keepaliveLateMs)),
  };
}

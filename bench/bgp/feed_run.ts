/**
 * One run of a contestant with whole feeds: loading them, questions about them, churn on the last one,
 * the loss of the first one, then of all others.
 */
import { median } from "../stdio_session.ts";
import { askMs, type Contestant, pause } from "./contestant.ts";
import type { TableFiles } from "./generate_table.ts";
import { treeUsage } from "./process_tree.ts";
import type { Question } from "./receiver.ts";
import { Senders } from "./senders.ts";
import { PATIENCE_MS, untilSettled } from "./settled.ts";

/** What a run came to. */
export interface FeedRun {
  /** First octet sent to all routes there and idle, seconds. */
  readonly convergedSec: number;
  readonly cpuSec: number;
  readonly peakMiB: number;
  /** By which its memory grew, octets for each path. */
  readonly bytesPerPath: number;
  /** Null: it cannot be asked that. */
  readonly questionsMs: Readonly<Record<Question, number | null>>;
  /** Prefixes announced or withdrawn a second, from the first octet to idle. */
  readonly churnPerSec: number;
  /** From the loss of one feed to no route of it left, seconds. */
  readonly flushOneSec: number;
  /** The same for all others, lost at once; for each of them; null: there was one only. */
  readonly flushEachSec: number | null;
}

/** What is sent and asked. */
export interface FeedWish {
  /** One for each feed, with churn. */
  readonly files: readonly TableFiles[];
  /** Prefixes of each feed. */
  readonly prefixes: number;
  readonly churnOperations: number;
  readonly ask: Readonly<Record<Question, string>>;
}

/** Sessions are at rest after this time, milliseconds. */
const REST_MS = 1_500;
const QUESTION_ROUNDS = 5;
/** Of one that takes a millisecond or two. */
const LONGEST_ROUNDS = 25;
/** Between two looks at a flush, milliseconds. */
const LOOK_MS = 20;

export async function runFeeds(
  contestant: Contestant,
  { files, prefixes, churnOperations, ask }: FeedWish,
): Promise<FeedRun> {
  await using senders = await Senders.start({
    to: contestant.at,
    files: files.map(({ table }) => table),
  });
  const paths = files.length * prefixes;
  await pause(REST_MS);
  const before = treeUsage(contestant.pid);
  const { sent } = await senders.send();
  const started = performance.now();
  const loaded = await untilSettled(
    contestant,
    sent,
    async () => await contestant.count() >= paths,
  );
  const after = treeUsage(contestant.pid);
  const questionsMs = {} as Record<Question, number | null>;
  for (const question of ["longest", "origin", "community", "as_path"] as const) {
    const rounds = question === "longest" ? LONGEST_ROUNDS : QUESTION_ROUNDS;
    questionsMs[question] = await askMs(contestant, question, ask[question], rounds);
  }
  const last = files.length - 1;
  const churnSec = await churn(contestant, senders, last, files[last]!.churn!);
  const left = await contestant.count() - prefixes;
  await senders.lose(0);
  const flushOneSec = await flushed(contestant, last === 0 ? 0 : left);
  await senders[Symbol.asyncDispose]();
  return {
    convergedSec: (loaded - started) / 1_000,
    cpuSec: after.cpuSec - before.cpuSec,
    peakMiB: after.peakMiB,
    bytesPerPath: (after.rssMiB - before.rssMiB) * 2 ** 20 / paths,
    questionsMs,
    churnPerSec: churnOperations / churnSec,
    flushOneSec,
    flushEachSec: last === 0 ? null : await flushed(contestant, 0) / last,
  };
}

/** Seconds from the first octet of the file to idle. */
async function churn(
  contestant: Contestant,
  senders: Senders,
  peer: number,
  file: string,
): Promise<number> {
  const { sent } = await senders.push(peer, file);
  const started = performance.now();
  return (await untilSettled(contestant, sent) - started) / 1_000;
}

/** Seconds until no more than `paths` are left. */
async function flushed(contestant: Contestant, paths: number): Promise<number> {
  const started = performance.now();
  while (await contestant.count() > paths) {
    if (performance.now() - started > PATIENCE_MS) throw new Error("Lost feeds are not flushed");
    await pause(LOOK_MS);
  }
  return (performance.now() - started) / 1_000;
}

/** Medians of runs with the same feeds. */
export function medianRun(runs: readonly FeedRun[]): FeedRun {
  const of = (pick: (run: FeedRun) => number) => median(runs.map(pick));
  const known = (pick: (run: FeedRun) => number | null) => {
    const values = runs.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  return {
    convergedSec: of((run) => run.convergedSec),
    cpuSec: of((run) => run.cpuSec),
    peakMiB: of((run) => run.peakMiB),
    bytesPerPath: of((run) => run.bytesPerPath),
    questionsMs: {
      longest: known((run) => run.questionsMs.longest),
      origin: known((run) => run.questionsMs.origin),
      community: known((run) => run.questionsMs.community),
      as_path: known((run) => run.questionsMs.as_path),
    },
    churnPerSec: of((run) => run.churnPerSec),
    flushOneSec: of((run) => run.flushOneSec),
    flushEachSec: known((run) => run.flushEachSec),
  };
}

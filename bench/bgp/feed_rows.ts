/** What runs with whole feeds came to, as rows beside a daemon, with the goals of issue 5. */
import type { Row } from "../report.ts";
import type { DaemonName } from "./contestant.ts";
import type { FeedRun } from "./feed_run.ts";
import type { LoadingRun } from "./loading_run.ts";
import { type Question, RECEIVERS } from "./receiver.ts";
import { compared, type Goal } from "./rows.ts";

/** Most of a daemon's time to converge, memory and time for a question about all routes. */
interface DaemonGoals {
  readonly converged: number;
  /** Null: nothing was asked for. */
  readonly memory: number | null;
  readonly questions: number | null;
}

/** Ten feeds and more have goals of their own. */
const MANY = 10;

function goalsBeside(daemon: DaemonName, feeds: number): DaemonGoals {
  return {
    bird: feeds >= MANY
      ? { converged: 0.6, memory: 0.5, questions: 1 / 30 }
      : { converged: 0.8, memory: 1, questions: 1 / 30 },
    frr: { converged: 0.2, memory: null, questions: null },
    openbgpd: { converged: 0.3, memory: null, questions: null },
    gobgp: { converged: 0.1, memory: null, questions: null },
  }[daemon];
}

const QUESTIONS: Readonly<Record<Exclude<Question, "longest">, string>> = {
  origin: "routes of an origin",
  community: "routes with a community",
  as_path: "routes by AS path",
};

/** A daemon's run, or null where there is none to compare with. */
export type Beside<Run> = { readonly daemon: DaemonName; readonly run: Run } | null;

export function feedRows(feeds: number, ours: FeedRun, beside: Beside<FeedRun>): Row[] {
  const goals = beside === null ? null : goalsBeside(beside.daemon, feeds);
  const many = feeds >= MANY;
  const row = rowsFor(feeds, beside);
  const rows = [
    row("converged", "s", ours.convergedSec, (run) => run.convergedSec, ratio(goals?.converged)),
    row("processor time", "s", ours.cpuSec, (run) => run.cpuSec, null),
    row("peak memory", "MiB", ours.peakMiB, (run) => run.peakMiB, ratio(goals?.memory)),
    row("memory of a path", "bytes", ours.bytesPerPath, (run) => run.bytesPerPath, {
      of: "ours",
      atMost: many ? 40 : 80,
    }),
    row(
      "longest match, a tool call",
      "ms",
      ours.questionsMs.longest!,
      ({ questionsMs }) => questionsMs.longest,
      { of: "ours", atMost: 2 },
    ),
  ];
  for (const question of ["origin", "community", "as_path"] as const) {
    rows.push(
      row(
        `${QUESTIONS[question]}, a tool call`,
        "ms",
        ours.questionsMs[question]!,
        ({ questionsMs }) => questionsMs[question],
        ratio(goals?.questions),
      ),
    );
  }
  rows.push(
    row("churn", "prefixes/s", ours.churnPerSec, (run) => run.churnPerSec, {
      of: "ours",
      atLeast: 100_000,
    }),
    row(
      feeds === 1 ? "lost, flushed" : "one of them lost, flushed",
      "s",
      ours.flushOneSec,
      (run) => run.flushOneSec,
      { of: "ours", atMost: 1 },
    ),
  );
  if (ours.flushEachSec !== null) {
    rows.push(
      row(
        "all others lost at once, flushed, each",
        "s",
        ours.flushEachSec,
        (run) => run.flushEachSec,
        { of: "ours", atMost: 1 },
      ),
    );
  }
  return rows;
}

export function loadingRows(feeds: number, ours: LoadingRun, beside: Beside<LoadingRun>): Row[] {
  const row = rowsFor(feeds, beside);
  return [
    row("tool call while loading, p99", "ms", ours.p99Ms, (run) => run.p99Ms, {
      of: "ours",
      atMost: 20,
    }),
    row("tool call while loading, worst", "ms", ours.worstMs, (run) => run.worstMs, {
      of: "ours",
      atMost: 100,
    }),
    row(
      "latest KEEPALIVE while loading, behind 1/3 of the hold time",
      "ms",
      ours.keepaliveLateMs,
      (run) => run.keepaliveLateMs,
      { of: "ours", atMost: 100 },
    ),
  ];
}

function rowsFor<Run>(feeds: number, beside: Beside<Run>) {
  const at = `${feeds} ${feeds === 1 ? "feed" : "feeds"}`;
  return (
    what: string,
    unit: string,
    ours: number,
    pick: (run: Run) => number | null,
    goal: Goal | null,
  ): Row => {
    const value = beside === null ? null : pick(beside.run);
    return compared({
      number: `${at}: ${what}`,
      unit,
      ours,
      theirs: beside === null || value === null
        ? null
        : { name: RECEIVERS[beside.daemon].name, value },
      goal,
    });
  };
}

function ratio(atMost: number | null | undefined): Goal | null {
  return atMost === null || atMost === undefined ? null : { of: "ratio", atMost };
}

/**
 * `bgp_changes`: what changed in our tables, from the change log.
 *
 * @module
 */
import { z } from "zod";
import type { BgpSpeaker, ChangeFilter, RouteChange } from "../../lib/bgp/bgp_service.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { Churn } from "../../lib/bgp/rib_query/change_churn.ts";
import { Diff } from "../../lib/bgp/rib_query/change_diff.ts";
import { changeRow } from "../../lib/bgp/rib_query/change_row.ts";
import { PeerNames } from "../../lib/bgp/rib_query/peer_names.ts";
import {
  type ChangeLog,
  inFull,
  type LogReach,
  readChanges,
} from "../../lib/bgp/rib_query/read_changes.ts";
import { prefixInput, readPrefix, rows } from "../../lib/bgp/rib_query/route_input.ts";
import { Turns } from "../../lib/bgp/rib_query/turns.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { sayList } from "../../lib/words/list.ts";

function input() {
  const moment = () => z.iso.datetime({ offset: true }).max(40).optional();
  return z.strictObject({
    ask: z.enum(["history", "churn", "flaps", "diff"]).default("history").describe(
      "history: each change; churn: prefixes that change most; flaps: paths that went and came back; " +
        "diff: what is other at until than at since",
    ),
    prefix: prefixInput().optional().describe("Only this prefix or address"),
    covered: z.boolean().default(false).describe("With prefix: also all inside of it"),
    peer: peerInput().optional().describe("Only this peer: its name or address"),
    since: moment().describe(
      'RFC 3339, for example "2026-01-31T08:00:00Z"; default: as far as known',
    ),
    until: moment().describe("RFC 3339; default: now"),
    last_sec: z.int().min(1).max(31_536_000).optional().describe(
      "Instead of since: so many seconds",
    ),
    limit: z.int().min(1).max(1_000).default(50).describe("Most rows"),
  });
}

type Input = z.output<ReturnType<typeof input>>;

/** Rows of an answer, how many there are, and a sentence about them. */
interface Answer {
  readonly total: number;
  readonly rows: readonly Record<string, unknown>[];
  readonly sentence: string;
}

/** What is asked of the changes of a window. */
interface Asked {
  take(change: RouteChange): void;
  answer(names: PeerNames, limit: number, log: ChangeLog): Answer;
}

/** Tells what changed. */
export const bgpChanges = defineTool({
  name: "bgp_changes",
  title: "Show changes of BGP routes",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "What changed in the tables of our own speaker: each announcement, update, withdrawal and change of " +
    "best path; the prefixes that change most; paths that flap; or the difference between two moments. " +
    "From a log in memory of bounded length: the answer says how far back it reaches. How the table " +
    "stands now: bgp_get_rib.",
  input,
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean().describe("false: the log does not reach back to since"),
      log_first_time: z.string().nullable().describe(
        "Of the oldest entry; null: nothing changed yet",
      ),
      change_count: z.number().describe("Changes looked at"),
      count: z.number().describe("Rows in all"),
      changes: rows().describe(
        "history (newest first): time, network, kind, peer, as_path, next_hop, before (peer that was " +
          "best); churn and flaps: network, announce, update, withdraw, best, flaps, last_time; diff: " +
          "network, kind (added, removed, replaced, best), peer, before, as_path, last_time",
      ),
      peers: rows().describe("With churn and flaps: peer, changes, flaps"),
    }),
  needs: () => [bgp],
  budget: { ms: 30_000 },
  pages: "changes",
  run: async (given, cx) => {
    const speaker = await cx.bgp();
    const { clock } = cx.io;
    const window = windowOf(given, speaker, clock.now());
    const names = new PeerNames(speaker.peers());
    const churn = new Churn();
    const asked = askedOf(given, churn);
    let changeCount = 0;
    const reach = await readChanges(
      speaker.changes,
      window,
      new Turns(clock, cx.signal),
      (change) => {
        changeCount++;
        asked.take(change);
      },
    );
    const { rows, total, sentence } = asked.answer(names, given.limit, speaker.changes);
    return {
      success: true,
      summary: sentence + sayReach(reach, window),
      complete: reach.isWhole,
      log_first_time: timeOf(reach.oldestMs),
      change_count: changeCount,
      count: total,
      changes: rows,
      peers: [...churn.byPeer]
        .map(([peer, counts]) => ({ peer: names.of(peer).name, ...counts }))
        .sort((a, b) => b.changes - a.changes),
    };
  },
});

function windowOf(given: Input, speaker: BgpSpeaker, nowMs: number): ChangeFilter {
  const { since, until, last_sec, prefix, peer, covered } = given;
  if (since !== undefined && last_sec !== undefined) {
    throw new InputError("since", "Cannot use both since and last_sec", {
      hint: "Give since and until, or last_sec alone.",
    });
  }
  const toMs = until === undefined ? null : Date.parse(until);
  const fromMs = since !== undefined
    ? Date.parse(since)
    : last_sec !== undefined
    ? (toMs ?? nowMs) - last_sec * 1_000
    : null;
  if (fromMs !== null && toMs !== null && fromMs > toMs) {
    throw new InputError("since", "Cannot look back: since is later than until", {
      hint: "Exchange since and until.",
    });
  }
  return {
    fromMs,
    toMs,
    prefix: prefix === undefined ? null : readPrefix(prefix).prefix,
    isCovered: covered,
    peer: peer === undefined ? null : findPeer(speaker, peer).settings.index,
  };
}

function askedOf({ ask, limit }: Input, churn: Churn): Asked {
  if (ask === "history") return history(limit);
  if (ask === "diff") return difference();
  return {
    take: (change) => churn.add(change),
    answer: (_names, most) => churnAnswer(churn, ask === "flaps" ? "flaps" : "changes", most),
  };
}

/** Keeps the newest. */
function history(limit: number): Asked {
  const newest: RouteChange[] = [];
  let total = 0;
  return {
    take(change) {
      newest[total++ % limit] = change;
    },
    answer: (names, _limit, log) => ({
      total,
      rows: newest.toSorted((a, b) => b.seq - a.seq).map((change) =>
        changeRow(inFull(log, change), names)
      ),
      sentence: total === 0
        ? "Nothing changed."
        : `${sayCount(total, "change")}${
          total > limit ? `, the newest ${limit} of them here` : ""
        }.`,
    }),
  };
}

function churnAnswer(churn: Churn, by: "changes" | "flaps", limit: number): Answer {
  const top = churn.top(by, limit);
  const [first] = top;
  const said = by === "flaps"
    ? `${sayCount(churn.flaps, "flap")} in ${sayCount(churn.changes, "change")}`
    : `${sayCount(churn.changes, "change")} of ${
      sayCount(churn.prefixCount, "prefix", "prefixes")
    }`;
  const most = first === undefined
    ? ""
    : by === "flaps"
    ? `; ${first.prefix} most, ${sayCount(first.flaps, "time")}`
    : `; ${first.prefix} most, ${
      sayCount(first.announce + first.update + first.withdraw + first.best, "time")
    }`;
  return {
    total: churn.countOf(by),
    rows: top.map(({ prefix, lastMs, ...counts }) => ({
      network: prefix,
      ...counts,
      last_time: timeOf(lastMs),
    })),
    sentence: churn.changes === 0 ? "Nothing changed." : `${said}${most}.`,
  };
}

function difference(): Asked {
  const diff = new Diff();
  return {
    take: (change) => diff.add(change),
    answer(names, limit, log) {
      const all = diff.differences();
      const counts = (["added", "removed", "replaced", "best"] as const).flatMap((kind) => {
        const count = all.filter((one) => one.kind === kind).length;
        if (count === 0) return [];
        return kind === "best"
          ? [sayCount(count, "other best path")]
          : [`${sayCount(count, "path")} ${kind}`];
      });
      const nameOf = (index: number): string | null => index < 0 ? null : names.of(index).name;
      return {
        total: all.length,
        rows: all.slice(0, limit).map((one) => {
          const { asPath, nextHop, atMs } = inFull(log, one.last);
          return {
            network: one.prefix,
            kind: one.kind,
            peer: nameOf(one.peer),
            ...(one.pathId === 0 ? {} : { path_id: one.pathId }),
            ...(one.kind === "best" ? { before: nameOf(one.before) } : {}),
            ...(asPath === null ? {} : { as_path: asPath }),
            ...(nextHop === null ? {} : { next_hop: nextHop }),
            last_time: timeOf(atMs),
          };
        }),
        sentence: counts.length === 0
          ? "Nothing is other at the end than at the start."
          : `${sayList(counts)}.`,
      };
    },
  };
}

function sayReach({ oldestMs, isWhole }: LogReach, { fromMs }: ChangeFilter): string {
  if (isWhole) return "";
  const oldest = timeOf(oldestMs);
  const since = oldest === null ? "" : `; it begins at ${oldest}`;
  return fromMs === null
    ? ` What changed earlier has fallen out of the log${since}.`
    : ` The log does not reach back to ${timeOf(fromMs)}${since}.`;
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

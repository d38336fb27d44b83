/**
 * Reads the change log within a window of time, in turns.
 *
 * @module
 */
import type { BgpSpeaker, ChangeFilter, RouteChange } from "../bgp_service.ts";
import type { Turns } from "./turns.ts";

/** Changes that are made objects of in one turn: about half a millisecond. */
const FOUND_MAX = 512;

/** The log. */
export type ChangeLog = BgpSpeaker["changes"];

/** How far the log reaches. */
export interface LogReach {
  /** Time of its oldest entry, milliseconds since the epoch, or null: it is empty. */
  readonly oldestMs: number | null;
  /** False: what the window asks for began before the oldest entry that is left. */
  readonly isWhole: boolean;
}

/**
 * Calls `take` for each change of the window, oldest first, without AS path and next hop: {@link
 * inFull} has them for what is shown.
 *
 * @throws the reason of the signal of `turns`
 */
export async function readChanges(
  log: ChangeLog,
  asked: ChangeFilter,
  turns: Turns,
  take: (change: RouteChange) => void,
): Promise<LogReach> {
  const { firstSeq } = log;
  const oldestMs = log.read(firstSeq, 1, "brief")[0]?.atMs ?? null;
  const endSeq = log.nextSeq;
  const { fromMs } = asked;
  let seq = fromMs === null ? firstSeq : firstSince(log, fromMs);
  let isLost = false;
  await turns.repeat((limit) => {
    const count = Math.min(limit, endSeq - seq);
    if (count <= 0) return false;
    const found = log.find(asked, seq, count, FOUND_MAX);
    found.forEach(take);
    isLost ||= log.firstSeq > seq;
    const next = found.length === FOUND_MAX ? found[FOUND_MAX - 1]!.seq + 1 : seq + count;
    seq = Math.max(next, log.firstSeq);
    return seq < endSeq;
  });
  const reachesBack = firstSeq === 0 ||
    (fromMs !== null && oldestMs !== null && oldestMs <= fromMs);
  return { oldestMs, isWhole: reachesBack && !isLost };
}

/** A change with AS path and next hop, unless the log has lost it meanwhile. */
export function inFull(log: ChangeLog, change: RouteChange): RouteChange {
  const [full] = log.read(change.seq, 1);
  return full?.seq === change.seq ? full : change;
}

/** The first change at or after this time: the log is in the order of time. */
function firstSince(log: ChangeLog, fromMs: number): number {
  let low = log.firstSeq;
  let high = log.nextSeq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [change] = log.read(middle, 1, "brief");
    if (change !== undefined && change.atMs < fromMs) low = Math.max(change.seq, middle) + 1;
    else high = middle;
  }
  return low;
}

/**
 * What a person should look at on a path, as sentences: the verdict if it is bad, latency that rises
 * and stays, and what routers said.
 *
 * @module
 */
import type { PathVerdict } from "./path_verdict.ts";
import { sayMs } from "../words/amount.ts";

/** One hop as the latency check sees it. */
export interface TimedHop {
  readonly hop: number;
  readonly address: string | null;
  readonly avgMs: number | null;
}

/** A rise of this much that stays to the end is worth a word, milliseconds (an ocean is about 70). */
const RISE_MS = 50;

/** The sentences of `issues_detected`; empty if nothing is wrong. */
export function pathIssues(hops: readonly TimedHop[], verdict: PathVerdict): string[] {
  const issues: string[] = [];
  if (!["clean", "rate_limited_routers", "inconclusive"].includes(verdict.kind)) {
    issues.push(verdict.explanation);
  }
  // A slow hop before fast ones is a router that answers slowly; only what stays is the path's.
  const timed = hops.flatMap((hop) => hop.avgMs === null ? [] : [{ ...hop, avgMs: hop.avgMs }]);
  let floor = 0;
  for (const [i, hop] of timed.entries()) {
    const stays = Math.min(...timed.slice(i).map((later) => later.avgMs));
    if (i > 0 && stays - floor >= RISE_MS) {
      issues.push(
        `Latency rises by ${sayMs(stays - floor)} at hop ${hop.hop} (${hop.address}) and stays`,
      );
    }
    floor = stays;
  }
  return issues;
}

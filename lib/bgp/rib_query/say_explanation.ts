/**
 * A decision in one sentence.
 *
 * @module
 */
import { renderPrefix } from "../../ip/prefix.ts";
import { sayCount } from "../../words/amount.ts";
import { sayList } from "../../words/list.ts";
import { DECISION_RULES } from "./decision_rules.ts";
import type { Explanation } from "./explain_route.ts";

/**
 * `192.0.2.0/24 is best via rr1 (AS65000): shorter AS path than the 2 others.` `asked` is how the
 * caller named it, `peerCount` how many peers are configured.
 */
export function sayExplanation(found: Explanation, asked: string, peerCount: number): string {
  return found.matched === null ? sayNothing(found, asked, peerCount) : sayMatch(found, asked);
}

function sayMatch(found: Explanation, asked: string): string {
  const { matched, match, candidates, pathCount, overrides } = found;
  const text = matched === null ? asked : renderPrefix(matched);
  const subject = match === "exact"
    ? text
    : `${asked}${asked.includes("/") ? " is not in the table; it" : ""} falls into ${text}, which`;
  const [first] = candidates;
  const ineligible = candidates.filter(({ rule }) => rule !== null);
  const forbidden = sayForbidden(ineligible.map(({ not_eligible }) => String(not_eligible)));
  const override = overrides.length === 0 ? "" : " An override of LOCAL_PREF is in force.";
  if (first === undefined || !first.best) {
    return `${subject} has ${sayCount(pathCount, "path")} and none is eligible${
      forbidden === "" ? "" : `: ${forbidden}`
    }.${override}`;
  }
  const stale = first.stale === true ? ", stale since its session went down" : "";
  const why = sayWhy(found);
  return `${subject} is best via ${first.peer} (AS${first.peer_as})${stale}: ${why}${
    forbidden === "" ? "" : `; not eligible: ${forbidden}`
  }.${override}`;
}

function sayWhy({ steps }: Explanation): string {
  const total = steps.reduce((sum, step) => sum + step.lost_count, 0);
  if (total === 0) return "the only eligible path";
  if (steps.length === 1 && steps[0] !== undefined) {
    const { wins } = DECISION_RULES[steps[0].step];
    return `${wins} than the ${total === 1 ? "other" : `${total} others`}`;
  }
  return steps.map(({ step, lost_count }) => `${DECISION_RULES[step].wins} than ${lost_count}`)
    .join(", ");
}

function sayForbidden(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} by ${reason}`).join(", ");
}

function sayNothing(
  { moreSpecific, peersDown }: Explanation,
  asked: string,
  peerCount: number,
): string {
  const within = moreSpecific.count === 0
    ? ""
    : `, but it has ${moreSpecific.count_is_exact ? "" : "more than "}${
      sayCount(moreSpecific.count, "more specific prefix", "more specific prefixes")
    }, ${sayList(moreSpecific.first, moreSpecific.count)}`;
  const down = peersDown.length === 0
    ? ""
    : ` ${peersDown.length} of ${sayCount(peerCount, "peer")} ${
      peersDown.length === 1 ? "is" : "are"
    } not Established: ${sayList(peersDown.map(({ name }) => name))}.`;
  return `Nothing matches ${asked}: the table holds no prefix around it${within}.${down}`;
}

/**
 * Who sees a route, one row for each vantage point, and what is said of all of them.
 *
 * @module
 */
import { type AsPath, renderFoldedPath } from "../../route/as_path.ts";
import { sayCount } from "../../words/amount.ts";
import { sayList } from "../../words/list.ts";

/** Characters of an AS path and of a message that are shown. */
const TEXT_CHARS = 300;

/** What is waited for: that everybody has the route, or that nobody has. */
export type Expected = "seen" | "gone";

/** One vantage point, as the answer shows it. */
export type PropagationRow = {
  readonly vantage: string;
  readonly kind: "peer" | "route_server";
  readonly state: "seen" | "covered" | "default_only" | "not_seen" | "unsure";
  /** Of its best path, or of its first one; null: it has none. */
  readonly as_path: string | null;
  readonly path_count: number;
  /** Our AS is in that path. */
  readonly through_us: boolean;
  /** RFC 3339: since when it has the path; null: it does not say. */
  readonly since: string | null;
  /** RFC 3339: when it was asked, or its table read. */
  readonly as_of: string;
  /** RFC 3339: when it was found to have it no more; absent: it did not lose it as far as known. */
  readonly gone_at?: string;
  /** The shorter prefix that it has instead. */
  readonly covered_by?: string;
  /** It heard the route from ourselves. */
  readonly announced_to?: true;
  /** Why a path of it may not become best here. */
  readonly not_eligible?: string;
  readonly stale?: true;
  readonly error?: { readonly code: string; readonly message: string };
};

/** The fields of a row that follow from a path. */
export function pathFields(path: AsPath | null, localAs: number) {
  return {
    as_path: path === null ? null : renderFoldedPath(path).slice(0, TEXT_CHARS),
    through_us: path !== null && path.some(({ asns }) => asns.includes(localAs)),
  };
}

/** An error as rows show it. */
export function errorField(error: { readonly code: string; readonly message: string }) {
  return { code: error.code, message: error.message.slice(0, TEXT_CHARS) };
}

/** True for one that is as expected; one that failed tells nothing. */
export function isAsExpected({ state }: PropagationRow, expected: Expected): boolean {
  return state !== "unsure" && (state === "seen") === (expected === "seen");
}

/** True once all that answered are as expected, and somebody did. */
export function isConverged(rows: readonly PropagationRow[], expected: Expected): boolean {
  const sure = rows.filter(({ state }) => state !== "unsure");
  return sure.length > 0 && sure.every((row) => isAsExpected(row, expected));
}

/** What else the sentence knows. */
export interface PropagationStory {
  readonly expected: Expected;
  /** Null: nobody waited. */
  readonly waitedMs: number | null;
  /** Peers that heard it from us and need not send it back. */
  readonly told: readonly string[];
  /** How our own last announcement of it stands; null: there was none. */
  readonly ownState: string | null;
  /** Why public route servers were left out, or null. */
  readonly passedOver: string | null;
}

/** One sentence: who sees it, then what one must know to believe that. */
export function sayPropagation(
  prefix: string,
  rows: readonly PropagationRow[],
  { expected, waitedMs, told, ownState, passedOver }: PropagationStory,
): string {
  const silent = rows.filter(({ state }) => state === "unsure").map(({ vantage }) => vantage);
  const gone = rows.flatMap(({ gone_at }) => gone_at ?? []).sort().at(-1);
  const isMet = isConverged(rows, expected);
  const isGone = isMet && expected === "gone";
  const words = [
    rows.length === 0
      ? `There is nobody else to ask about ${prefix}`
      : sayCounts(prefix, rows, isGone && (gone !== undefined || ownState !== null)),
  ];
  if (isGone && gone !== undefined) words.push(`the last lost it at ${gone}`);
  if (isGone && gone === undefined) words.push("none of them is known to have had it");
  if (silent.length > 0) words.push(`no sure answer from ${sayList(silent)}`);
  if (told.length > 0) {
    words.push(
      `${sayList(told)} heard it from us and ${told.length === 1 ? "does" : "do"} not count`,
    );
  }
  if (expected === "seen" && ownState !== null && ownState !== "announced") {
    words.push(`our own announcement of it is ${ownState}`);
  }
  if (passedOver !== null) words.push(passedOver);
  if (waitedMs !== null && rows.length > 0) {
    words.push(`${isMet ? "after" : "still so after"} ${(waitedMs / 1_000).toFixed(1)} s`);
  }
  return `${words.join("; ")}.`;
}

function sayCounts(prefix: string, rows: readonly PropagationRow[], isGone: boolean): string {
  const counts = (["peer", "route_server"] as const).flatMap((kind) => {
    const sure = rows.filter((row) => row.kind === kind && row.state !== "unsure");
    if (sure.length === 0) return [];
    const seen = sure.filter(({ state }) => state === "seen").length;
    return [`${seen} of ${sayCount(sure.length, kind === "peer" ? "peer" : "route server")}`];
  });
  if (counts.length === 0) return `Nobody gave a sure answer about ${prefix}`;
  return `${prefix} is ${isGone ? "gone: seen" : "seen"} by ${sayList(counts)}`;
}

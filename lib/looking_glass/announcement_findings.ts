/**
 * What one vantage point shows of an announcement, against what was meant.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../ip/prefix.ts";
import { type AsPath, firstUpstream, pathOrigins } from "../route/as_path.ts";
import type { RoutePath } from "../route/route.ts";
import { nameOrigin, sayOrigin } from "./say_routes.ts";
import { compareText, type Sight } from "./sight.ts";

/** What was meant. */
export interface Expectation {
  readonly prefix: Prefix;
  /** ASes that may originate it, at least one. */
  readonly origins: readonly number[];
  /** ASes that may stand next to the origin; empty: any. */
  readonly upstreams: readonly number[];
  /** Longest prefix that may be announced inside of it; null: not judged by length. */
  readonly maxLength: number | null;
  /** Longer ones that may be announced all the same. With these and no `maxLength`, no others. */
  readonly moreSpecifics: readonly Prefix[];
}

/**
 * `wrong_origin`: only others originate it, or they originate a part of it; `moas`: others beside the
 * expected; `covered_only`: a shorter prefix; `too_specific`: a longer one that was not meant;
 * `unknown`: no answer, or one that is not whole and shows nothing wrong.
 */
export type AnnouncementVerdict =
  | "wrong_origin"
  | "moas"
  | "rpki_invalid"
  | "not_seen"
  | "covered_only"
  | "unexpected_upstream"
  | "too_specific"
  | "unknown"
  | "as_expected";

/** Gravest first. */
export const GRAVITY: readonly AnnouncementVerdict[] = [
  "wrong_origin",
  "moas",
  "rpki_invalid",
  "not_seen",
  "covered_only",
  "unexpected_upstream",
  "too_specific",
  "unknown",
  "as_expected",
];

/** One thing found at a vantage point. */
export interface Finding {
  readonly verdict: AnnouncementVerdict;
  /** Paths that show it. */
  readonly paths: readonly RoutePath[];
  /** What they show: origins, upstreams or prefixes; empty where the verdict says it all. */
  readonly found: readonly string[];
}

/** What is found at a vantage point, gravest first; `as_expected` and `unknown` stand alone. */
export function findingsAt(
  expectation: Expectation,
  sight: Sight,
): readonly [Finding, ...Finding[]] {
  const { view, state, paths, covering } = sight;
  const deviations = deviationsOf(expectation, sight)
    .sort((a, b) => GRAVITY.indexOf(a.verdict) - GRAVITY.indexOf(b.verdict));
  const [first, ...others] = deviations;
  if (first !== undefined) return [first, ...others];
  const isSure = state === "seen" && view.complete &&
    paths.some(({ asPath }) => originOf(expectation, asPath) === "expected");
  return [{
    verdict: isSure ? "as_expected" : "unknown",
    paths: [...paths, ...covering],
    found: [],
  }];
}

function deviationsOf(expectation: Expectation, sight: Sight): Finding[] {
  const { state, paths, covering, moreSpecific } = sight;
  const inside = (verdict: AnnouncementVerdict, hits: readonly RoutePath[], found: string[] = []) =>
    hits.length === 0 ? [] : [{ verdict, paths: hits, found: distinct(found) }];
  const isOthers = ({ asPath }: RoutePath) => originOf(expectation, asPath) === "unexpected";
  const others = paths.filter(isOthers);
  const own = paths.filter(({ asPath }) => originOf(expectation, asPath) === "expected");
  const othersInside = moreSpecific.filter(isOthers);
  const wrong = own.length === 0 ? [...others, ...othersInside] : othersInside;
  const leaks = own.filter(({ asPath }) => isUnexpectedUpstream(expectation, asPath));
  const tooSpecific = moreSpecific.filter(({ prefix }) => isTooSpecific(expectation, prefix));
  return [
    ...inside("wrong_origin", wrong, wrong.map(sayWho)),
    ...(own.length === 0 ? [] : inside("moas", others, others.map(sayWho))),
    ...inside("rpki_invalid", [...paths, ...moreSpecific].filter(({ rpki }) => rpki === "invalid")),
    ...(state === "not_seen" || state === "default_only"
      ? [{ verdict: "not_seen" as const, paths: covering, found: [] }]
      : []),
    ...(state === "covered"
      ? [{
        verdict: "covered_only" as const,
        paths: covering,
        found: distinct(covering.map(({ prefix }) => renderPrefix(prefix))),
      }]
      : []),
    ...inside(
      "unexpected_upstream",
      leaks,
      leaks.map(({ asPath }) => `AS${firstUpstream(asPath)}`),
    ),
    ...inside("too_specific", tooSpecific, tooSpecific.map(({ prefix }) => renderPrefix(prefix))),
  ];
}

function sayWho({ asPath }: RoutePath): string {
  return sayOrigin(nameOrigin(asPath));
}

/**
 * Whether a path comes from who was meant. The vantage point's own AS and the members of its
 * confederation are not told by a path. An AS_SET is expected if all of it is.
 */
export function originOf(
  { origins }: Expectation,
  asPath: AsPath,
): "expected" | "unexpected" | "untold" {
  const last = asPath.at(-1);
  if (last?.kind !== "sequence" && last?.kind !== "set") return "untold";
  const shown = pathOrigins(asPath);
  if (shown.length === 0) return "untold";
  return shown.every((asn) => origins.includes(asn)) ? "expected" : "unexpected";
}

/** One of several expected origins may stand in front of another. */
function isUnexpectedUpstream({ origins, upstreams }: Expectation, asPath: AsPath): boolean {
  const upstream = firstUpstream(asPath);
  return upstreams.length > 0 && upstream !== null && !upstreams.includes(upstream) &&
    !origins.includes(upstream);
}

function isTooSpecific({ maxLength, moreSpecifics }: Expectation, prefix: Prefix): boolean {
  if (maxLength === null && moreSpecifics.length === 0) return false;
  const text = renderPrefix(prefix);
  return !(maxLength !== null && prefix.length <= maxLength) &&
    !moreSpecifics.some((allowed) => renderPrefix(allowed) === text);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}

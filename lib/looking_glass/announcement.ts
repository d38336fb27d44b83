/**
 * Whether a prefix reaches the internet as its holder meant it, from what vantage points see.
 *
 * @module
 */
import { renderPrefix } from "../ip/prefix.ts";
import { firstUpstream, pathOrigins } from "../route/as_path.ts";
import type { OriginValidation, RoutePath } from "../route/route.ts";
import {
  type AnnouncementVerdict,
  type Expectation,
  type Finding,
  findingsAt,
  GRAVITY,
  originOf,
} from "./announcement_findings.ts";
import { announcementLimits } from "./announcement_limits.ts";
import { namePath, sayOrigin } from "./say_routes.ts";
import { sayList } from "../words/list.ts";
import { compareText, type Sight, sightsOf } from "./sight.ts";
import type { VantageView } from "./vantage.ts";

/** A path that shows it, and how many of a vantage point look like it. */
export type Evidence = {
  readonly prefix: string;
  readonly as_path: string;
  readonly count: number;
  readonly rpki: OriginValidation | null;
};

/** One vantage point. */
export type VantageVerdict = {
  readonly vantage: string;
  readonly source: VantageView["source"];
  readonly verdict: AnnouncementVerdict;
  /** What was found there besides, less grave. */
  readonly also: readonly AnnouncementVerdict[];
  readonly evidence: readonly Evidence[];
  readonly complete: boolean;
  /** Why it is not complete, where there is an answer. */
  readonly missing?: string;
  /** Why there is no answer, or null. */
  readonly error: string | null;
};

/** Why the verdict is what it is. */
export type AnnouncementReason = {
  readonly verdict: AnnouncementVerdict;
  readonly vantage_count: number;
  /** The first names in order. */
  readonly vantages: readonly string[];
  /** What was found, by name: origins, upstreams or prefixes; empty where the verdict says it all. */
  readonly found: readonly string[];
};

/** The check. */
export type AnnouncementCheck = {
  readonly prefix: string;
  readonly expected_origins: readonly number[];
  readonly expected_upstreams: readonly number[];
  /**
   * The gravest of the vantage points. `as_expected` takes that none deviates and that more than half
   * are sure; else `unknown`.
   */
  readonly verdict: AnnouncementVerdict;
  /** Gravest first. A vantage point counts for each thing found there. */
  readonly reasons: readonly AnnouncementReason[];
  /** Those that deviate first. */
  readonly vantages: readonly VantageVerdict[];
  readonly vantage_count: number;
  /** What was expected and shows nowhere. */
  readonly unseen_origins: readonly number[];
  readonly unseen_upstreams: readonly number[];
  /** What cannot be seen from here, sentences. */
  readonly limits: readonly string[];
};

/** Most vantage points, paths of one, and names in a reason. */
const VANTAGES_MAX = 24;
const EVIDENCE_MAX = 3;
const NAMES_MAX = 5;
/** Characters of a failure that are repeated. */
const ERROR_CHARS = 200;

/** Judges views against what was meant. Never throws. */
export function checkAnnouncement(
  expectation: Expectation,
  views: readonly VantageView[],
): AnnouncementCheck {
  const { prefix, origins, upstreams } = expectation;
  const sights = sightsOf({ prefix }, views);
  const judged = sights.map((sight) => ({ sight, findings: findingsAt(expectation, sight) }));
  const verdicts = judged.map(({ findings }) => findings[0].verdict);
  const own = sights.flatMap(({ paths }) => paths.map(({ asPath }) => asPath))
    .filter((asPath) => originOf(expectation, asPath) === "expected");
  const seenOrigins = new Set(own.flatMap(pathOrigins));
  const seenUpstreams = new Set(own.map(firstUpstream));
  return {
    prefix: renderPrefix(prefix),
    expected_origins: origins,
    expected_upstreams: upstreams,
    verdict: overall(verdicts),
    reasons: reasonsOf(judged),
    vantages: judged.toSorted((a, b) => rank(a.findings[0].verdict) - rank(b.findings[0].verdict))
      .slice(0, VANTAGES_MAX).map(({ sight, findings }) => vantageVerdict(sight, findings)),
    vantage_count: sights.length,
    unseen_origins: origins.filter((asn) => !seenOrigins.has(asn)),
    unseen_upstreams: upstreams.filter((asn) => !seenUpstreams.has(asn)),
    limits: announcementLimits(sights),
  };
}

/** A vantage point and what was found there, gravest first. */
interface Judged {
  readonly sight: Sight;
  readonly findings: readonly [Finding, ...Finding[]];
}

function rank(verdict: AnnouncementVerdict): number {
  return GRAVITY.indexOf(verdict);
}

function overall(verdicts: readonly AnnouncementVerdict[]): AnnouncementVerdict {
  const [gravest] = verdicts.toSorted((a, b) => rank(a) - rank(b));
  if (gravest !== undefined && rank(gravest) < rank("unknown")) return gravest;
  const sure = verdicts.filter((verdict) => verdict === "as_expected").length;
  return sure * 2 > verdicts.length ? "as_expected" : "unknown";
}

function reasonsOf(judged: readonly Judged[]): AnnouncementReason[] {
  return GRAVITY.flatMap((verdict) => {
    const hits = judged.flatMap(({ sight, findings }) => {
      const finding = findings.find((each) => each.verdict === verdict);
      return finding === undefined ? [] : [{ label: sight.label, found: finding.found }];
    });
    if (hits.length === 0) return [];
    const found = [...new Set(hits.flatMap((hit) => hit.found))].sort(compareText);
    return [{
      verdict,
      vantage_count: hits.length,
      vantages: hits.slice(0, NAMES_MAX).map(({ label }) => label),
      found: found.slice(0, NAMES_MAX),
    }];
  });
}

function vantageVerdict(
  { view, label }: Sight,
  [gravest, ...others]: readonly [Finding, ...Finding[]],
): VantageVerdict {
  return {
    vantage: label,
    source: view.source,
    verdict: gravest.verdict,
    also: others.map(({ verdict }) => verdict),
    evidence: evidenceOf(gravest.paths),
    complete: view.complete && view.error === null,
    ...(view.missing === undefined ? {} : { missing: view.missing.slice(0, ERROR_CHARS) }),
    error: view.error === null ? null : view.error.message.slice(0, ERROR_CHARS),
  };
}

function evidenceOf(paths: readonly RoutePath[]): Evidence[] {
  const alike = Map.groupBy(
    paths,
    ({ prefix, asPath, rpki }) => `${renderPrefix(prefix)} ${namePath(asPath)} ${rpki}`,
  );
  return [...alike].sort(([a, left], [b, right]) => right.length - left.length || compareText(a, b))
    .slice(0, EVIDENCE_MAX).flatMap(([, [path, ...others]]) =>
      path === undefined ? [] : {
        prefix: renderPrefix(path.prefix),
        as_path: namePath(path.asPath),
        count: others.length + 1,
        rpki: path.rpki,
      }
    );
}

/** How a sentence says a verdict about some vantage points. */
const SAID: Readonly<Record<AnnouncementVerdict, string>> = {
  wrong_origin: "wrong origin",
  moas: "a second origin",
  rpki_invalid: "RPKI invalid",
  not_seen: "not seen",
  covered_only: "only a shorter prefix",
  unexpected_upstream: "unexpected upstream",
  too_specific: "too specific a route",
  unknown: "unknown",
  as_expected: "as expected",
};

/** One sentence: what was found where, gravest first. */
export function sayAnnouncement(
  { prefix, expected_origins, reasons, vantage_count }: AnnouncementCheck,
): string {
  const by = sayList(expected_origins.map((asn) => sayOrigin(String(asn))));
  const said = reasons.map(({ verdict, vantage_count: count, vantages, found }) => {
    const what = found.length === 0 ? SAID[verdict] : `${SAID[verdict]} (${sayList(found)})`;
    const isQuiet = verdict === "as_expected" || verdict === "unknown";
    return isQuiet
      ? `${what} at ${count} of ${vantage_count} vantage points`
      : `${what} at ${sayList(vantages, count)}`;
  });
  return `${prefix} by ${by}: ${said.length === 0 ? "no vantage point shows it" : said.join("; ")}`;
}

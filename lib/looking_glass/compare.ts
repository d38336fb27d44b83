/**
 * One prefix or address as many vantage points see it: who sees it, from which origin, by which
 * paths, and in what they differ. Silence of a vantage point that failed or was cut says nothing.
 *
 * @module
 */
import { renderAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { firstUpstream, pathLength, prepends } from "../route/as_path.ts";
import { communityMeaning } from "../route/community.ts";
import type { OriginValidation, RoutePath } from "../route/route.ts";
import type { RouteTarget } from "./dialects/route_match.ts";
import { type Divergence, divergences } from "./divergence.ts";
import { communitiesOf } from "./path_communities.ts";
import { nameOrigin, namePath, sayOrigin } from "./say_routes.ts";
import { sayCount } from "../words/amount.ts";
import { sayList } from "../words/list.ts";
import { compareText, type Sight, sightsOf, type SightState } from "./sight.ts";
import { type ShownBy, tally } from "./tally.ts";
import type { VantageView } from "./vantage.ts";

/** One vantage point. */
export type VantageRow = {
  readonly vantage: string;
  readonly source: VantageView["source"];
  readonly state: SightState;
  /** The prefix that answers the question there, or null. */
  readonly matched_prefix: string | null;
  readonly path_count: number;
  /** As in `origins`. */
  readonly origins: readonly string[];
  /** AS path of the best path, or of the only one; null where neither is known. */
  readonly best_path: string | null;
  /** Its length (RFC 4271 §9.1.2.2), prepends included. */
  readonly best_path_length: number | null;
  readonly rpki: readonly OriginValidation[];
  readonly complete: boolean;
  /** Why it is not complete, where there is an answer. */
  readonly missing?: string;
  /** Absent: just asked. */
  readonly as_of?: string;
  /** Why there is no answer; absent: there is one. */
  readonly error?: { readonly code: string; readonly message: string };
};

/** What was found. Rows of all lists but `vantages` have most vantage points first. */
export type RouteComparison = {
  readonly target: string;
  readonly visibility: {
    /** Route servers asked, and those whose answer is sure; the next four add up to them. */
    readonly asked: number;
    readonly answered: number;
    readonly seen: number;
    readonly covered: number;
    readonly default_only: number;
    readonly not_seen: number;
    /** Of those whose answer is sure, how many gave part of it only: there may be more paths. */
    readonly in_part: number;
    /** `seen` by `answered`, 0 to 1, or null if none answered. */
    readonly share: number | null;
    /** Collectors of archives that see it; archives do not name those that do not. */
    readonly seen_in_archives: number;
  };
  /** Those that deviate first. */
  readonly vantages: readonly VantageRow[];
  readonly prefixes: readonly (ShownBy & {
    readonly prefix: string;
    readonly relation: "exact" | "longest" | "covering" | "default" | "more_specific";
  })[];
  /** `15169`, `{64510,64511}` for an AS_SET, `local` for the vantage point's own AS. */
  readonly origins: readonly (ShownBy & { readonly origin: string })[];
  /** True if more than one AS originates it (MOAS), AS_SETs aside. */
  readonly multiple_origins: boolean;
  readonly as_paths: readonly (ShownBy & { readonly as_path: string })[];
  readonly divergence: readonly Divergence[];
  /** ASes next to the origin. */
  readonly upstreams: readonly (ShownBy & { readonly asn: number })[];
  readonly prepending: readonly (ShownBy & { readonly asn: number; readonly max_times: number })[];
  /** Over all paths, prepends included; null if there is none. */
  readonly path_length: {
    readonly shortest: number;
    readonly median: number;
    readonly longest: number;
  } | null;
  readonly communities: readonly (ShownBy & {
    readonly community: string;
    /** Where it is the same everywhere, else null: ask the AS in front. */
    readonly meaning: string | null;
  })[];
  readonly rpki: {
    readonly states: readonly (ShownBy & { readonly state: OriginValidation })[];
    /** True if vantage points differ about one origin. */
    readonly disagree: boolean;
  };
  /** Rows that there was no room for, by list; lists that are whole are absent. */
  readonly left_out: Readonly<Record<string, number>>;
};

/** Rows of a list, and of vantage points, by default. */
const ROWS_MAX = 6;
const VANTAGES_MAX = 24;
/** Characters of a failure that are repeated. */
const MESSAGE_CHARS = 200;

const DEVIATING_FIRST: readonly SightState[] = [
  "unsure",
  "not_seen",
  "default_only",
  "covered",
  "seen",
];

/** Compares views; `maxRows` bounds each list but `vantages`. Never throws. */
export function compareViews(
  target: RouteTarget,
  views: readonly VantageView[],
  maxRows = ROWS_MAX,
): RouteComparison {
  const sights = sightsOf(target, views);
  const leftOut: Record<string, number> = {};
  const cut = <Row>(name: string, rows: readonly Row[], max = maxRows): readonly Row[] => {
    if (rows.length > max) leftOut[name] = (leftOut[name] ?? 0) + rows.length - max;
    return rows.slice(0, max);
  };
  const paths = sights.flatMap((sight) => sight.paths);
  const origins = tally(sights, ({ asPath }) => [nameOrigin(asPath)]);
  return {
    target: "prefix" in target ? renderPrefix(target.prefix) : renderAddress(target.address),
    visibility: visibilityOf(sights),
    vantages: cut("vantages", sights.toSorted(byDeviation), VANTAGES_MAX).map(vantageRow)
      .map((row) => ({ ...row, origins: cut("vantages.origins", row.origins) })),
    prefixes: cut("prefixes", prefixRows(target, sights)),
    origins: cut("origins", origins.map(({ key, ...row }) => ({ origin: key, ...row }))),
    multiple_origins: origins.filter(({ key }) => /^[0-9]/.test(key)).length > 1,
    as_paths: cut(
      "as_paths",
      tally(sights, ({ asPath }) => [namePath(asPath)])
        .map(({ key, ...row }) => ({ as_path: key, ...row })),
    ),
    divergence: cut(
      "divergence",
      divergences(sights).map(({ branches, ...row }) => ({
        ...row,
        branches: cut("divergence.branches", branches),
      })),
    ),
    upstreams: cut(
      "upstreams",
      tally(sights, ({ asPath }) => [firstUpstream(asPath)])
        .flatMap(({ key, ...row }) => key === null ? [] : { asn: key, ...row }),
    ),
    prepending: cut("prepending", prependRows(sights)),
    path_length: spreadOf(paths),
    communities: cut(
      "communities",
      tally(sights, communitiesOf)
        .map(({ key, ...row }) => ({ community: key, meaning: communityMeaning(key), ...row })),
    ),
    rpki: rpkiOf(sights),
    left_out: leftOut,
  };
}

function visibilityOf(sights: readonly Sight[]): RouteComparison["visibility"] {
  const servers = sights.filter(({ view }) => view.source === "telnet");
  const count = (state: SightState) => servers.filter((sight) => sight.state === state).length;
  const answered = servers.length - count("unsure");
  return {
    asked: servers.length,
    answered,
    seen: count("seen"),
    covered: count("covered"),
    default_only: count("default_only"),
    not_seen: count("not_seen"),
    in_part: servers.filter(({ state, view }) => state !== "unsure" && !view.complete).length,
    share: answered === 0 ? null : count("seen") / answered,
    seen_in_archives:
      sights.filter(({ view, state }) => view.source !== "telnet" && state === "seen").length,
  };
}

function byDeviation(a: Sight, b: Sight): number {
  return DEVIATING_FIRST.indexOf(a.state) - DEVIATING_FIRST.indexOf(b.state);
}

function vantageRow({ view, label, state, paths, covering }: Sight): VantageRow {
  const matched = paths[0] ?? covering.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  const best = bestOf(paths);
  return {
    vantage: label,
    source: view.source,
    state,
    matched_prefix: matched === undefined ? null : renderPrefix(matched.prefix),
    path_count: paths.length,
    origins: distinct(paths.map(({ asPath }) => nameOrigin(asPath))),
    best_path: best === null ? null : namePath(best.asPath),
    best_path_length: best === null ? null : pathLength(best.asPath),
    rpki: distinct(paths.flatMap(({ rpki }) => rpki ?? [])),
    complete: view.complete && view.error === null,
    ...(view.missing === undefined ? {} : { missing: view.missing.slice(0, MESSAGE_CHARS) }),
    ...(view.asOf === null ? {} : { as_of: view.asOf }),
    ...(view.error === null ? {} : {
      error: { code: view.error.code, message: view.error.message.slice(0, MESSAGE_CHARS) },
    }),
  };
}

function bestOf(paths: readonly RoutePath[]): RoutePath | null {
  const best = paths.filter(({ flags }) => flags.includes("best"));
  const candidates = best.length === 0 ? paths : best;
  return candidates.length === 1 ? candidates[0] ?? null : null;
}

function prefixRows(
  target: RouteTarget,
  sights: readonly Sight[],
): RouteComparison["prefixes"] {
  const keysOf = ({ prefix }: RoutePath) => [renderPrefix(prefix)];
  const own = "prefix" in target ? "exact" as const : "longest" as const;
  return [
    ...tally(sights, keysOf).map(({ key, ...row }) => ({ prefix: key, relation: own, ...row })),
    ...tally(sights, keysOf, ({ moreSpecific }) => moreSpecific)
      .map(({ key, ...row }) => ({ prefix: key, relation: "more_specific" as const, ...row })),
    ...tally(sights, keysOf, ({ covering }) => covering).map(({ key, ...row }) => ({
      prefix: key,
      relation: key.endsWith("/0") ? "default" as const : "covering" as const,
      ...row,
    })),
  ];
}

function prependRows(sights: readonly Sight[]): RouteComparison["prepending"] {
  const mostTimes = new Map<number, number>();
  const keysOf = ({ asPath }: RoutePath) =>
    prepends(asPath).map(({ asn, times }) => {
      mostTimes.set(asn, Math.max(times, mostTimes.get(asn) ?? 0));
      return asn;
    });
  return tally(sights, keysOf)
    .map(({ key, ...row }) => ({ asn: key, max_times: mostTimes.get(key) ?? 0, ...row }));
}

/** The median of an even number is the lower of the two in the middle. */
function spreadOf(paths: readonly RoutePath[]): RouteComparison["path_length"] {
  const lengths = paths.map(({ asPath }) => pathLength(asPath)).sort((a, b) => a - b);
  const [shortest] = lengths;
  const median = lengths[(lengths.length - 1) >> 1];
  const longest = lengths.at(-1);
  return shortest === undefined || median === undefined || longest === undefined
    ? null
    : { shortest, median, longest };
}

function rpkiOf(sights: readonly Sight[]): RouteComparison["rpki"] {
  const statesOf = Map.groupBy(
    sights.flatMap(({ paths }) => paths).filter(({ rpki }) =>
      rpki !== null && rpki !== "unverified"
    ),
    ({ prefix, asPath }) => `${renderPrefix(prefix)} ${nameOrigin(asPath)}`,
  );
  return {
    states: tally(sights, ({ rpki }) => rpki === null ? [] : [rpki])
      .map(({ key, ...row }) => ({ state: key, ...row })),
    disagree: [...statesOf.values()].some((paths) =>
      new Set(paths.map(({ rpki }) => rpki)).size > 1
    ),
  };
}

function distinct<Text extends string>(texts: readonly Text[]): Text[] {
  return [...new Set(texts)].sort(compareText);
}

/** One sentence: who sees it and from which origin, then what is out of the ordinary. */
export function sayComparison(comparison: RouteComparison): string {
  const { target, visibility, origins, multiple_origins, rpki, left_out } = comparison;
  const { asked, answered, seen, covered, default_only, not_seen, in_part, seen_in_archives } =
    visibility;
  const servers = asked === 0
    ? null
    : answered === 0
    ? `none of ${sayCount(asked, "route server")} gave a sure answer about ${target}`
    : `${target} is seen by ${seen} of ${sayCount(answered, "route server")} that answered`;
  const collectors = sayCount(seen_in_archives, "archived collector");
  const head = servers === null
    ? `${target} is seen by ${collectors}`
    : servers + (seen_in_archives > 0 ? `, and by ${collectors}` : "");
  const from = origins.length === 0 ? [] : [
    `${multiple_origins ? "from more than one origin:" : "from"} ${
      sayList(
        origins.map(({ origin }) => sayOrigin(origin)),
        origins.length + (left_out.origins ?? 0),
      )
    }`,
  ];
  const invalid = rpki.states.find(({ state }) => state === "invalid");
  const deviations = [
    ...(not_seen > 0 ? [`${not_seen} without any route`] : []),
    ...(covered > 0 ? [`${covered} with a shorter prefix only`] : []),
    ...(default_only > 0 ? [`${default_only} with the default route only`] : []),
    ...(answered > 0 && asked > answered ? [`${asked - answered} without a sure answer`] : []),
    ...(in_part > 0 ? [`${in_part} with part of an answer only`] : []),
    ...(invalid === undefined ? [] : [`RPKI invalid at ${invalid.vantage_count}`]),
    ...(rpki.disagree ? ["vantage points disagree about RPKI"] : []),
  ];
  return [[head, ...from].join(", "), ...deviations].join("; ");
}

/**
 * Rows of a routing table in few words: the prefixes, each told once, and the paths that lead to them.
 *
 * @module
 */
import { comparePrefixes, type Prefix, renderPrefix } from "../ip/prefix.ts";
import type { RoutePath } from "../route/route.ts";
import { groupPaths, type PathGroups } from "./path_groups.ts";
import { nameOrigin, sayOrigin } from "./say_routes.ts";
import { sayCount } from "../words/amount.ts";
import { sayList } from "../words/list.ts";
import { compareText } from "./sight.ts";

/** One prefix of the rows. */
export type PrefixRow = {
  readonly prefix: string;
  readonly path_count: number;
  /** `15169`, `{64510,64511}` or `local`, each once. */
  readonly origins: readonly string[];
};

/** What the rows hold. */
export type SearchResult = {
  readonly prefix_count: number;
  readonly path_count: number;
  /** In the order of addresses. */
  readonly prefixes: readonly PrefixRow[];
  /** Prefixes that there was no room for. */
  readonly prefixes_left_out: number;
  /** Origins of all rows, those of most prefixes first. */
  readonly origins: readonly { readonly origin: string; readonly prefix_count: number }[];
  /** Origins that there was no room for. */
  readonly origins_left_out: number;
  readonly paths: PathGroups;
};

/** Most prefixes and origins by default, and characters of JSON for their paths. */
const PREFIXES_MAX = 30;
const ORIGINS_MAX = 10;
const PATHS_CHARS = 2_400;
/** Most origins that a prefix's row names. */
const ROW_ORIGINS_MAX = 4;

/** Sums rows up. */
export function summariseRows(
  rows: readonly RoutePath[],
  maxPrefixes = PREFIXES_MAX,
): SearchResult {
  const prefixes = [...Map.groupBy(rows, ({ prefix }) => renderPrefix(prefix))]
    .flatMap(([text, paths]) => prefixRow(text, paths))
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix));
  const counts = new Map<string, number>();
  for (const origin of prefixes.flatMap(({ origins }) => origins)) {
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  const origins = [...counts].map(([origin, prefix_count]) => ({ origin, prefix_count }))
    .sort((a, b) => b.prefix_count - a.prefix_count || compareText(a.origin, b.origin));
  return {
    prefix_count: prefixes.length,
    path_count: rows.length,
    prefixes: prefixes.slice(0, maxPrefixes).map(({ text, path_count, origins }) => ({
      prefix: text,
      path_count,
      origins: origins.slice(0, ROW_ORIGINS_MAX),
    })),
    prefixes_left_out: Math.max(0, prefixes.length - maxPrefixes),
    origins: origins.slice(0, ORIGINS_MAX),
    origins_left_out: Math.max(0, origins.length - ORIGINS_MAX),
    paths: groupPaths(rows, PATHS_CHARS),
  };
}

function prefixRow(text: string, paths: readonly RoutePath[]) {
  const [path] = paths;
  if (path === undefined) return [];
  const origins = [...new Set(paths.map(({ asPath }) => nameOrigin(asPath)))].sort(compareText);
  const prefix: Prefix = path.prefix;
  return [{ text, prefix, path_count: paths.length, origins }];
}

/** One sentence: what was searched, how much was found, and of whom. */
export function saySearch(
  query: string,
  { prefix_count, path_count, origins, origins_left_out }: SearchResult,
): string {
  if (path_count === 0) return `Nothing matches ${query}`;
  const count = origins.length + origins_left_out;
  const from = sayList(origins.map(({ origin }) => sayOrigin(origin)), count);
  return `${query} matches ${sayCount(prefix_count, "prefix", "prefixes")} by ${
    sayCount(path_count, "path")
  }, from ${from}`;
}

/**
 * Which vantage points show a thing, and how often.
 *
 * @module
 */
import type { RoutePath } from "../route/route.ts";
import { compareText, type Sight } from "./sight.ts";

/** Who shows something. */
export type ShownBy = {
  readonly path_count: number;
  readonly vantage_count: number;
  /** The first names in order; `vantage_count` says how many there are. */
  readonly vantages: readonly string[];
};

/** Most names that a row repeats. */
const NAMES_MAX = 4;

/**
 * Counts paths and vantage points for each key that `keysOf` finds at a path, what most vantage
 * points show first. A path counts once for a key.
 */
export function tally<Key extends string | number | null>(
  sights: readonly Sight[],
  keysOf: (path: RoutePath) => readonly Key[],
  pathsOf: (sight: Sight) => readonly RoutePath[] = ({ paths }) => paths,
): (ShownBy & { readonly key: Key })[] {
  const rows = new Map<Key, { paths: number; labels: string[] }>();
  for (const sight of sights) {
    const counts = new Map<Key, number>();
    for (const path of pathsOf(sight)) {
      for (const key of new Set(keysOf(path))) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of counts) {
      const row = rows.get(key) ?? { paths: 0, labels: [] };
      rows.set(key, row);
      row.paths += count;
      row.labels.push(sight.label);
    }
  }
  return [...rows].map(([key, { paths, labels }]) => ({
    key,
    path_count: paths,
    vantage_count: labels.length,
    vantages: labels.slice(0, NAMES_MAX),
  })).sort((a, b) =>
    b.vantage_count - a.vantage_count || b.path_count - a.path_count || compareKeys(a.key, b.key)
  );
}

/** Orders keys: numbers by size, texts by code unit, null last. */
export function compareKeys(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === "number" && typeof b === "number" ? a - b : compareText(String(a), String(b));
}

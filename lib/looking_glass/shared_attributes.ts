/**
 * What paths have in common, told once, and in what they differ.
 *
 * @module
 */
import type { RoutePath } from "../route/route.ts";
import { pathReport } from "./path_report.ts";
import { compareText } from "./sight.ts";

/** Attributes by the names of {@link pathReport}. */
export type SharedAttributes = {
  /** Values that all paths have; of lists, the members that all have. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Attributes in which at least one path differs. */
  readonly differing: readonly string[];
};

/** Most members of a shared list, and characters of a shared text, that are shown. */
const SHARED_MEMBERS = 12;
const SHARED_CHARS = 80;

/** Attributes that say of each path what the groups say, one by one. */
const NOT_SHARED: ReadonlySet<string> = new Set([
  "as_path",
  "best",
  "best_reason",
  "flags",
  "not_best_reason",
  "path_id",
  "prefix",
]);

/** Compares the attributes of paths, path for path as {@link pathReport} names them. */
export function sharedAttributes(paths: readonly RoutePath[]): SharedAttributes {
  const reports = paths.map(pathReport);
  const names = [...new Set(reports.flatMap((report) => Object.keys(report)))]
    .filter((name) => !NOT_SHARED.has(name)).sort(compareText);
  const shared: Record<string, unknown> = {};
  const differing: string[] = [];
  for (const name of names) {
    const values = reports.map((report) => report[name]);
    const [first] = values;
    const text = JSON.stringify(first);
    if (Array.isArray(first)) {
      const common = commonMembers(values);
      if (common.length > 0) shared[name] = common;
    } else if (text !== undefined && values.every((value) => JSON.stringify(value) === text)) {
      shared[name] = typeof first === "string" ? first.slice(0, SHARED_CHARS) : first;
    }
    if (values.some((value) => JSON.stringify(value) !== text)) differing.push(name);
  }
  return { shared, differing };
}

/** Members that all lists have, in the order of their texts, at most {@link SHARED_MEMBERS}. */
function commonMembers(lists: readonly unknown[]): string[] {
  const [first, ...others] = lists.map((list): readonly string[] =>
    Array.isArray(list) ? list : []
  );
  const sets = others.map((list) => new Set(list));
  const common = [...new Set(first)].filter((member) => sets.every((set) => set.has(member)))
    .sort(compareText);
  const left = common.length - SHARED_MEMBERS;
  const shown = common.slice(0, SHARED_MEMBERS).map((member) => member.slice(0, SHARED_CHARS));
  return left > 0 ? [...shown, `and ${left} more`] : shown;
}

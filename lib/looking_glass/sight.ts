/**
 * What one vantage point sees of what was asked for, and how sure that is.
 *
 * @module
 */
import { containsPrefix, type Prefix } from "../ip/prefix.ts";
import type { PathFlag, RoutePath } from "../route/route.ts";
import { routeMatch, type RouteTarget } from "./dialects/route_match.ts";
import type { VantageView } from "./vantage.ts";

/**
 * `seen`: it carries the prefix, or a route to the address; `covered`: only a shorter prefix;
 * `default_only`: only the default route; `not_seen`: it answered in full and has nothing;
 * `unsure`: it failed, or its answer is not whole and does not show the route.
 */
export type SightState = "seen" | "covered" | "default_only" | "not_seen" | "unsure";

/** One vantage point. */
export interface Sight {
  readonly view: VantageView;
  /** Name of the vantage point, with its source where two have the same. */
  readonly label: string;
  readonly state: SightState;
  /** Carried paths to the prefix asked for, or to the longest match of the address. */
  readonly paths: readonly RoutePath[];
  /** Carried paths to shorter prefixes around it, the default route among them. */
  readonly covering: readonly RoutePath[];
  /** Carried paths to prefixes inside of the one asked for. */
  readonly moreSpecific: readonly RoutePath[];
  /** Paths shown and not carried: history, dampened, refused by policy. */
  readonly notCarried: number;
}

/** A path with one of these is remembered or was refused: the router does not use it. */
const NOT_CARRIED: ReadonlySet<PathFlag> = new Set<PathFlag>([
  "history",
  "dampened",
  "filtered",
  "received_only",
  "removed",
]);

/** True if the router uses the path, or would if no other were better. */
export function isCarried({ flags }: RoutePath): boolean {
  return !flags.some((flag) => NOT_CARRIED.has(flag));
}

/** Looks at all views, in the order of their labels. */
export function sightsOf(target: RouteTarget, views: readonly VantageView[]): Sight[] {
  const names = Map.groupBy(views, ({ vantage }) => vantage);
  return views.map((view) => {
    const isAlone = names.get(view.vantage)?.length === 1;
    return sightOf(target, view, isAlone ? view.vantage : `${view.vantage} (${view.source})`);
  }).sort((a, b) => compareText(a.label, b.label) || compareText(a.state, b.state));
}

function sightOf(target: RouteTarget, view: VantageView, label: string): Sight {
  const shown = view.error === null ? view.paths : [];
  const carried = shown.filter(isCarried);
  const around = carried.filter(({ prefix }) => routeMatch(target, prefix) !== null);
  const longest = around.reduce((most, { prefix }) => Math.max(most, prefix.length), 0);
  const isAskedFor = ({ prefix }: RoutePath) => {
    const match = routeMatch(target, prefix);
    return match === "exact" || match === "longest" && prefix.length === longest;
  };
  const sight = {
    view,
    label,
    paths: around.filter(isAskedFor),
    covering: around.filter((path) => !isAskedFor(path)),
    moreSpecific: carried.filter(({ prefix }) => isInside(target, prefix)),
    notCarried: shown.length - carried.length,
  };
  return { ...sight, state: stateOf(sight) };
}

function isInside(target: RouteTarget, prefix: Prefix): boolean {
  return "prefix" in target && prefix.length > target.prefix.length &&
    containsPrefix(target.prefix, prefix);
}

function stateOf({ view, paths, covering, moreSpecific, notCarried }: Omit<Sight, "state">) {
  if (view.error !== null) return "unsure";
  if (paths.length > 0) return "seen";
  if (!view.complete) return "unsure";
  if (covering.some(({ prefix }) => prefix.length > 0)) return "covered";
  if (covering.length > 0) return "default_only";
  if (moreSpecific.length > 0 || notCarried > 0) return "not_seen";
  // Without a path to look at, the match that the source names is all there is.
  if (view.paths.length > 0) return "unsure";
  if (view.match === "covering") return "covered";
  if (view.match === "default") return "default_only";
  return view.match === "none" ? "not_seen" : "unsure";
}

/** Orders texts by code unit, the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

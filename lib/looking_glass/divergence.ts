/**
 * Where the paths to an origin part, seen from the origin.
 *
 * @module
 */
import { type AsPath, pathHops, renderOrigin } from "../route/as_path.ts";
import type { RoutePath } from "../route/route.ts";
import { shortened } from "./say_routes.ts";
import type { Sight } from "./sight.ts";
import { type ShownBy, tally } from "./tally.ts";

/** Paths of one origin. */
export type Divergence = {
  readonly origin: string;
  /** The end that all paths have, prepends aside: `64496 64500`. */
  readonly common_tail: string;
  /** What stands in front of it, `as` null where the path begins with it; empty: all paths are alike. */
  readonly branches: readonly (ShownBy & { readonly as: string | null })[];
};

/** One row an origin, those that most vantage points show first. */
export function divergences(sights: readonly Sight[]): Divergence[] {
  const byOrigin = new Map(
    sights.map((sight) => [
      sight,
      Map.groupBy(sight.paths, ({ asPath }) => renderOrigin(asPath)),
    ]),
  );
  return tally(sights, ({ asPath }) => [renderOrigin(asPath)]).filter(({ key }) => key !== "")
    .map(({ key: origin }) => {
      const pathsOf = (sight: Sight) => byOrigin.get(sight)?.get(origin) ?? [];
      const tail = commonTail(sights.flatMap(pathsOf));
      const branches = tally(
        sights,
        ({ asPath }) => [stepsFromOrigin(asPath)[tail.length] ?? null],
        pathsOf,
      );
      return {
        origin: shortened(origin),
        common_tail: shortened(tail.toReversed().join(" ")),
        branches: branches.length < 2 ? [] : branches.map(({ key, ...row }) => ({
          as: key === null ? null : shortened(key),
          ...row,
        })),
      };
    });
}

function commonTail(paths: readonly RoutePath[]): readonly string[] {
  let tail: readonly string[] | null = null;
  for (const { asPath } of paths) {
    const steps = stepsFromOrigin(asPath);
    const parting: number = tail?.findIndex((step, index) => steps[index] !== step) ?? -1;
    if (tail === null) tail = steps;
    else if (parting !== -1) tail = tail.slice(0, parting);
  }
  return tail ?? [];
}

function stepsFromOrigin(asPath: AsPath): string[] {
  return pathHops(asPath).map(({ asns, isSet }) => isSet ? `{${asns.join(",")}}` : String(asns[0]))
    .toReversed();
}

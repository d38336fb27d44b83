/**
 * How the prefix that a router answered with fits what it was asked for.
 *
 * @module
 */
import { contains, containsPrefix, type Prefix } from "../../../ip/prefix.ts";
import type { RouteAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";

type RouteTarget = Extract<RouterQuery, { readonly kind: "route" }>["target"];

/**
 * The kind of match, or null if the prefix has nothing to do with the target: the answer belongs to
 * another question.
 */
export function routeMatch(
  target: RouteTarget,
  found: Prefix,
): Exclude<RouteAnswer["match"], "none"> | null {
  if ("address" in target) {
    if (!contains(found, target.address)) return null;
    return found.length === 0 ? "default" : "longest";
  }
  const wanted = target.prefix;
  if (!containsPrefix(found, wanted)) return null;
  if (found.length === wanted.length) return "exact";
  return found.length === 0 ? "default" : "covering";
}

/** Family of what was asked for. */
export function targetFamily(target: RouteTarget): 4 | 6 {
  return "address" in target ? target.address.family : target.prefix.family;
}

/**
 * How the entry that a router shows relates to what it was asked for.
 *
 * @module
 */
import { addressBits } from "../../ip/address.ts";
import { containsPrefix, type Prefix, prefixOf } from "../../ip/prefix.ts";
import type { RouteAnswer } from "../answer.ts";
import type { RouterQuery } from "../query.ts";

/** What a `route` question is about. */
export type RouteTarget = Extract<RouterQuery, { readonly kind: "route" }>["target"];

/** The kind of match, or null: the entry is about something else, as if it answered another question. */
export function routeMatch(target: RouteTarget, shown: Prefix): RouteAnswer["match"] | null {
  const asked = "prefix" in target
    ? target.prefix
    : prefixOf(target.address, addressBits(target.address.family));
  if (shown.family !== asked.family || !containsPrefix(shown, asked)) return null;
  if ("prefix" in target && shown.length === asked.length) return "exact";
  if (shown.length === 0) return "default";
  return "prefix" in target ? "covering" : "longest";
}

/** The family of what a `route` question is about. */
export function targetFamily(target: RouteTarget): 4 | 6 {
  return "prefix" in target ? target.prefix.family : target.address.family;
}

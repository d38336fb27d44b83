/**
 * A question about the routes that peers sent. All that it names must hold.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import type { FamilyIndex } from "../family.ts";
import type { PathRef } from "../rib/rib_reader.ts";
import type { AttributeFilter } from "./attribute_filter.ts";
import type { RouteCursor } from "./route_cursor.ts";

/**
 * `exact`: this very prefix; `longest`: the longest that holds it and has a path that is asked for;
 * `covered`: it and all inside; `covering`: it and all around, longest first.
 */
export type PrefixMatch = "exact" | "longest" | "covered" | "covering";

/** What is asked; null: anything. */
export interface RouteQuestion {
  readonly prefix: { readonly value: Prefix; readonly match: PrefixMatch } | null;
  readonly family: FamilyIndex | null;
  readonly attributes: AttributeFilter;
  /** Index of the peer. */
  readonly peer: number | null;
  readonly rpki: PathRef["rpki"] | null;
  readonly bestOnly: boolean;
}

/** How much of the answer is wanted. */
export interface RoutePage<T> {
  /** Where to go on; null: at the start. */
  readonly after: RouteCursor | null;
  /** Most routes; 0: only count. */
  readonly limit: number;
  /** Most characters of JSON of all routes together; at least one is shown. */
  readonly maxChars: number;
  /** What is shown of a path. Called within the lock. */
  readonly render: (prefix: Prefix, path: PathRef) => T;
}

/** What was found. */
export interface FoundRoutes<T> {
  /** Prefixes and paths that match, shown or not, pages before included. */
  readonly prefixCount: number;
  readonly pathCount: number;
  /** In the order of prefixes; the paths of one by rank. */
  readonly routes: readonly T[];
  /** Null: these were the last. */
  readonly next: RouteCursor | null;
  /** False: the table changed while the answer was made, so counts may be off by what changed. */
  readonly isSteady: boolean;
}

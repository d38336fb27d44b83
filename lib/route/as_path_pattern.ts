/**
 * Patterns over AS paths: a small language without alternation, so that each dialect can say it.
 *
 * @module
 */

/** One element. */
export type AsPathItem =
  /** This AS; `repeat` true: once or more, as after a prepend (`3356+`). */
  | { readonly kind: "asn"; readonly asn: number; readonly repeat: boolean }
  /** One AS, whichever (`.`). */
  | { readonly kind: "any" }
  /** Any number of ASes, also none (`.*`). */
  | { readonly kind: "any_run" }
  /** One of these ASes (`[3356 174]`). */
  | { readonly kind: "one_of"; readonly asns: readonly number[] };

/** A pattern; an unanchored end behaves as if `.*` stood there. */
export interface AsPathPattern {
  /** Starts at the nearest AS (`^`). */
  readonly fromStart: boolean;
  /** Ends at the origin (`$`). */
  readonly toEnd: boolean;
  readonly items: readonly AsPathItem[];
}

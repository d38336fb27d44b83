/**
 * AS paths (RFC 4271 §4.3, §5.1.2; confederations RFC 5065 §3).
 *
 * @module
 */

/** One path segment. Numbers are 32-bit AS numbers; the order inside a set means nothing. */
export interface AsPathSegment {
  readonly kind: "sequence" | "set" | "confed_sequence" | "confed_set";
  readonly asns: readonly number[];
}

/** An AS path, nearest AS first; empty for a route that its own AS originated. */
export type AsPath = readonly AsPathSegment[];

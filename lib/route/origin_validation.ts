/**
 * Origin validation (RFC 6811 §2): the verdict on a route, what would change it, and the words of
 * public services for its states.
 *
 * @module
 */
import type { Prefix } from "../ip/prefix.ts";
import type { OriginValidation } from "./route.ts";
import type { Vrp, VrpTable } from "./vrp_table.ts";

/**
 * Why a route is not valid. `asn`: payloads cover the prefix, none of them for this AS; `length`:
 * some are for this AS, none lets the prefix be so long; `none`: nothing covers the prefix.
 */
export type OriginReason = "asn" | "length" | "none";

/** One payload that covers the prefix, and what it says of the route. */
export interface JudgedVrp extends Vrp {
  readonly allowsAsn: boolean;
  readonly allowsLength: boolean;
}

/** The verdict. */
export interface OriginVerdict {
  readonly state: Exclude<OriginValidation, "unverified">;
  /** Null for a valid route. */
  readonly reason: OriginReason | null;
  /** Longest prefix first. */
  readonly covering: readonly JudgedVrp[];
  /**
   * The ROA that would make the route valid and nothing else (RFC 9319 §5.1: no longer prefixes).
   * Null for a valid route, and for AS 0, which originates nothing (RFC 7607 §2).
   */
  readonly fix: Vrp | null;
}

/** Judges the route of `prefix` whose path ends in `asn`. */
export function validateOrigin(prefix: Prefix, asn: number, vrps: VrpTable): OriginVerdict {
  const covering = vrps.covering(prefix).map((vrp): JudgedVrp => ({
    ...vrp,
    // AS 0 in a payload matches no route (RFC 6483 §4, RFC 6811 §2).
    allowsAsn: vrp.asn === asn && asn !== 0,
    allowsLength: prefix.length <= vrp.maxLength,
  }));
  if (covering.some(({ allowsAsn, allowsLength }) => allowsAsn && allowsLength)) {
    return { state: "valid", reason: null, covering, fix: null };
  }
  const fix = asn === 0 ? null : { prefix, maxLength: prefix.length, asn };
  if (covering.length === 0) return { state: "not_found", reason: "none", covering, fix };
  const reason = covering.some(({ allowsAsn }) => allowsAsn) ? "length" : "asn";
  return { state: "invalid", reason, covering, fix };
}

/**
 * The state that a service names: `valid`; `invalid`, also with its reason behind it
 * (`invalid_asn`, `invalid-length`); `not-found`, `notfound`, `unknown`. Null for any other word.
 */
export function readOriginValidation(word: string): OriginValidation | null {
  const text = word.trim().toLowerCase().replaceAll("-", "_");
  if (text === "valid") return "valid";
  if (/^invalid(?:_|$)/.test(text)) return "invalid";
  return /^(?:not_?found|unknown)$/.test(text) ? "not_found" : null;
}

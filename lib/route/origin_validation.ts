/**
 * Origin validation states (RFC 6811 §2) in the words of public services.
 *
 * @module
 */
import type { OriginValidation } from "./route.ts";

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

/**
 * Whether one target pattern certainly covers another. Used where looser must be told from
 * stricter; what is not certain counts as not covered.
 *
 * @module
 */
import { addressBits, parseAddress } from "../ip/address.ts";
import { containsPrefix, parsePrefix, type Prefix, prefixOf, unmapPrefix } from "../ip/prefix.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

/** True if everything that `inner` matches, `outer` matches too. */
export function coversTarget(outer: string, inner: string): boolean {
  const a = outer.toLowerCase();
  const b = inner.toLowerCase();
  if (a === b || a === "*") return true;
  const wide = readRange(a);
  const narrow = readRange(b);
  if (wide !== null && narrow !== null) {
    // Policy reads a mapped range as IPv4, so "::/0" does not hold one.
    return containsPrefix(unmapPrefix(wide), unmapPrefix(narrow));
  }
  if (wide !== null || narrow !== null || !a.startsWith("*.")) return false;
  // `*.example.com` covers example.com, every name beneath it, and every glob that ends beneath it.
  const domain = a.slice(2);
  return !domain.includes("*") && (b === domain || b.endsWith(`.${domain}`));
}

/** The address or range that a text stands for, as a prefix; null for a name or a pattern. */
export function readRange(text: string): Prefix | null {
  try {
    if (text.includes("/")) return parsePrefix(text).prefix;
    const address = parseAddress(text);
    return prefixOf(address, addressBits(address.family));
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/**
 * Whether one target pattern certainly covers another. Used where looser must be told from
 * stricter; what is not certain counts as not covered.
 *
 * @module
 */
import ipaddr from "ipaddr.js";

/** True if everything that `inner` matches, `outer` matches too. */
export function coversTarget(outer: string, inner: string): boolean {
  const a = outer.toLowerCase();
  const b = inner.toLowerCase();
  if (a === b || a === "*") return true;
  const wide = range(a);
  const narrow = range(b);
  if (wide !== null && narrow !== null) {
    return wide[0].kind() === narrow[0].kind() && narrow[1] >= wide[1] && narrow[0].match(wide);
  }
  // `*.example.com` covers every name beneath it, and every glob that ends beneath it.
  return wide === null && narrow === null && a.startsWith("*.") && !a.slice(2).includes("*") &&
    b.endsWith(a.slice(1)) && b.length > a.length - 1;
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function range(text: string): Range | null {
  const [address = "", bits, ...more] = text.split("/");
  if (more.length > 0) return null;
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isV4 && !ipaddr.IPv6.isValid(address)) return null;
  const parsed = isV4 ? ipaddr.IPv4.parse(address) : ipaddr.IPv6.parse(address);
  const width = isV4 ? 32 : 128;
  const length = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  return length < 0 || length > width ? null : [parsed, length];
}

/**
 * Addresses as the doors compare them: one spelling for each address.
 *
 * @module
 */
import ipaddr from "ipaddr.js";

/**
 * One spelling for an address that the system or the caller wrote: four-part decimal IPv4, RFC 5952
 * IPv6 (zone id kept), IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) unwrapped. Null if it is not an address.
 */
export function comparableAddress(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!text.includes(":") || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString();
  return address.toRFC5952String();
}

/** True if `a` and `b` are the same address. */
export function sameAddress(a: string, b: string): boolean {
  const left = comparableAddress(a);
  return left !== null && left === comparableAddress(b);
}

/**
 * Addresses as the doors compare them: one spelling for each address.
 *
 * @module
 */
import { ipv4FromBits, parseAddressOrNull, renderAddress } from "../ip/address.ts";

/** Upper 96 bits of an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffffn;

/**
 * One spelling for an address that the system or the caller wrote: four-part decimal IPv4, RFC 5952
 * IPv6 (zone id kept), IPv4-mapped IPv6 unwrapped. Null if it is not an address.
 */
export function comparableAddress(text: string): string | null {
  const address = parseAddressOrNull(text, { zone: true });
  if (address === null) return null;
  const isMapped = address.family === 6 && address.value >> 32n === MAPPED;
  return renderAddress(isMapped ? ipv4FromBits(address.value & 0xffff_ffffn) : address);
}

/** True if `a` and `b` are the same address. */
export function sameAddress(a: string, b: string): boolean {
  const left = comparableAddress(a);
  return left !== null && left === comparableAddress(b);
}

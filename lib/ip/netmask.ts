/**
 * The mask of an IPv4 prefix length.
 *
 * @module
 */
import { ipv4FromBits, renderAddress } from "./address.ts";

/** `255.255.255.252` for 30; the length is 0 to 32. */
export function netmaskOfLength(length: number): string {
  const host = BigInt(32 - length);
  return renderAddress(ipv4FromBits(0xffff_ffffn >> host << host));
}

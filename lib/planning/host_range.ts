/**
 * Which addresses of a prefix hosts can have.
 *
 * @module
 */
import { type IpAddress, ipv4FromBits, ipv6FromBits } from "../ip/address.ts";
import { firstAddress, lastAddress, type Prefix, prefixSize } from "../ip/prefix.ts";

/** The addresses for hosts, and those that mean something else. */
export interface HostRange {
  readonly first: IpAddress;
  readonly last: IpAddress;
  readonly count: bigint;
  /** True if first and last address are the network and the directed broadcast (RFC 1122 §3.2.1.3). */
  readonly hasBroadcast: boolean;
}

/**
 * IPv4 sets the first and the last address aside, but not in a /31 (RFC 3021 §2.1) or /32; in IPv6
 * every address can be a host's, though the first is also every router's (RFC 4291 §2.6.1).
 */
export function hostRange(prefix: Prefix): HostRange {
  const hasBroadcast = prefix.family === 4 && prefix.length <= 30;
  const [first, last] = [firstAddress(prefix), lastAddress(prefix)];
  return {
    first: hasBroadcast ? addressAt(4, first.value + 1n) : first,
    last: hasBroadcast ? addressAt(4, last.value - 1n) : last,
    count: prefixSize(prefix) - (hasBroadcast ? 2n : 0n),
    hasBroadcast,
  };
}

/** The address with these bits. */
export function addressAt(family: 4 | 6, value: bigint): IpAddress {
  return family === 4 ? ipv4FromBits(value) : ipv6FromBits(value);
}

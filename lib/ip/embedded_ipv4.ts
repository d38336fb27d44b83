/**
 * IPv4 addresses that travel inside IPv6 ones: traffic sent to such an address may end at the IPv4
 * address, so whoever judges one must judge both.
 *
 * @module
 */
import { type IpAddress, ipv4FromBits } from "./address.ts";

/** How an IPv6 address carries an IPv4 one. */
export type EmbeddingKind =
  | "ipv4_mapped"
  | "ipv4_compatible"
  | "ipv4_translated"
  | "nat64"
  | "nat64_local"
  | "6to4"
  | "teredo_server"
  | "teredo_client"
  | "isatap";

/** One IPv4 address inside an IPv6 address. */
export interface Embedding {
  readonly kind: EmbeddingKind;
  readonly address: IpAddress;
}

const LOW32 = 0xffffffffn;

/**
 * The IPv4 addresses that an address carries, none for IPv4 itself and for ordinary IPv6.
 *
 * Teredo carries two. In 64:ff9b:1::/48 the operator of the translator chooses how long the prefix
 * is and the address does not say, so every position that RFC 6052 §2.2 leaves open is returned
 * (without 0.0.0.0/8, which padding produces); a translator ignores the bits behind the embedded
 * address, so they are ignored here too. 6rd and network-specific NAT64 prefixes cannot be seen
 * from an address.
 */
export function embeddedIpv4(address: IpAddress): readonly Embedding[] {
  if (address.family === 4) return [];
  const value = address.value;
  const one = (kind: EmbeddingKind, bits: bigint): Embedding => ({
    kind,
    address: ipv4FromBits(bits & LOW32),
  });
  // RFC 4291 §2.5.5.2
  if (value >> 32n === 0xffffn) return [one("ipv4_mapped", value)];
  // RFC 4291 §2.5.5.1; :: and ::1 are addresses of their own (§2.5.2, §2.5.3).
  if (value >> 32n === 0n) return value <= 1n ? [] : [one("ipv4_compatible", value)];
  // RFC 2765 §2.1, ::ffff:0:0:0/96
  if (value >> 32n === 0xffff0000n) return [one("ipv4_translated", value)];
  // RFC 6052 §2.1, 64:ff9b::/96
  if (value >> 32n === 0x0064ff9b_00000000_00000000n) return [one("nat64", value)];
  // RFC 8215, 64:ff9b:1::/48
  if (value >> 80n === 0x0064ff9b_0001n) return localNat64(value);
  // RFC 3056 §2, 2002::/16
  if (value >> 112n === 0x2002n) return [one("6to4", value >> 80n), ...isatap(value)];
  // RFC 4380 §4, 2001::/32: server, flags, port, then the client with its bits inverted.
  if (value >> 96n === 0x20010000n) {
    return [one("teredo_client", ~value & LOW32), one("teredo_server", value >> 64n)];
  }
  return isatap(value);
}

/** RFC 5214 §6.1: interface identifier 0000:5efe or 0200:5efe, then the IPv4 address. */
function isatap(value: bigint): Embedding[] {
  const identifier = value >> 32n & LOW32;
  if (identifier !== 0x00005efen && identifier !== 0x02005efen) return [];
  return [{ kind: "isatap", address: ipv4FromBits(value & LOW32) }];
}

/** RFC 6052 §2.2: prefix lengths 48, 56, 64 and 96; bits 64 to 71 are never part of the address. */
function localNat64(value: bigint): Embedding[] {
  const bits = (from: number, count: number): bigint =>
    value >> BigInt(128 - from - count) & (1n << BigInt(count)) - 1n;
  const candidates = [
    bits(96, 32),
    bits(48, 16) << 16n | bits(72, 16),
    bits(56, 8) << 24n | bits(72, 24),
    bits(72, 32),
  ];
  return [...new Set(candidates)]
    .filter((v4) => v4 >> 24n !== 0n)
    .map((v4) => ({ kind: "nat64_local", address: ipv4FromBits(v4) }));
}

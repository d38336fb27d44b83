/**
 * Address prefixes: a network address and a length.
 *
 * @module
 */
import {
  addressBits,
  type IpAddress,
  ipv4FromBits,
  ipv6FromBits,
  parseAddress,
  renderAddress,
} from "./address.ts";
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

/** A prefix. Bits behind `length` are zero. */
export interface Prefix {
  /** IP version. */
  readonly family: 4 | 6;
  /** The network address as an unsigned number. */
  readonly value: bigint;
  /** 0 to 32 or 0 to 128. */
  readonly length: number;
}

/** A prefix as somebody wrote it. */
export interface ParsedPrefix {
  /** The prefix, bits behind its length cleared. */
  readonly prefix: Prefix;
  /** The address in front of the slash. */
  readonly address: IpAddress;
  /** True if that address had bits behind the length, as in `10.1.2.3/8`. */
  readonly hostBitsSet: boolean;
}

const EXPECTED = "an address, a slash and a length, for example 192.0.2.0/24 or 2001:db8::/32";

/**
 * Reads `address/length`. The length is decimal without leading zeros; a netmask is not a length.
 *
 * @throws {IpSyntaxError}
 */
export function parsePrefix(text: string): ParsedPrefix {
  const slash = text.indexOf("/");
  const lengthText = slash === -1 ? "" : text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(lengthText)) {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)} as a prefix`, EXPECTED);
  }
  const address = parseAddress(text.slice(0, slash));
  const length = Number(lengthText);
  const bits = addressBits(address.family);
  if (length > bits) {
    throw new IpSyntaxError(
      `Cannot read ${quoteText(text)} as a prefix: IPv${address.family} has ${bits} bits`,
      `a length from 0 to ${bits}, for example ${renderAddress(address)}/${bits}`,
    );
  }
  const prefix = prefixOf(address, length);
  return { prefix, address, hostBitsSet: prefix.value !== address.value };
}

/** The prefix of this length around an address; its zone is dropped. @throws {RangeError} */
export function prefixOf(address: IpAddress, length: number): Prefix {
  const bits = addressBits(address.family);
  if (!Number.isInteger(length) || length < 0 || length > bits) {
    throw new RangeError(`Cannot make a prefix of length ${length}: 0 to ${bits} is possible`);
  }
  const host = BigInt(bits - length);
  return { family: address.family, value: address.value >> host << host, length };
}

/** Writes a prefix canonically: `192.0.2.0/24`, `2001:db8::/32`. */
export function renderPrefix(prefix: Prefix): string {
  return `${renderAddress(firstAddress(prefix))}/${prefix.length}`;
}

/** The lowest address of a prefix. */
export function firstAddress(prefix: Prefix): IpAddress {
  return prefix.family === 4 ? ipv4FromBits(prefix.value) : ipv6FromBits(prefix.value);
}

/** The highest address of a prefix. */
export function lastAddress(prefix: Prefix): IpAddress {
  const value = prefix.value + prefixSize(prefix) - 1n;
  return prefix.family === 4 ? ipv4FromBits(value) : ipv6FromBits(value);
}

/** How many addresses a prefix has. */
export function prefixSize(prefix: Prefix): bigint {
  return 1n << BigInt(addressBits(prefix.family) - prefix.length);
}

/** True if the address lies inside; families never mix, embedded IPv4 is not looked at. */
export function contains(prefix: Prefix, address: IpAddress): boolean {
  const host = BigInt(addressBits(prefix.family) - prefix.length);
  return prefix.family === address.family && address.value >> host === prefix.value >> host;
}

/** True if every address of `inner` lies in `outer`. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && contains(outer, firstAddress(inner));
}

/** True if the two have an address in common; one of them then contains the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return containsPrefix(a, b) || containsPrefix(b, a);
}

/** Orders IPv4 before IPv6, then by address, then short before long: for `Array.prototype.sort`. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.length - b.length;
}

/** The IPv4 prefix that a prefix within `::ffff:0:0/96` (RFC 4291 §2.5.5.2) stands for, else itself. */
export function unmapPrefix(prefix: Prefix): Prefix {
  return prefix.family === 6 && prefix.length >= 96 && prefix.value >> 32n === 0xffffn
    ? { family: 4, value: prefix.value & 0xffffffffn, length: prefix.length - 96 }
    : prefix;
}

/** The two halves of a prefix, or null for a single address. */
export function halves(prefix: Prefix): readonly [Prefix, Prefix] | null {
  const bits = addressBits(prefix.family);
  if (prefix.length === bits) return null;
  const length = prefix.length + 1;
  return [
    { ...prefix, length },
    { ...prefix, length, value: prefix.value | 1n << BigInt(bits - length) },
  ];
}

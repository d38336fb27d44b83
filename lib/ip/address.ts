/**
 * IPv4 and IPv6 addresses, read strictly and written canonically.
 *
 * @module
 */
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

/** An address. Two addresses are the same when family, value and zone are. */
export interface IpAddress {
  /** IP version. */
  readonly family: 4 | 6;
  /** The 32 or 128 bits as an unsigned number, most significant bit first. */
  readonly value: bigint;
  /** Interface of a link-local IPv6 address (RFC 4007 §11), else null. */
  readonly zone: string | null;
}

/** What {@link parseAddress} accepts beyond plain addresses. */
export interface AddressSyntax {
  /** Accept `fe80::1%eth0`: a zone on a link-local IPv6 address. Default false. */
  readonly zone?: boolean;
}

const EXPECTED =
  "four decimal parts without leading zeros or an IPv6 address, for example 192.0.2.10 or 2001:db8::10";
const EXPECTED_V6 =
  'up to eight groups of one to four hexadecimal digits with at most one "::", for example 2001:db8::10';
const ZONE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;
// One decimal octet without leading zeros: "0" to "255".
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
// The longest text: 45 characters of address, "%" and 15 of zone (IFNAMSIZ of Linux less its NUL).
const TEXT_MAX = 61;

/**
 * Reads an address: IPv4 as four decimal parts (RFC 6943 §3.1.1 "strict"), IPv6 as RFC 4291 §2.2
 * with all three forms. Nothing is trimmed; `127.1`, `0x7f000001`, `0177.0.0.1` and `2130706433`
 * are not addresses here.
 *
 * @throws {IpSyntaxError}
 */
export function parseAddress(text: string, syntax: AddressSyntax = {}): IpAddress {
  const percent = text.indexOf("%");
  const bare = percent === -1 ? text : text.slice(0, percent);
  if (text.length > TEXT_MAX || bare === "") {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)} as an address`, EXPECTED);
  }
  const address = bare.includes(":")
    ? { family: 6 as const, value: parseV6(bare, text), zone: null }
    : { family: 4 as const, value: parseV4(bare, text), zone: null };
  if (percent === -1) return address;
  const zone = text.slice(percent + 1);
  if (!isLinkLocalV6(address)) {
    throw new IpSyntaxError(
      `Cannot read ${quoteText(text)} as an address: a zone means something on fe80::/10 only`,
      `the address alone, ${renderAddress(address)}`,
    );
  }
  if (syntax.zone !== true) {
    throw new IpSyntaxError(
      `Cannot read ${quoteText(text)} as an address: no zone is accepted here`,
      `the address alone, ${renderAddress(address)}`,
    );
  }
  if (!ZONE.test(zone)) {
    throw new IpSyntaxError(
      `Cannot read ${quoteText(text)} as an address: ${quoteText(zone)} is no interface name`,
      "a zone of letters, digits, dots, hyphens and underscores, for example fe80::1%eth0",
    );
  }
  return { ...address, zone };
}

/** As {@link parseAddress}, or null where it throws. */
export function parseAddressOrNull(text: string, syntax: AddressSyntax = {}): IpAddress | null {
  try {
    return parseAddress(text, syntax);
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** An IPv4 address from its 32 bits. @throws {RangeError} */
export function ipv4FromBits(value: bigint): IpAddress {
  return fromBits(4, value);
}

/** An IPv6 address from its 128 bits. @throws {RangeError} */
export function ipv6FromBits(value: bigint): IpAddress {
  return fromBits(6, value);
}

/** Number of bits in an address of this family: 32 or 128. */
export function addressBits(family: 4 | 6): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** An address from 4 or 16 bytes in network order. @throws {RangeError} for any other length */
export function addressFromBytes(bytes: Uint8Array): IpAddress {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new RangeError(`Cannot make an address of ${bytes.length} bytes: 4 or 16 are needed`);
  }
  let value = 0n;
  for (const byte of bytes) value = value << 8n | BigInt(byte);
  return { family: bytes.length === 4 ? 4 : 6, value, zone: null };
}

/** The 4 or 16 bytes of an address in network order. */
export function addressToBytes(address: IpAddress): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(addressBits(address.family) / 8);
  let rest = address.value;
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * Writes an address in its one canonical form: dotted decimal, or RFC 5952 with `::ffff:0:0/96`
 * in mixed notation (§5), followed by `%zone` if it has one.
 */
export function renderAddress(address: IpAddress): string {
  const { family, value, zone } = address;
  if (family === 4) return renderV4(value);
  if (value >> 32n === 0xffffn) return `::ffff:${renderV4(value & 0xffffffffn)}`;
  return renderV6(value) + (zone === null ? "" : `%${zone}`);
}

/** Orders IPv4 before IPv6, then by value, then by zone: for `Array.prototype.sort`. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  const zoneA = a.zone ?? "", zoneB = b.zone ?? "";
  return zoneA < zoneB ? -1 : zoneA > zoneB ? 1 : 0;
}

/** True for fe80::/10, the only range where a zone means something here (RFC 4291 §2.5.6). */
export function isLinkLocalV6(address: IpAddress): boolean {
  return address.family === 6 && address.value >> 118n === 0x3fan;
}

function fromBits(family: 4 | 6, value: bigint): IpAddress {
  if (value < 0n || value >> BigInt(addressBits(family)) !== 0n) {
    throw new RangeError(`Cannot make an IPv${family} address of ${value}: out of range`);
  }
  return { family, value, zone: null };
}

function parseV4(part: string, whole: string): bigint {
  const octets = part.split(".");
  let value = 0n;
  for (const octet of octets) {
    const number = OCTET.test(octet) ? Number(octet) : 256;
    if (number > 255 || octets.length !== 4) {
      throw new IpSyntaxError(`Cannot read ${quoteText(whole)} as an address`, EXPECTED);
    }
    value = value << 8n | BigInt(number);
  }
  return value;
}

function parseV6(part: string, whole: string): bigint {
  const halves = part.split("::");
  const head = groupsOf(halves[0] ?? "", halves.length === 1, whole);
  const tail = groupsOf(halves[1] ?? "", true, whole);
  const missing = 8 - head.length - tail.length;
  // "::" stands for at least one group (RFC 4291 §2.2 item 2); without it all eight are there.
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) {
    throw new IpSyntaxError(`Cannot read ${quoteText(whole)} as an IPv6 address`, EXPECTED_V6);
  }
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => value << 16n | BigInt(group), 0n);
}

/** The 16-bit groups of a run without "::"; dotted decimal may stand at the end of the address. */
function groupsOf(run: string, endsAddress: boolean, whole: string): number[] {
  if (run === "") return [];
  const texts = run.split(":");
  const groups: number[] = [];
  texts.forEach((text, index) => {
    if (endsAddress && index === texts.length - 1 && text.includes(".")) {
      const v4 = Number(parseV4(text, whole));
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else if (GROUP.test(text)) {
      groups.push(parseInt(text, 16));
    } else {
      throw new IpSyntaxError(`Cannot read ${quoteText(whole)} as an IPv6 address`, EXPECTED_V6);
    }
  });
  return groups;
}

function renderV4(value: bigint): string {
  const bits = Number(value);
  return `${bits >>> 24}.${bits >>> 16 & 255}.${bits >>> 8 & 255}.${bits & 255}`;
}

function renderV6(value: bigint): string {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number(value >> shift & 0xffffn));
  // RFC 5952 §4.2: shorten the longest run of two or more zero groups, the first of equals.
  let start = -1, length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (run: number[]): string => run.map((group) => group.toString(16)).join(":");
  if (start === -1) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

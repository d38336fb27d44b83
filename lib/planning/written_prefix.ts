/**
 * Prefixes and addresses as people write them in plans, and what had to be noted about it.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { addressBits, type IpAddress, parseAddress } from "../ip/address.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";

/** A prefix and the text that it was read from. */
export interface WrittenPrefix {
  readonly text: string;
  readonly prefix: Prefix;
  /** What the text had besides the prefix: host bits, a mask in place of a length. */
  readonly note: string | null;
}

// An IPv4 address and a mask in place of the length.
const WITH_MASK = /^([0-9.]+)\/([0-9]+\..*)$/;

/**
 * Reads a prefix, a lone address as `/32` or `/128`, and for IPv4 a netmask or wildcard mask in
 * place of the length. Host bits are dropped and noted.
 *
 * @throws {InputError} `input.prefix`
 */
export function readPrefix(text: string): WrittenPrefix {
  return reading("prefix", () => {
    if (!text.includes("/")) {
      const address = parseAddress(text);
      return { text, prefix: prefixOf(address, addressBits(address.family)), note: null };
    }
    const [, addressText, maskText] = WITH_MASK.exec(text) ?? [];
    const { prefix, hostBitsSet } = parsePrefix(
      maskText === undefined ? text : `${addressText}/${maskLength(maskText, text)}`,
    );
    const canonical = renderPrefix(prefix);
    return {
      text,
      prefix,
      note: hostBitsSet
        ? `${text} has host bits set: read as ${canonical}`
        : maskText !== undefined
        ? `${text} was read as ${canonical}`
        : null,
    };
  });
}

/**
 * Reads an address; a zone is refused, because a plan has no interfaces.
 *
 * @throws {InputError} `input.address`
 */
export function readAddress(text: string): IpAddress {
  return reading("address", () => parseAddress(text));
}

/** Reads many prefixes; `unread` are the texts that are none. */
export function readPrefixes(
  texts: readonly string[],
): { readonly read: readonly WrittenPrefix[]; readonly unread: readonly string[] } {
  const read: WrittenPrefix[] = [];
  const unread: string[] = [];
  for (const text of texts) {
    const prefix = orNull(() => readPrefix(text));
    if (prefix === null) unread.push(text);
    else read.push(prefix);
  }
  return { read, unread };
}

/** What `read` returns, or null where it throws an {@link InputError}. */
export function orNull<T>(read: () => T): T | null {
  const value = whyUnread(() => ({ read: read() }));
  return typeof value === "string" ? null : value.read;
}

/** What `read` returns, or where it throws an {@link InputError} what that says, with its hint. */
export function whyUnread<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.message}. ${error.hint}`;
  }
}

/** The length that an IPv4 netmask (255.255.255.0) or wildcard mask (0.0.0.255) stands for. */
function maskLength(mask: string, whole: string): number {
  const { value } = parseAddress(mask);
  // A run of ones at the low end is one less than a power of two.
  const isLowRun = (bits: bigint): boolean => (bits & bits + 1n) === 0n;
  const inverse = value ^ 0xffff_ffffn;
  for (const hostBits of [inverse, value]) {
    if (isLowRun(hostBits)) return 32 - (hostBits === 0n ? 0 : hostBits.toString(2).length);
  }
  throw new IpSyntaxError(
    `Cannot read ${quoteText(whole)} as a prefix: the bits of its mask are not in one run`,
    "an address, a slash and a length, for example 192.0.2.0/24",
  );
}

function reading<T>(reason: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError(reason, error.message, { hint: `Wanted: ${error.expected}.` });
  }
}

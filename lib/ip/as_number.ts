/**
 * Autonomous system numbers, 32 bits (RFC 6793).
 *
 * @module
 */
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

/** Largest AS number. */
const MAX = 0xffff_ffff;
const EXPECTED = "an AS number from 0 to 4294967295, for example 64500, AS64500 or 1.10";

/**
 * Reads an AS number: asplain or asdot (RFC 5396 §2), with or without `AS` in front, any case. No
 * signs, spaces or leading zeros.
 *
 * @throws {IpSyntaxError}
 */
export function parseAsNumber(text: string): number {
  const [, high, low] = /^(?:AS)?(0|[1-9][0-9]{0,9})(?:\.(0|[1-9][0-9]{0,4}))?$/i.exec(text) ?? [];
  const number = high === undefined
    ? NaN
    : low === undefined
    ? Number(high)
    : Number(high) <= 0xffff && Number(low) <= 0xffff
    ? Number(high) * 0x1_0000 + Number(low)
    : NaN;
  if (!(number <= MAX)) {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)} as an AS number`, EXPECTED);
  }
  return number;
}

/**
 * Writes an AS number: `asplain` 65546, or `asdot` 1.10 from 65536 up (RFC 5396 §2).
 *
 * @throws {RangeError} if it is no integer of 32 bits
 */
export function renderAsNumber(number: number, notation: "asplain" | "asdot" = "asplain"): string {
  if (!Number.isInteger(number) || number < 0 || number > MAX) {
    throw new RangeError(`Cannot write ${number} as an AS number: 0 to ${MAX} is possible`);
  }
  if (notation === "asplain" || number <= 0xffff) return String(number);
  return `${Math.floor(number / 0x1_0000)}.${number & 0xffff}`;
}

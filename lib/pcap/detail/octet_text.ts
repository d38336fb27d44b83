/**
 * Octets for people and models to read: as a dump with both columns, as text with what is not UTF-8
 * made visible.
 *
 * @module
 */

import { hexText } from "../../bytes/hex.ts";

const DUMP_COLUMNS = 16;

/** Lines of `offset  hexadecimal  text`, 16 octets each; what does not print is a dot. */
export function dumpLines(octets: Uint8Array, firstOffset: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += DUMP_COLUMNS) {
    const row = octets.subarray(at, at + DUMP_COLUMNS);
    const hex = hexText(row, " ").padEnd(DUMP_COLUMNS * 3 - 1);
    const text = Array.from(row, (octet) => printable(octet) ? String.fromCharCode(octet) : ".");
    const offset = (firstOffset + at).toString(16).padStart(4, "0");
    lines.push(`${offset}  ${hex}  ${text.join("")}`);
  }
  return lines;
}

function printable(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}

/** Text of the first octets of something. */
export interface OctetText {
  readonly text: string;
  /** Octets that the text stands for. */
  readonly octets: number;
  /** False if some of them are no UTF-8; the text has `\xHH` for each of those. */
  readonly isUtf8: boolean;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** As many octets as give at most `charsMax` characters of text, as text. */
export function textOf(octets: Uint8Array, charsMax: number): OctetText {
  let text = "";
  let at = 0;
  let isUtf8 = true;
  while (at < octets.length) {
    const length = sequenceLength(octets, at);
    const next = length === 0
      ? `\\x${hexText(octets.subarray(at, at + 1))}`
      : utf8.decode(octets.subarray(at, at + length));
    if (next.length + text.length > charsMax) break;
    if (length === 0) isUtf8 = false;
    text += next;
    at += Math.max(1, length);
  }
  return { text, octets: at, isUtf8 };
}

/** Octets of the UTF-8 sequence at `at` (RFC 3629 §4); 0 if there is none. */
function sequenceLength(octets: Uint8Array, at: number): number {
  const first = octets[at] ?? 0;
  if (first < 0x80) return 1;
  const second = octets[at + 1] ?? 0;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (!isContinuation(octets[at + 2])) return 0;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 && isContinuation(octets[at + 3]) ? 4 : 0;
}

function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && (octet & 0xc0) === 0x80;
}

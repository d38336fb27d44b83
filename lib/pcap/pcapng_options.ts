/**
 * Options of pcapng blocks: a list of code, length and value, each padded to four octets
 * (draft-ietf-opsawg-pcapng, section "Options").
 *
 * @module
 */

/** Longest text that is kept of an option: names and descriptions come from outside. */
const MAX_TEXT_BYTES = 256;

/** Where the options of a block lie. */
export interface OptionList {
  readonly view: DataView;
  /** First octet of the list. */
  readonly start: number;
  /** First octet behind it. */
  readonly end: number;
  readonly littleEndian: boolean;
}

/** Position of the value of the first option `code` of at least `length` octets, or -1. */
export function findOption(list: OptionList, code: number, length: number): number {
  const { view, end, littleEndian } = list;
  let at = list.start;
  while (at + 4 <= end) {
    const here = view.getUint16(at, littleEndian);
    const size = view.getUint16(at + 2, littleEndian);
    if (here === 0 || at + 4 + size > end) return -1;
    if (here === code && size >= length) return at + 4;
    at += 4 + ((size + 3) & ~3);
  }
  return -1;
}

/** Octets that the first option beyond the end of the list claims, or 0: all of them fit. */
export function overlongOption({ view, start, end, littleEndian }: OptionList): number {
  for (let at = start; at + 4 <= end;) {
    const size = view.getUint16(at + 2, littleEndian);
    if (at + 4 + size > end) return size;
    if (view.getUint16(at, littleEndian) === 0) return 0;
    at += 4 + ((size + 3) & ~3);
  }
  return 0;
}

/** Text of an option, at most 256 octets, a broken sequence as U+FFFD; null if there is none. */
export function textOption(list: OptionList, code: number): string | null {
  const at = findOption(list, code, 1);
  if (at < 0) return null;
  const size = Math.min(list.view.getUint16(at - 2, list.littleEndian), MAX_TEXT_BYTES);
  // A text may carry zeros at its end (seen from Windows programs).
  return new TextDecoder().decode(
    new Uint8Array(list.view.buffer, list.view.byteOffset + at, size),
  ).replace(/\0+$/, "");
}

/** Unsigned 64-bit number of an option, rounded beyond 2^53; null if there is none. */
export function numberOption(list: OptionList, code: number): number | null {
  const at = findOption(list, code, 8);
  return at < 0 ? null : Number(list.view.getBigUint64(at, list.littleEndian));
}

/**
 * Prefixes as tables of routes show them: `192.0.2.0/24`, and without a length where the class of
 * the address tells it (Quagga, IOS).
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import { readPrefix } from "./path_draft.ts";

/** The prefix of a row, or null. */
export function readTablePrefix(text: string): Prefix | null {
  // Nearly all rows are of this form, and a table can have a million.
  return readPlainIpv4(text) ??
    readPrefix(text.includes("/") ? text : `${text}/${classfulLength(text)}`);
}

/** Length by the first octet (RFC 791 §2.3); the default route is shown as `0.0.0.0`. */
function classfulLength(text: string): number {
  const first = Number(text.slice(0, text.indexOf(".")));
  if (text === "0.0.0.0") return 0;
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/** `192.0.2.0/24` by one look at each character; null for whatever needs more than that. */
function readPlainIpv4(text: string): Prefix | null {
  let value = 0, number = 0, digits = 0, dots = 0;
  let slash = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      if (digits > 0 && number === 0) return null;
      number = number * 10 + code - 0x30;
      if (++digits > 3) return null;
    } else {
      const ends = code === 0x2e && dots < 3 || code === 0x2f && dots === 3 && !slash;
      if (!ends || digits === 0 || number > 255) return null;
      value = value * 256 + number;
      number = digits = 0;
      if (code === 0x2e) dots++;
      else slash = true;
    }
  }
  if (!slash || digits === 0 || number > 32 || value % 2 ** (32 - number) !== 0) return null;
  return { family: 4, value: BigInt(value), length: number };
}

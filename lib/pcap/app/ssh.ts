/**
 * The identification string of SSH (RFC 4253 §4.2).
 *
 * @module
 */
import { wireText } from "./octet_cursor.ts";

const PREFIX = [0x53, 0x53, 0x48, 0x2d];
const LF = 10, CR = 13;

/** The string without its line end, at most 255 characters; null if the octets begin otherwise. */
export function readSshBanner(octets: Uint8Array): string | null {
  if (!PREFIX.every((octet, index) => octets[index] === octet)) return null;
  const lf = octets.indexOf(LF);
  const end = lf < 0 ? octets.length : octets[lf - 1] === CR ? lf - 1 : lf;
  return wireText(octets.subarray(0, end));
}

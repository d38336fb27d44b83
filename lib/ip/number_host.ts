/**
 * Texts that the C library and browsers take for an IPv4 address though they are not four decimal
 * parts: `127.1`, `0x7f000001`, `0177.0.0.1`, `2130706433`.
 *
 * @module
 */
import { type IpAddress, ipv4FromBits } from "./address.ts";

const NUMBER = /^(?:0[xX][0-9a-fA-F]*|[0-9]+)$/;

/**
 * True if some resolver would read this host name as a number: its last label is all digits or
 * hexadecimal after `0x` (WHATWG URL §3.5 "ends in a number"). One final dot does not matter.
 */
export function endsInNumber(name: string): boolean {
  const labels = name.replace(/\.$/, "").split(".");
  return NUMBER.test(labels[labels.length - 1] ?? "");
}

/**
 * The address that inet_aton(3) and the WHATWG URL parser make of such a text (one to four parts,
 * each decimal, octal after `0` or hexadecimal after `0x`, the last one filling what is left), or
 * null if they make none.
 */
export function readNumberHost(name: string): IpAddress | null {
  const parts = name.replace(/\.$/, "").split(".");
  if (parts.length > 4) return null;
  let value = 0n;
  for (const [index, part] of parts.entries()) {
    const number = NUMBER.test(part) ? readNumber(part) : null;
    const last = index === parts.length - 1;
    const room = last ? BigInt(32 - 8 * index) : 8n;
    if (number === null || number >> room !== 0n) return null;
    value = value << room | number;
  }
  return ipv4FromBits(value);
}

function readNumber(part: string): bigint | null {
  if (/^0[xX]$/.test(part)) return 0n;
  if (/^0[xX]/.test(part)) return BigInt(part);
  if (!/^0[0-9]/.test(part)) return BigInt(part);
  return /^[0-7]+$/.test(part) ? BigInt(`0o${part}`) : null;
}

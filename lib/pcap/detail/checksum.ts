/**
 * The Internet checksum (RFC 1071) and the pseudo-headers that transports put before their segment
 * (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1).
 *
 * @module
 */

/** Sum of the 16-bit words from `from` to `to`, a last odd octet padded with zero; not folded. */
export function sumWords(view: DataView, from: number, to: number, seed = 0): number {
  let sum = seed;
  let at = from;
  for (; at + 1 < to; at += 2) sum += view.getUint16(at);
  if (at < to) sum += view.getUint8(at) << 8;
  return sum;
}

/** A sum folded to 16 bits with the carries added back; not complemented. */
export function foldSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}

/** Sum of a pseudo-header: addresses of 4 or 16 octets each, protocol, length of the segment. */
export function sumPseudoHeader(
  view: DataView,
  srcOffset: number,
  dstOffset: number,
  addressLength: number,
  protocol: number,
  length: number,
): number {
  const src = sumWords(view, srcOffset, srcOffset + addressLength);
  const both = sumWords(view, dstOffset, dstOffset + addressLength, src);
  return both + protocol + (length >>> 16) + (length & 0xffff);
}

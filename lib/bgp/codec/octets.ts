/**
 * Numbers in octets, most significant first. What is behind the end reads as zero.
 *
 * @module
 */

/** Two octets, unsigned. */
export function uint16At(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) << 8 | (octets[at + 1] ?? 0);
}

/** Four octets, unsigned. */
export function uint32At(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 24 | (octets[at + 1] ?? 0) << 16 | (octets[at + 2] ?? 0) << 8 |
    (octets[at + 3] ?? 0)) >>> 0;
}

/** A number of 16 bits as two octets. */
export function pair(value: number): [number, number] {
  return [value >>> 8 & 0xff, value & 0xff];
}

/** A number of 32 bits as four octets. */
export function quad(value: number): [number, number, number, number] {
  return [value >>> 24 & 0xff, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff];
}

/** Where whole entries of `size` octets begin between `start` and `end`. */
export function entriesAt(start: number, end: number, size: number): number[] {
  const entries: number[] = [];
  for (let at = start; at + size <= end; at += size) entries.push(at);
  return entries;
}

/** An unsigned number of 32 bits as an IPv4 address or an identifier: `192.0.2.1`. */
export function dottedAddress(bits: number): string {
  return `${bits >>> 24}.${bits >>> 16 & 0xff}.${bits >>> 8 & 0xff}.${bits & 0xff}`;
}

/** Path attributes written in place, apart from the codec that is measured. */

/** Flags, type and length of an attribute (RFC 4271 §4.3); returns where its value begins. */
export function writeHeader(
  into: DataView,
  at: number,
  flags: number,
  type: number,
  length: number,
): number {
  const isLong = length > 255;
  into.setUint8(at, isLong ? flags | 0x10 : flags);
  into.setUint8(at + 1, type);
  if (!isLong) {
    into.setUint8(at + 2, length);
    return at + 3;
  }
  into.setUint16(at + 2, length);
  return at + 4;
}

/** A segment of an AS path: 1 AS_SET, 2 AS_SEQUENCE (RFC 4271 §4.3); returns its end. */
export function writeSegment(
  into: DataView,
  at: number,
  kind: 1 | 2,
  asns: readonly number[],
): number {
  into.setUint8(at, kind);
  into.setUint8(at + 1, asns.length);
  at += 2;
  for (const asn of asns) {
    into.setUint32(at, asn);
    at += 4;
  }
  return at;
}

/**
 * AS_PATH as octets (RFC 4271 §4.3, §5.1.2; RFC 5065 §3; RFC 6793 §3): segments of a type, a count
 * and AS numbers of two or four octets.
 *
 * @module
 */
import type { AsPath, AsPathSegment } from "../../route/as_path.ts";
import { pair, quad, uint16At, uint32At } from "./octets.ts";

/** Segment types. */
export const SEGMENT = { set: 1, sequence: 2, confedSequence: 3, confedSet: 4 } as const;

/** Most AS numbers in one segment: its count has one octet. */
const SEGMENT_MAX = 255;

const KINDS = ["set", "sequence", "confed_sequence", "confed_set"] as const;

/** Bits of what {@link asPathFaults} finds. */
export const AS_PATH_FAULT = {
  /** A segment is cut, empty or of no known type (RFC 7606 §7.2); the others are not told then. */
  malformed: 1,
  /** It holds AS 0 (RFC 7607 §2). */
  zero: 2,
  /** It holds a segment of a confederation (RFC 5065 §5). */
  confederation: 4,
} as const;

/** What is wrong with a path, as bits of {@link AS_PATH_FAULT}; 0: nothing. */
export function asPathFaults(
  octets: Uint8Array,
  start: number,
  end: number,
  asBytes: 2 | 4,
): number {
  let faults = 0;
  let at = start;
  while (at < end) {
    if (at + 2 > end) return AS_PATH_FAULT.malformed;
    const type = octets[at] ?? 0, count = octets[at + 1] ?? 0;
    const next = at + 2 + count * asBytes;
    if (type === 0 || type > 4 || count === 0 || next > end) return AS_PATH_FAULT.malformed;
    if (type > SEGMENT.sequence) faults |= AS_PATH_FAULT.confederation;
    for (at += 2; at < next; at += asBytes) {
      if ((octets[at] ?? 0) !== 0 || (octets[at + 1] ?? 0) !== 0) continue;
      if (asBytes === 2 || ((octets[at + 2] ?? 0) | (octets[at + 3] ?? 0)) === 0) {
        faults |= AS_PATH_FAULT.zero;
      }
    }
  }
  return faults;
}

/**
 * Reads a path that has no {@link AS_PATH_FAULT.malformed}; what is behind a malformed segment is
 * left out. Sequences that follow each other are one: the wire parts them after 255 numbers.
 */
export function decodeAsPath(
  octets: Uint8Array,
  start: number,
  end: number,
  asBytes: 2 | 4 = 4,
): AsPath {
  const path: { kind: AsPathSegment["kind"]; asns: number[] }[] = [];
  let at = start;
  while (at + 2 <= end) {
    const kind = KINDS[(octets[at] ?? 0) - 1], count = octets[at + 1] ?? 0;
    const next = at + 2 + count * asBytes;
    if (kind === undefined || count === 0 || next > end) break;
    const last = path.at(-1);
    const asns = last?.kind === kind && kind === "sequence" ? last.asns : [];
    for (at += 2; at < next; at += asBytes) {
      asns.push(asBytes === 4 ? uint32At(octets, at) : uint16At(octets, at));
    }
    if (asns !== last?.asns) path.push({ kind, asns });
  }
  return path;
}

/** Writes a path; numbers that need four octets are AS_TRANS in two (RFC 6793 §4.2.2). */
export function encodeAsPath(path: AsPath, asBytes: 2 | 4 = 4): Uint8Array<ArrayBuffer> {
  const octets: number[] = [];
  for (const { kind, asns } of path) {
    for (let from = 0; from < asns.length; from += SEGMENT_MAX) {
      const part = asns.slice(from, from + SEGMENT_MAX);
      octets.push(KINDS.indexOf(kind) + 1, part.length);
      for (const asn of part) {
        octets.push(...(asBytes === 4 ? quad(asn) : pair(shortAs(asn))));
      }
    }
  }
  return Uint8Array.from(octets);
}

/** AS_TRANS (RFC 6793 §9): what a number of four octets is where two are spoken. */
export const AS_TRANS = 23_456;

/** The number in two octets, or AS_TRANS. */
export function shortAs(asn: number): number {
  return asn > 0xffff ? AS_TRANS : asn;
}

/**
 * The AS path of a session with AS numbers of two octets, as if it had four: AS_PATH widened and
 * merged with AS4_PATH (RFC 6793 §4.2.3).
 *
 * @module
 */
import { SEGMENT } from "./as_path_octets.ts";

/** Merges path after path into one buffer. */
export class As4Merge {
  /** The path, from 0 to `end`, AS numbers of four octets; valid until the next merge. */
  octets: Uint8Array = new Uint8Array(512);
  end = 0;

  /**
   * Takes an AS_PATH and an AS4_PATH (empty if absent), both of them well-formed. An AS4_PATH that
   * is longer than AS_PATH is not used; confederation segments of it are left out.
   */
  merge(octets: Uint8Array, start: number, end: number, as4Start: number, as4End: number): void {
    // Widening doubles at most, and the room of AS4_PATH comes on top.
    const most = 2 * (end - start) + as4End - as4Start;
    if (this.octets.length < most) this.octets = new Uint8Array(2 * most);
    this.end = 0;
    const length = countAses(octets, start, end, 2);
    const length4 = countAses(octets, as4Start, as4End, 4);
    const isUsed = length4 > 0 && length4 <= length;
    this.#lead(octets, start, end, isUsed ? length - length4 : Infinity);
    if (isUsed) this.#append(octets, as4Start, as4End);
  }

  /** Copies AS_PATH up to the number of ASes that AS4_PATH does not tell. */
  #lead(octets: Uint8Array, start: number, end: number, most: number): void {
    let left = most;
    for (let at = start; at < end;) {
      const type = octets[at] ?? 0, count = octets[at + 1] ?? 0;
      const isConfed = type > SEGMENT.sequence;
      if (!isConfed && left === 0) return;
      const taken = type === SEGMENT.sequence ? Math.min(left, count) : count;
      this.#segment(type, taken);
      for (let index = 0; index < taken; index++) {
        const from = at + 2 + 2 * index;
        this.#put(0, 0, octets[from] ?? 0, octets[from + 1] ?? 0);
      }
      if (taken < count) return;
      if (!isConfed) left -= type === SEGMENT.set ? 1 : taken;
      at += 2 + 2 * count;
    }
  }

  #append(octets: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end;) {
      const type = octets[at] ?? 0, next = at + 2 + 4 * (octets[at + 1] ?? 0);
      if (type <= SEGMENT.sequence) {
        this.octets.set(octets.subarray(at, next), this.end);
        this.end += next - at;
      }
      at = next;
    }
  }

  #segment(type: number, count: number): void {
    this.octets[this.end++] = type;
    this.octets[this.end++] = count;
  }

  #put(first: number, second: number, third: number, fourth: number): void {
    this.octets[this.end++] = first;
    this.octets[this.end++] = second;
    this.octets[this.end++] = third;
    this.octets[this.end++] = fourth;
  }
}

/** Length as route selection counts it: a set is one, confederations are none. */
function countAses(octets: Uint8Array, start: number, end: number, asBytes: 2 | 4): number {
  let length = 0;
  for (let at = start; at < end;) {
    const type = octets[at] ?? 0, count = octets[at + 1] ?? 0;
    if (type === SEGMENT.sequence) length += count;
    else if (type === SEGMENT.set) length++;
    at += 2 + asBytes * count;
  }
  return length;
}

/**
 * Network layer reachability information on the wire (RFC 4271 §4.3, RFC 4760 §5, RFC 7911 §3):
 * prefix after prefix out of the octets, without an object for any of them.
 *
 * @module
 */
import { uint32At } from "./octets.ts";

/**
 * True if the octets from `start` to `end` are whole prefixes of at most `maxBits` bits each, behind
 * a path identifier each if `hasPathId`.
 */
export function isWholeNlri(
  octets: Uint8Array,
  start: number,
  end: number,
  maxBits: 32 | 128,
  hasPathId: boolean,
): boolean {
  const head = hasPathId ? 4 : 0;
  let at = start;
  while (at < end) {
    at += head;
    if (at >= end) return false;
    const length = octets[at] ?? 0;
    if (length > maxBits) return false;
    at += 1 + (length + 7 >>> 3);
  }
  return at === end;
}

/**
 * True for an IPv4 prefix of multicast space (RFC 5771): `address` is unsigned. One that stands among
 * unicast NLRI is ignored, the others are not (RFC 4271 §6.3).
 */
export function isMulticast4(address: number, length: number): boolean {
  return length >= 4 && address >>> 28 === 0xe;
}

/** The same of an IPv6 prefix (RFC 4291 §2.7), by its first 32 bits, unsigned. */
export function isMulticast6(word0: number, length: number): boolean {
  return length >= 8 && word0 >>> 24 === 0xff;
}

/** True if one of these NLRI, which are whole, is of multicast space. */
export function hasMulticast(
  octets: Uint8Array,
  start: number,
  end: number,
  maxBits: 32 | 128,
  hasPathId: boolean,
): boolean {
  const head = hasPathId ? 5 : 1;
  for (let at = start + head; at < end;) {
    const length = octets[at - 1] ?? 0, first = octets[at] ?? 0;
    if (first >= 0xe0) {
      const word = (first << 24) >>> 0;
      if (maxBits === 32 ? isMulticast4(word, length) : isMulticast6(word, length)) return true;
    }
    at += head + (length + 7 >>> 3);
  }
  return false;
}

/** Goes through IPv4 NLRI. One cursor serves for good; fields are those of the prefix it stands on. */
export class Ipv4NlriCursor {
  /** Path identifier, unsigned; 0 where the NLRI have none. */
  pathId = 0;
  /** Network address as an unsigned number, bits behind the length cleared. */
  address = 0;
  /** 0 to 32. */
  length = 0;
  #octets: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #hasPathId = false;

  /** Stands in front of the first prefix of these octets. */
  open(octets: Uint8Array, start: number, end: number, hasPathId: boolean): this {
    this.#octets = octets;
    this.#at = start;
    this.#end = end;
    this.#hasPathId = hasPathId;
    this.pathId = 0;
    return this;
  }

  /** Steps to the next prefix; false at the end, and where the octets are no whole prefix. */
  next(): boolean {
    const octets = this.#octets, end = this.#end;
    let at = this.#at;
    if (this.#hasPathId) {
      if (at + 5 > end) return false;
      this.pathId = uint32At(octets, at);
      at += 4;
    } else if (at >= end) return false;
    const length = octets[at++] ?? 0;
    const size = length + 7 >>> 3;
    if (length > 32 || at + size > end) return false;
    this.#at = at + size;
    this.length = length;
    this.address = leadingWord(octets, at, length);
    return true;
  }
}

/** Goes through IPv6 NLRI, as {@link Ipv4NlriCursor} does; the address is four words. */
export class Ipv6NlriCursor {
  /** Path identifier, unsigned; 0 where the NLRI have none. */
  pathId = 0;
  /** The network address, 32 bits each, unsigned, the first most significant; host bits cleared. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  /** 0 to 128. */
  length = 0;
  #octets: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #hasPathId = false;

  /** Stands in front of the first prefix of these octets. */
  open(octets: Uint8Array, start: number, end: number, hasPathId: boolean): this {
    this.#octets = octets;
    this.#at = start;
    this.#end = end;
    this.#hasPathId = hasPathId;
    this.pathId = 0;
    return this;
  }

  /** Steps to the next prefix; false at the end, and where the octets are no whole prefix. */
  next(): boolean {
    const octets = this.#octets, end = this.#end;
    let at = this.#at;
    if (this.#hasPathId) {
      if (at + 5 > end) return false;
      this.pathId = uint32At(octets, at);
      at += 4;
    } else if (at >= end) return false;
    const length = octets[at++] ?? 0;
    const size = length + 7 >>> 3;
    if (length > 128 || at + size > end) return false;
    this.#at = at + size;
    this.length = length;
    this.word0 = leadingWord(octets, at, length);
    this.word1 = length > 32 ? leadingWord(octets, at + 4, length - 32) : 0;
    this.word2 = length > 64 ? leadingWord(octets, at + 8, length - 64) : 0;
    this.word3 = length > 96 ? leadingWord(octets, at + 12, length - 96) : 0;
    return true;
  }
}

/** The first `bits` bits (32 at most count) from `at` on as the top of a word; the rest is zero. */
function leadingWord(octets: Uint8Array, at: number, bits: number): number {
  if (bits >= 32) return uint32At(octets, at);
  let value = 0;
  if (bits > 0) value = (octets[at] ?? 0) << 24;
  if (bits > 8) value |= (octets[at + 1] ?? 0) << 16;
  if (bits > 16) value |= (octets[at + 2] ?? 0) << 8;
  if (bits > 24) value |= octets[at + 3] ?? 0;
  // The mask of length 0 is a shift by 32, which is none: nothing was read then.
  return (value & -1 << 32 - bits) >>> 0;
}

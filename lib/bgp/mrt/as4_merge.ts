/**
 * AS paths of two-octet speakers as paths of four octets (RFC 6793 §4.2.3).
 *
 * @module
 */

const SET = 1, SEQUENCE = 2, CONFED_SEQUENCE = 3, CONFED_SET = 4;

/** True if the octets are whole segments of known types, with AS numbers of `size` octets. */
export function isWholePath(octets: Uint8Array, start: number, end: number, size: 2 | 4): boolean {
  let at = start;
  while (at + 2 <= end) {
    const type = octets[at] ?? 0;
    if (type < SET || type > CONFED_SET) return false;
    at += 2 + size * (octets[at + 1] ?? 0);
  }
  return at === end;
}

/** Writes paths of four octets into a buffer of its own, which the next call uses again. */
export class As4Merger {
  octets: Uint8Array<ArrayBuffer> = new Uint8Array(4_096);

  /**
   * Merges AS_PATH, of two octets, with AS4_PATH (empty if absent), both whole; returns the end of
   * the path in `octets`, which begins at 0.
   */
  merge(octets: Uint8Array, path: Place, path4: Place): number {
    // Each octet of both can come out twice over.
    const needed = 2 * (path.end - path.start) + (path4.end - path4.start);
    if (needed > this.octets.length) this.octets = new Uint8Array(2 * needed);
    const have = length(octets, path, 2);
    const have4 = length(octets, path4, 4);
    if (have4 === 0 || have4 > have) return this.#expand(octets, path, Infinity);
    return this.#append(octets, path4, this.#expand(octets, path, have - have4));
  }

  /** The first `hops` hops of a path, of four octets each. */
  #expand(octets: Uint8Array, { start, end }: Place, hops: number): number {
    const into = this.octets;
    let to = 0;
    for (let at = start; at < end && hops > 0;) {
      const type = octets[at] ?? 0;
      const count = octets[at + 1] ?? 0;
      const kept = type === SEQUENCE ? Math.min(count, hops) : count;
      hops -= type === SEQUENCE ? kept : type === SET ? 1 : 0;
      into[to++] = type;
      into[to++] = kept;
      at += 2;
      for (let n = 0; n < kept; n++, to += 4) {
        into[to] = into[to + 1] = 0;
        into[to + 2] = octets[at + 2 * n] ?? 0;
        into[to + 3] = octets[at + 2 * n + 1] ?? 0;
      }
      at += 2 * count;
    }
    return to;
  }

  /** AS4_PATH without what must not be in it: segments of confederations (RFC 6793 §3). */
  #append(octets: Uint8Array, { start, end }: Place, to: number): number {
    for (let at = start; at < end;) {
      const next = at + 2 + 4 * (octets[at + 1] ?? 0);
      if ((octets[at] ?? 0) < CONFED_SEQUENCE) {
        this.octets.set(octets.subarray(at, next), to);
        to += next - at;
      }
      at = next;
    }
    return to;
  }
}

/** A part of some octets. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Length as route selection counts it (RFC 4271 §9.1.2.2, RFC 5065 §5.3). */
function length(octets: Uint8Array, { start, end }: Place, size: 2 | 4): number {
  let hops = 0;
  for (let at = start; at < end;) {
    const type = octets[at] ?? 0, count = octets[at + 1] ?? 0;
    hops += type === SEQUENCE ? count : type === SET ? 1 : 0;
    at += 2 + size * count;
  }
  return hops;
}

/**
 * Fields out of the body of a record, one after the other, never past its end.
 *
 * @module
 */

/** Reads big-endian numbers. Past the end every number is 0 and `isShort` is set. */
export class OctetReader {
  octets: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  /** More was read than there is. */
  isShort = false;

  /** Stands at `start`. */
  open(octets: Uint8Array, start: number, end: number): this {
    this.octets = octets;
    this.at = start;
    this.end = end;
    this.isShort = false;
    return this;
  }

  /** One octet. */
  byte(): number {
    return this.#has(1) ? this.octets[this.at++] ?? 0 : 0;
  }

  /** Two octets. */
  short(): number {
    if (!this.#has(2)) return 0;
    const { octets, at } = this;
    this.at = at + 2;
    return (octets[at] ?? 0) << 8 | (octets[at + 1] ?? 0);
  }

  /** Four octets, unsigned. */
  word(): number {
    if (!this.#has(4)) return 0;
    const { octets, at } = this;
    this.at = at + 4;
    return wordAt(octets, at);
  }

  /** Passes `count` octets over and returns where they begin. */
  skip(count: number): number {
    const start = this.at;
    if (this.#has(count)) this.at += count;
    return start;
  }

  #has(count: number): boolean {
    if (this.at + count <= this.end) return true;
    this.isShort = true;
    this.at = this.end;
    return false;
  }
}

/** Four octets as an unsigned number. */
export function wordAt(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 24 | (octets[at + 1] ?? 0) << 16 | (octets[at + 2] ?? 0) << 8 |
    (octets[at + 3] ?? 0)) >>> 0;
}

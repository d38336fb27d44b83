/**
 * Fields out of the body of a record, one after the other, never past its end.
 *
 * @module
 */
import { uint16At, uint32At } from "../codec/octets.ts";

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
    this.at += 2;
    return uint16At(this.octets, this.at - 2);
  }

  /** Four octets, unsigned. */
  word(): number {
    if (!this.#has(4)) return 0;
    this.at += 4;
    return uint32At(this.octets, this.at - 4);
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

/**
 * The headers of one packet with their places, outermost first: what the columns, which tell of the
 * innermost packet only, leave out.
 *
 * @module
 */

import type { Walk } from "./walk.ts";

/** Headers of a packet in the order in which they were entered; cleared and filled again. */
export class LayerTrace {
  /** Number of headers. */
  count = 0;
  /** Protocol of each, an id of `Protocol`. */
  readonly protocol: number[] = [];
  /** Offset of each in the bytes of the batch. */
  readonly pos: number[] = [];
  /** End of the octets that may be read. */
  readonly end: number[] = [];
  /** End of what encloses the header, on the wire. */
  readonly wireEnd: number[] = [];

  /** Forgets the packet before. */
  clear(): void {
    this.count = 0;
  }

  /** Takes down the header that the walk enters. */
  add(protocol: number, walk: Walk): void {
    const at = this.count++;
    this.protocol[at] = protocol;
    this.pos[at] = walk.pos;
    this.end[at] = walk.end;
    this.wireEnd[at] = walk.wireEnd;
  }
}

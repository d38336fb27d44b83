/**
 * The link types that occur in a capture.
 *
 * @module
 */
import type { Analyzer, PassBatch } from "../pass.ts";

/** Link types that are told of. */
const KEPT = 16;

/** Collects link types (LINKTYPE_ values) in order of appearance. */
export class LinkTypeWatch implements Analyzer {
  readonly #seen: number[] = [];
  #last = -1;

  addBatch({ packets }: PassBatch): void {
    const { linkType } = packets;
    for (let row = 0; row < packets.count; row++) {
      this.add(linkType[row] ?? 0);
    }
  }

  /** Takes a packet, or several of one link type. */
  add(type: number): void {
    if (type === this.#last) return;
    this.#last = type;
    if (this.#seen.length < KEPT && !this.#seen.includes(type)) this.#seen.push(type);
  }

  /** What was seen. */
  finish(): readonly number[] {
    return [...this.#seen];
  }
}

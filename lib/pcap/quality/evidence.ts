/**
 * The first few frame numbers of something that is counted.
 *
 * @module
 */

/** Frame numbers that a finding shows. */
const FRAMES_KEPT = 8;

/** A count and the frames that it began with. */
export interface Counted {
  readonly count: number;
  readonly frames: readonly number[];
}

/** Counts, and keeps the first frame numbers. */
export class Evidence implements Counted {
  count = 0;
  readonly frames: number[] = [];

  /** Counts one more. */
  add(frame: number): void {
    if (this.count++ < FRAMES_KEPT) this.frames.push(frame);
  }

  /** True if further frames are counted only. */
  get isFull(): boolean {
    return this.count >= FRAMES_KEPT;
  }

  /** Counts `more` frames; {@link isFull} or none. */
  addUnshown(more: number): void {
    this.count += more;
  }

  /** As plain data. */
  counted(): Counted {
    return { count: this.count, frames: [...this.frames] };
  }
}

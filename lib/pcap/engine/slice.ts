/**
 * Long work in slices, between which the other work of the thread has its turn.
 *
 * @module
 */
import { turn } from "./turn.ts";

/** Length of a slice, milliseconds. */
const SLICE_MS = 8;

/** The present slice of one work. */
export class Slice {
  readonly #signal: AbortSignal;
  #endMs = performance.now() + SLICE_MS;

  /** The first slice begins; `signal` ends the work. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Milliseconds to the end of the slice; 0 or less past it. */
  get leftMs(): number {
    return this.#endMs - performance.now();
  }

  /**
   * Gives way to other work, then begins the next slice.
   * @throws the signal's reason once it aborts
   */
  async next(): Promise<void> {
    await turn();
    this.#signal.throwIfAborted();
    this.#endMs = performance.now() + SLICE_MS;
  }
}

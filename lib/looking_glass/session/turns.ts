/**
 * One at a time, in the order of asking.
 *
 * @module
 */
import { orAborted } from "../../io/or_aborted.ts";

/** A queue of callers of which one has its turn. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits for the caller's turn and answers what ends it. Rejects with the signal's reason once it
   * aborts; the turn is then passed on.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = before.then(() => promise);
    try {
      await orAborted(before, signal);
    } catch (error) {
      resolve();
      throw error;
    }
    return resolve;
  }
}

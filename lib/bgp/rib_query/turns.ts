/**
 * Long work on the main thread in turns: each holds the lock of the tables for about a millisecond,
 * and other calls get theirs after a few.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";

/** Longest time that the writer should wait for a reader, milliseconds. */
const LOCK_MS = 1;
/** Longest time without a look at sockets and timers, milliseconds; one more turn may follow. */
const BUSY_MS = 3;
const FIRST_LIMIT = 256;
const MIN_LIMIT = 16;
const MAX_LIMIT = 65_536;

/** Runs `act` while nothing is written; what needs no lock runs as it is. */
export type Hold = <T>(act: () => T) => T;

const UNHELD: Hold = (act) => act();

/** The turns of one call. */
export class Turns {
  readonly #clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly #signal: AbortSignal;
  #busySinceMs: number;

  constructor(clock: Pick<Clock, "monotonicMs" | "sleep">, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#busySinceMs = clock.monotonicMs();
  }

  /**
   * Calls `turn` until it returns false, each time within `hold` and with how many items it should
   * take: as many as its last turns could in the time that there is.
   *
   * @throws the signal's reason, between two turns
   */
  async repeat(turn: (limit: number) => boolean, hold: Hold = UNHELD): Promise<void> {
    let limit = FIRST_LIMIT;
    while (true) {
      this.#signal.throwIfAborted();
      const startMs = this.#clock.monotonicMs();
      const isMore = hold(() => turn(limit));
      const endMs = this.#clock.monotonicMs();
      if (endMs - startMs > LOCK_MS) limit = Math.max(limit >> 1, MIN_LIMIT);
      else if (endMs - startMs < LOCK_MS / 2) limit = Math.min(limit * 2, MAX_LIMIT);
      if (!isMore) return;
      if (endMs - this.#busySinceMs >= BUSY_MS) {
        await this.#clock.sleep(0, this.#signal);
        this.#busySinceMs = this.#clock.monotonicMs();
      }
    }
  }
}

/**
 * Long work in short slices, so that sessions and timers have their turns in between.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { afterSockets } from "../session/socket_turns.ts";

/** A slice, milliseconds. */
const SLICE_MS = 2;
/** After so many slices the sockets are looked at. */
const SLICES_BEFORE_PAUSE = 8;

/** One piece of long work: does a little and returns true while there is more. */
export type Work = () => boolean;

/** Pieces of work, taken in turns. A key has one piece. */
export class Slices {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #onFault: (error: unknown) => void;
  readonly #queue = new Map<string, Work>();
  /** Takes back the turn that was asked for; null: none was. */
  #unschedule: (() => void) | null = null;
  #slices = 0;

  /** `onFault` is told what a piece of work threw: that piece is given up, the others go on. */
  constructor(clock: Pick<Clock, "monotonicMs">, onFault: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Has `work` done, instead of what was to do under this key. */
  add(key: string, work: Work): void {
    this.#queue.set(key, work);
    this.#schedule();
  }

  cancel(key: string): void {
    this.#queue.delete(key);
  }

  /** Forgets all work, and that a turn was asked for. */
  clear(): void {
    this.#queue.clear();
    this.#unschedule?.();
    this.#unschedule = null;
  }

  #schedule(): void {
    if (this.#unschedule !== null) return;
    const run = (): void => this.#slice();
    if (++this.#slices % SLICES_BEFORE_PAUSE === 0) this.#unschedule = afterSockets(run);
    else {
      const immediate = setImmediate(run);
      this.#unschedule = () => clearImmediate(immediate);
    }
  }

  #slice(): void {
    this.#unschedule = null;
    const untilMs = this.#clock.monotonicMs() + SLICE_MS;
    const [next] = this.#queue;
    if (next === undefined) return;
    const [key, work] = next;
    let isMore = true;
    try {
      do isMore = work(); while (isMore && this.#clock.monotonicMs() < untilMs);
    } catch (error) {
      isMore = false;
      this.#onFault(error);
    }
    // To the end of the queue, unless other work took its key meanwhile.
    if (this.#queue.get(key) === work) {
      this.#queue.delete(key);
      if (isMore) this.#queue.set(key, work);
    }
    if (this.#queue.size > 0) this.#schedule();
  }
}

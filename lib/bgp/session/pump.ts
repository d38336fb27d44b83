/**
 * The turns of all sessions: one after the other, timers in between, and a real pause when the budget
 * is spent. Measured on Deno 2.9.6: a read that is ready resolves without leaving the microtask
 * queue, so that without a pause neither timers nor other sockets would ever be looked at.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { afterSockets } from "./socket_turns.ts";
import { Timers } from "./timers.ts";

/** Turns between two pauses, however short: a peer that dribbles must not hold the loop. */
const TURNS_MAX = 256;

/** One pump serves all sessions of a thread. */
export class Pump {
  /** They are run between turns, so that a busy loop makes no keepalive late. */
  readonly timers: Timers;
  readonly #clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly #budgetMs: number;
  readonly #afterPause: (act: () => void) => void;
  readonly #queue: (() => void)[] = [];
  #isBusy = false;
  #spentMs = 0;
  #turns = 0;

  /** `budgetMs`: work between two pauses; a pause is to let every socket be looked at. */
  constructor(
    clock: Pick<Clock, "monotonicMs" | "sleep">,
    budgetMs: number,
    afterPause: (act: () => void) => void = afterSockets,
  ) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#afterPause = afterPause;
    this.timers = new Timers(clock);
  }

  /** Does `turn` when all that were there before have had theirs, now if there are none. It must not throw. */
  submit(turn: () => void): void {
    this.#queue.push(turn);
    if (!this.#isBusy) this.#run();
  }

  /** Resolves when every socket has been looked at and what had come is read. */
  async settle(): Promise<void> {
    // The first pause lets reads resolve, the second those that waited for the first.
    await this.#clock.sleep(0);
    await this.#clock.sleep(0);
    await new Promise<void>((resolve) => this.submit(resolve));
  }

  #run(): void {
    this.#isBusy = true;
    let fromMs = this.#clock.monotonicMs();
    while (this.#queue.length > 0) {
      if (this.#spentMs >= this.#budgetMs || this.#turns >= TURNS_MAX) {
        return this.#afterPause(() => this.#goOn());
      }
      this.timers.setTurn(fromMs);
      this.#queue.shift()?.();
      this.timers.setTurn(null);
      this.#turns++;
      this.timers.runDue();
      const nowMs = this.#clock.monotonicMs();
      this.#spentMs += nowMs - fromMs;
      fromMs = nowMs;
    }
    this.#isBusy = false;
  }

  #goOn(): void {
    this.#spentMs = 0;
    this.#turns = 0;
    this.#run();
  }
}

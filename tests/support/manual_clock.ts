/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */
import type { Clock } from "../../lib/io/io.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that only `pass` moves; sleepers wake in the order of their times. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #sleepers: Sleeper[] = [];

  /** `epochMs` is the wall time at the start. */
  constructor(readonly epochMs = 1_750_000_000_000) {}

  now(): number {
    return this.epochMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          leave();
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** Lets `ms` pass, waking whoever is due, and everything that follows from it run. */
  async pass(ms: number): Promise<void> {
    await settled();
    const untilMs = this.#nowMs + ms;
    while (true) {
      const [next] = this.#sleepers.filter(({ atMs }) => atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** The same as after a pause of the whole process: who is due meanwhile wakes once, at the end. */
  async leap(ms: number): Promise<void> {
    await settled();
    this.#nowMs += ms;
    await this.pass(0);
  }
}

/** Lets all that waits for nothing but the event loop run. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

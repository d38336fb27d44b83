/**
 * Acts that are due at a time, kept by one timer on the clock that never steps back.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";

/** A timer is asked for at most this far ahead, milliseconds: what waits longer is looked at again. */
const FAR_MS = 3_600_000;

interface Deadline {
  /** On the monotonic clock. */
  readonly atMs: number;
  readonly act: () => void;
}

/** What is due when. A key has one deadline. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #due = new Map<string, Deadline>();
  #timer: AbortController | null = null;
  #wakesAtMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has `act` called in `ms` milliseconds, instead of what was due under this key. */
  set(key: string, ms: number, act: () => void): void {
    this.#due.set(key, { atMs: this.#clock.monotonicMs() + Math.max(0, ms), act });
    this.#arm();
  }

  /** The same for a time on the wall clock, milliseconds since the epoch, as that clock stands now. */
  setAt(key: string, epochMs: number, act: () => void): void {
    this.set(key, epochMs - this.#clock.now(), act);
  }

  has(key: string): boolean {
    return this.#due.has(key);
  }

  cancel(key: string): void {
    this.#due.delete(key);
  }

  /** Nothing is due any more. */
  clear(): void {
    this.#due.clear();
    this.#timer?.abort();
    this.#timer = null;
    this.#wakesAtMs = Infinity;
  }

  #arm(): void {
    let nextMs = Infinity;
    for (const { atMs } of this.#due.values()) nextMs = Math.min(nextMs, atMs);
    if (nextMs >= this.#wakesAtMs) return;
    this.#timer?.abort();
    const timer = this.#timer = new AbortController();
    const nowMs = this.#clock.monotonicMs();
    const wakesAtMs = this.#wakesAtMs = Math.min(nextMs, nowMs + FAR_MS);
    this.#clock.sleep(Math.max(0, wakesAtMs - nowMs), timer.signal).then(
      () => this.#wake(),
      // An abort means that an earlier timer has taken its place.
      () => {},
    );
  }

  #wake(): void {
    this.#wakesAtMs = Infinity;
    const nowMs = this.#clock.monotonicMs();
    const due = [...this.#due].filter(([, { atMs }]) => atMs <= nowMs)
      .sort(([, a], [, b]) => a.atMs - b.atMs);
    for (const [key, deadline] of due) {
      // An act before it may have cancelled or moved it.
      if (this.#due.get(key) !== deadline) continue;
      this.#due.delete(key);
      deadline.act();
    }
    this.#arm();
  }
}

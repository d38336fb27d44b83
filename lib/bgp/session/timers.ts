/**
 * Timers of all sessions on one sleep of the clock: they can be set back without anything being
 * allocated, and whoever keeps the event loop busy can run what is due.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";

/** What a timer can look up and do in its set. */
interface TimerSet {
  nowMs(): number;
  turnMs(): number;
  add(timer: Timer): void;
  remove(timer: Timer): void;
}

/** One timer; made by {@link Timers.timer}. */
export class Timer {
  /** When it is due on the monotonic clock, milliseconds; null: it does not run. */
  dueMs: number | null = null;

  constructor(readonly set: TimerSet, readonly act: () => void) {}

  get isRunning(): boolean {
    return this.dueMs !== null;
  }

  /** Due in `ms`, whether it runs already or not. */
  start(ms: number): void {
    this.dueMs = this.set.nowMs() + ms;
    this.set.add(this);
  }

  /** The same, counted from the beginning of the turn at hand, so that no message asks for the time. */
  startWithTurn(ms: number): void {
    this.dueMs = this.set.turnMs() + ms;
    this.set.add(this);
  }

  stop(): void {
    if (this.dueMs === null) return;
    this.dueMs = null;
    this.set.remove(this);
  }
}

/** The timers. */
export class Timers implements TimerSet {
  readonly #clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly #running = new Set<Timer>();
  /** Nothing is due earlier. */
  #nextMs = Infinity;
  #sleep: AbortController | null = null;
  /** When the turn at hand began; null: there is none. */
  #turnMs: number | null = null;

  constructor(clock: Pick<Clock, "monotonicMs" | "sleep">) {
    this.#clock = clock;
  }

  /** A timer that does not run yet; `act` must not throw. */
  timer(act: () => void): Timer {
    return new Timer(this, act);
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  turnMs(): number {
    return this.#turnMs ?? this.#clock.monotonicMs();
  }

  /** A turn begins at this time, or is over: null. */
  setTurn(fromMs: number | null): void {
    this.#turnMs = fromMs;
  }

  add(timer: Timer): void {
    this.#running.add(timer);
    if ((timer.dueMs ?? Infinity) < this.#nextMs) this.#sleepUntil(timer.dueMs ?? Infinity);
  }

  remove(timer: Timer): void {
    this.#running.delete(timer);
    if (this.#running.size === 0) this.#sleepUntil(Infinity);
  }

  /** Runs what is due. */
  runDue(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextMs) return;
    for (const timer of [...this.#running]) {
      if (timer.dueMs === null || timer.dueMs > nowMs) continue;
      timer.stop();
      timer.act();
    }
    let nextMs = Infinity;
    for (const { dueMs } of this.#running) nextMs = Math.min(nextMs, dueMs ?? Infinity);
    this.#sleepUntil(nextMs);
  }

  #sleepUntil(nextMs: number): void {
    this.#nextMs = nextMs;
    this.#sleep?.abort();
    this.#sleep = null;
    if (nextMs === Infinity) return;
    const sleep = this.#sleep = new AbortController();
    const ms = Math.max(0, nextMs - this.#clock.monotonicMs());
    // An abort means that another sleep has taken its place.
    this.#clock.sleep(ms, sleep.signal).then(() => this.#wake(sleep), () => {});
  }

  #wake(sleep: AbortController): void {
    if (sleep !== this.#sleep) return;
    this.#sleep = null;
    // The system's timers may be early by a fraction of a millisecond.
    if (this.#clock.monotonicMs() < this.#nextMs) this.#sleepUntil(this.#nextMs);
    else this.runDue();
  }
}

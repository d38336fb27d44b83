/**
 * Politeness towards hosts: a request to one host starts at most once per interval, whoever asks,
 * first come first served, and not at all while the host has asked for a pause.
 *
 * @module
 */
import type { Clock } from "./io.ts";
import { orAborted } from "./or_aborted.ts";

/** Most callers that wait for one host; with one start a second, more would wait in vain. */
const WAITING_MAX = 60;
/** Longest pause that a host can ask for, milliseconds: a wrong `Retry-After` must not mute it for good. */
const PAUSE_MAX_MS = 900_000;

/** Why there is no turn. */
export type NoTurn =
  | { readonly why: "busy" }
  | { readonly why: "rate_limited"; readonly waitMs: number };

/** Queue of one host. */
interface Lane {
  /** Settles when everybody in front has had a turn or has left. */
  tail: Promise<void>;
  waiting: number;
  /** Monotonic time of the next start, milliseconds. */
  nextMs: number;
  /** Monotonic time at which the host may be asked again, milliseconds. */
  pausedUntilMs: number;
}

/** Turns at hosts; one instance serves the whole process. */
export class HostTurns {
  readonly #lanes = new Map<string, Lane>();

  /** `intervalMs`: from one start to the next at the same host. */
  constructor(
    readonly clock: Pick<Clock, "monotonicMs" | "sleep">,
    readonly intervalMs: number,
  ) {}

  /**
   * Waits for a turn at `host`; null once it has come. Rejects with the signal's reason if that
   * aborts first; whoever waits behind then moves up.
   */
  async take(host: string, signal: AbortSignal): Promise<NoTurn | null> {
    signal.throwIfAborted();
    const lane = this.#lane(host);
    if (lane.waiting >= WAITING_MAX) return { why: "busy" };
    const before = lane.tail;
    const { promise, resolve } = Promise.withResolvers<void>();
    lane.tail = promise;
    lane.waiting++;
    try {
      await orAborted(before, signal);
      signal.throwIfAborted();
      const waitMs = lane.nextMs - this.clock.monotonicMs();
      if (waitMs > 0 && !this.#isPaused(lane)) await this.clock.sleep(waitMs, signal);
      if (this.#isPaused(lane)) {
        return { why: "rate_limited", waitMs: lane.pausedUntilMs - this.clock.monotonicMs() };
      }
      lane.nextMs = this.clock.monotonicMs() + this.intervalMs;
      return null;
    } finally {
      lane.waiting--;
      // Somebody who left early must not let those behind overtake those in front.
      void before.then(resolve);
    }
  }

  /** The host has asked for a pause, milliseconds; at most 15 minutes count. */
  pause(host: string, pauseMs: number): void {
    const lane = this.#lane(host);
    const untilMs = this.clock.monotonicMs() + Math.min(pauseMs, PAUSE_MAX_MS);
    lane.pausedUntilMs = Math.max(lane.pausedUntilMs, untilMs);
  }

  #isPaused({ pausedUntilMs }: Lane): boolean {
    return pausedUntilMs > this.clock.monotonicMs();
  }

  #lane(host: string): Lane {
    const known = this.#lanes.get(host);
    if (known !== undefined) return known;
    const lane: Lane = { tail: Promise.resolve(), waiting: 0, nextMs: 0, pausedUntilMs: 0 };
    this.#lanes.set(host, lane);
    return lane;
  }
}

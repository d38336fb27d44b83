/**
 * How fast routes may change: so many changes a minute, and rest for a prefix that was taken back.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { denied } from "./denied.ts";
import type { GuardSettings } from "./settings.ts";

const MINUTE_MS = 60_000;

/** What rests after it was taken back. */
export interface Resting {
  readonly key: string;
  /** What it may not do while it rests: `Cannot announce 192.0.2.0/24: it was taken back`. */
  readonly message: string;
}

/** A prefix that is announced. */
export function restingPrefix(prefixText: string): Resting {
  const message = `Cannot announce ${prefixText}: it was taken back a moment ago and rests`;
  return { key: prefixText, message };
}

/** A session that is ended: with it every route of ours flaps at once. */
export function restingSession(peer: string): Resting {
  const message = `Cannot end the session with ${peer}: that was done a moment ago`;
  return { key: `session ${peer}`, message };
}

/** Counts changes on the clock that never steps. */
export class Pace {
  readonly #settings: Pick<GuardSettings, "maxChangesPerMin" | "cooldownSec">;
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** Times of changes within the last minute, oldest first. */
  #changes: number[] = [];
  /** When what rests may be done again; oldest first. */
  readonly #resting = new Map<string, number>();

  constructor(
    settings: Pick<GuardSettings, "maxChangesPerMin" | "cooldownSec">,
    clock: Pick<Clock, "monotonicMs">,
  ) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Changes that are left in this minute. */
  get left(): number {
    this.#forget();
    return this.#settings.maxChangesPerMin - this.#changes.length;
  }

  /**
   * Whether a change may be made now; with `resting`, whether that has rested.
   *
   * @throws {PolicyDenied} `policy.rate`, `policy.cooldown`, with `retry_after_sec`
   */
  judge(resting: Resting | null): void {
    this.#forget();
    const nowMs = this.#clock.monotonicMs();
    const untilMs = resting === null ? undefined : this.#resting.get(resting.key);
    if (resting !== null && untilMs !== undefined) {
      const retryAfterSec = Math.ceil((untilMs - nowMs) / 1_000);
      throw denied({
        reason: "cooldown",
        message: resting.message,
        hint: `Try again in ${retryAfterSec} s. A route that flaps is damped by others for hours.`,
        configKey: "bgp.originate.cooldown_sec",
        retryAfterSec,
      });
    }
    const [oldest] = this.#changes;
    if (oldest === undefined || this.#changes.length < this.#settings.maxChangesPerMin) return;
    const retryAfterSec = Math.ceil((oldest + MINUTE_MS - nowMs) / 1_000);
    throw denied({
      reason: "rate",
      message: `Cannot change anything: ${this.#changes.length} changes were made within a minute`,
      hint: `Try again in ${retryAfterSec} s. Taking back is always possible.`,
      configKey: "bgp.originate.max_changes_per_min",
      retryAfterSec,
    });
  }

  /** Counts a change. */
  count(): void {
    this.#changes.push(this.#clock.monotonicMs());
  }

  /** It was taken back, or its time ran out. */
  rest({ key }: Resting): void {
    this.#resting.delete(key);
    this.#resting.set(key, this.#clock.monotonicMs() + this.#settings.cooldownSec * 1_000);
  }

  #forget(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#changes = this.#changes.filter((atMs) => atMs > nowMs - MINUTE_MS);
    for (const [prefixText, untilMs] of this.#resting) {
      if (untilMs > nowMs) break;
      this.#resting.delete(prefixText);
    }
  }
}

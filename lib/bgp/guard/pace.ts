/**
 * How fast routes may change: so many changes a minute, and rest for a prefix that was taken back.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { denied } from "./denied.ts";
import type { GuardSettings } from "./settings.ts";

const MINUTE_MS = 60_000;

/** Counts changes on the clock that never steps. */
export class Pace {
  readonly #settings: Pick<GuardSettings, "maxChangesPerMin" | "cooldownSec">;
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** Times of changes within the last minute, oldest first. */
  #changes: number[] = [];
  /** When a prefix may be announced again; oldest first. */
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
   * Whether a change may be made now; with `prefixText`, whether that prefix has rested.
   *
   * @throws {PolicyDenied} `policy.rate`, `policy.cooldown`, with `retry_after_sec`
   */
  judge(prefixText: string | null): void {
    this.#forget();
    const nowMs = this.#clock.monotonicMs();
    const untilMs = prefixText === null ? undefined : this.#resting.get(prefixText);
    if (untilMs !== undefined) {
      const retryAfterSec = Math.ceil((untilMs - nowMs) / 1_000);
      throw denied({
        reason: "cooldown",
        message: `Cannot announce ${prefixText}: it was taken back a moment ago and rests`,
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

  /** A prefix of ours was taken back, or its time ran out. */
  rest(prefixText: string): void {
    this.#resting.delete(prefixText);
    this.#resting.set(
      prefixText,
      this.#clock.monotonicMs() + this.#settings.cooldownSec * 1_000,
    );
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

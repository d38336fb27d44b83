/**
 * The damaged places of an MRT file, each with its offset and what became of it, in bounded memory.
 *
 * @module
 */

/** One damaged place. */
export interface MrtDamage {
  /** Octets from the start of the file, decompressed. */
  readonly offset: number;
  /** What was found, one clause in our words. */
  readonly found: string;
  /** `skipped`: the record was left out; `stopped`: nothing behind the place was read. */
  readonly effect: "skipped" | "stopped";
}

/** Most places that are kept. */
const KEPT = 20;

/** Collects them. */
export class MrtDamageLog {
  /** The first ones. */
  readonly places: MrtDamage[] = [];
  /** All, kept or not. */
  count = 0;
  /** Where reading ended early, or null. */
  stoppedAt: number | null = null;

  /** The record at `offset` is left out. */
  skip(offset: number, found: string): void {
    this.#add({ offset, found, effect: "skipped" });
  }

  /** Nothing is read from `offset` on. */
  stop(offset: number, found: string): void {
    this.stoppedAt ??= offset;
    this.#add({ offset, found, effect: "stopped" });
  }

  #add(damage: MrtDamage): void {
    this.count++;
    // The end of reading is told whatever came before.
    if (this.places.length >= KEPT && damage.effect === "stopped") this.places.pop();
    if (this.places.length < KEPT) this.places.push(damage);
  }
}

/**
 * The damaged places of a capture, each with where it is, what was found and what was done about it.
 *
 * @module
 */

/** What became of the bytes at a damaged place. */
export type DamageEffect =
  /** Nothing after the place was read. */
  | "stopped"
  /** The record or block was left out; reading went on behind it. */
  | "skipped"
  /** The packet was kept with the value put right. */
  | "normalized"
  /** Nothing was lost; worth knowing. */
  | "noted";

/** One damaged place. */
export interface CaptureWarning {
  /** Stable name of the kind of damage. */
  readonly code: string;
  /** Byte offset in the capture, decompressed if it was compressed. */
  readonly offset: number;
  /** What was found, one clause. */
  readonly found: string;
  /** The field or bound that limited the reading. */
  readonly limitedBy: string;
  readonly effect: DamageEffect;
}

/** Most warnings that are kept in full: damage can sit in every record of a large file. */
const KEPT_WARNINGS = 100;

/** Most that are kept of one code, so that a frequent fault does not hide a rare one. */
const KEPT_PER_CODE = 10;

/** Collects warnings in bounded memory and counts them all. */
export class DamageLog {
  /** The first warnings of each code. */
  readonly kept: CaptureWarning[] = [];
  /** How many of each code, kept or not. */
  readonly counts: Map<string, number> = new Map();
  /** Offset of the first byte that was given up, or null. */
  lostFrom: number | null = null;

  /** Files a warning; what was stopped or skipped makes the capture incomplete from there. */
  add(warning: CaptureWarning): void {
    const seen = this.counts.get(warning.code) ?? 0;
    this.counts.set(warning.code, seen + 1);
    if (seen < KEPT_PER_CODE && this.kept.length < KEPT_WARNINGS) this.kept.push(warning);
    if (warning.effect === "stopped" || warning.effect === "skipped") this.loseFrom(warning.offset);
  }

  /** Bytes from `offset` on were given up. */
  loseFrom(offset: number): void {
    this.lostFrom = Math.min(offset, this.lostFrom ?? offset);
  }
}

/**
 * What every answer says about how much of the capture it rests on.
 *
 * @module
 */
import type { PassFacts } from "../pass.ts";

/** Part of every answer. */
export interface Coverage {
  /** True if the whole file was read and no byte of it given up. */
  readonly complete: boolean;
  /** Offset of the first byte that was given up (decompressed, if compressed), or null. */
  readonly truncated_at: number | null;
  readonly scanned_packets: number;
  /** `max_packets` if that ended the reading, else null. */
  readonly limited_by: "max_packets" | null;
  /** Damaged places, one line each, with how often. */
  readonly warnings: string[];
}

/** What a person must know of an answer that does not rest on the whole file; else nothing. */
export function sayCoverage({ limited_by, scanned_packets, truncated_at }: Coverage): string {
  const read = scanned_packets === 1 ? "1 packet was" : `${scanned_packets} packets were`;
  const limited = limited_by === null ? "" : ` Only ${read} read (${limited_by}).`;
  const damaged = truncated_at === null
    ? ""
    : ` What follows byte ${truncated_at} is damaged or missing, at least in part.`;
  return `${limited}${damaged}`;
}

/** Most warnings that an answer spells out; the kinds of all are counted. */
const WARNINGS_SHOWN = 8;

/** The coverage of an answer that rests on a pass. */
export function coverageOf(facts: PassFacts): Coverage {
  const warnings = facts.warnings.slice(0, WARNINGS_SHOWN).map((one) =>
    `${one.code} at byte ${one.offset}: found ${one.found}, limited by ${one.limitedBy}, ${one.effect}`
  );
  const total = [...facts.warningCounts.values()].reduce((sum, count) => sum + count, 0);
  if (total > warnings.length) {
    const kinds = [...facts.warningCounts].map(([code, count]) => `${code} ×${count}`).join(", ");
    warnings.push(`${total} damaged places in all: ${kinds}`);
  }
  return {
    complete: facts.complete && facts.limitedBy === null,
    truncated_at: facts.truncatedAt,
    scanned_packets: facts.packets,
    limited_by: facts.limitedBy,
    warnings,
  };
}

/**
 * A and AAAA of one name asked side by side, as `getaddrinfo` does: the slower one decides how long
 * the client waits (RFC 8305 §3).
 *
 * @module
 */
import { WorstList } from "./bounded.ts";
import { type PairSkew, SLOW_NS } from "./findings.ts";
import type { LookupTable } from "./lookup_table.ts";

const TYPE_A = 1;
const WORST_KEPT = 16;

/** Counts pairs and keeps the worst. */
export class AddressPairs {
  #pairs = 0;
  #skewed = 0;
  readonly #worst = new WorstList<PairSkew>(WORST_KEPT);

  /** Takes a pair of which both are decided. */
  add(lookups: LookupTable, one: number, other: number): void {
    this.#pairs++;
    const oneNs = lookups.waitedNs(one), otherNs = lookups.waitedNs(other);
    const isFirstLate = oneNs > otherNs;
    const [earlyNs, lateNs] = isFirstLate ? [otherNs, oneNs] : [oneNs, otherNs];
    const laterNs = lateNs - earlyNs;
    if (earlyNs === Infinity || laterNs <= SLOW_NS) return;
    this.#skewed++;
    const early = lookups.describe(isFirstLate ? other : one);
    const late = lookups.describe(isFirstLate ? one : other);
    const [a, aaaa] = late.type === TYPE_A ? [late, early] : [early, late];
    this.#worst.add({
      domain: late.name.text,
      client: late.client.text,
      late: late.type === TYPE_A ? "A" : "AAAA",
      laterNs: laterNs === Infinity ? null : laterNs,
      frames: [a.firstFrame, aaaa.firstFrame],
    }, laterNs);
  }

  /** What is known. */
  finish(): { pairs: number; skewed: number; worst: PairSkew[] } {
    return { pairs: this.#pairs, skewed: this.#skewed, worst: this.#worst.values() };
  }
}

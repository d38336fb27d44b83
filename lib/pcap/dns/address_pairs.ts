/**
 * A and AAAA of one name asked side by side, as `getaddrinfo` does: the slower one decides how long
 * the client waits (RFC 8305 §3).
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { WorstList } from "./bounded.ts";
import { type PairSkew, SLOW_NS } from "./findings.ts";
import type { LookupTable } from "./lookup_table.ts";

const TYPE_A = 1;
const WORST_KEPT = 16;

/** Counts pairs and keeps the worst. */
export class AddressPairs {
  readonly #pairs: Float64Array;
  #skewed = 0;
  readonly #worst = new WorstList<PairSkew>(WORST_KEPT);

  /** No pairs; how many there are is counted in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.#pairs = memory.float64(1);
  }

  /** Address in the memory of how many there are, for compiled code. */
  get address(): number {
    return this.#pairs.byteOffset;
  }

  get #count(): number {
    return this.#pairs[0] ?? 0;
  }

  /** Takes a pair of which both are decided. */
  add(lookups: LookupTable, one: number, other: number): void {
    this.#pairs[0] = this.#count + 1;
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
    return { pairs: this.#count, skewed: this.#skewed, worst: this.#worst.values() };
  }
}

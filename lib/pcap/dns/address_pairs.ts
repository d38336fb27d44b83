/**
 * A and AAAA of one name asked side by side, as `getaddrinfo` does: the slower one decides how long
 * the client waits (RFC 8305 §3).
 *
 * @module
 */
import { WorstList } from "./bounded.ts";
import { type PairSkew, SLOW_NS } from "./findings.ts";

/** One question of a pair. */
export interface PairedLookup {
  readonly domain: string;
  readonly client: string;
  readonly type: number;
  readonly firstFrame: number;
  /** How long it took; null if nobody answered. */
  readonly waitedNs: number | null;
}

const TYPE_A = 1;
const WORST_KEPT = 16;

/** Counts pairs and keeps the worst. */
export class AddressPairs {
  #pairs = 0;
  #skewed = 0;
  readonly #worst = new WorstList<PairSkew>(WORST_KEPT);

  /** Takes a pair of which both are decided. */
  add(one: PairedLookup, other: PairedLookup): void {
    this.#pairs++;
    const [early, late] = isLater(one, other) ? [other, one] : [one, other];
    if (early.waitedNs === null) return;
    const laterNs = late.waitedNs === null ? null : late.waitedNs - early.waitedNs;
    if (laterNs !== null && laterNs <= SLOW_NS) return;
    this.#skewed++;
    const [a, aaaa] = late.type === TYPE_A ? [late, early] : [early, late];
    this.#worst.add({
      domain: late.domain,
      client: late.client,
      late: late.type === TYPE_A ? "A" : "AAAA",
      laterNs,
      frames: [a.firstFrame, aaaa.firstFrame],
    }, laterNs ?? Infinity);
  }

  /** What is known. */
  finish(): { pairs: number; skewed: number; worst: PairSkew[] } {
    return { pairs: this.#pairs, skewed: this.#skewed, worst: this.#worst.values() };
  }
}

function isLater(one: PairedLookup, other: PairedLookup): boolean {
  return (one.waitedNs ?? Infinity) > (other.waitedNs ?? Infinity);
}

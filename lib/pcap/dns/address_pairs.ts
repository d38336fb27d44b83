/**
 * A and AAAA of one name asked side by side, as `getaddrinfo` does: the slower one decides how long
 * the client waits (RFC 8305 §3).
 *
 * @module
 */
import { WorstList } from "./bounded.ts";
import { type PairSkew, SLOW_NS } from "./findings.ts";
import type { Lookup } from "./lookup.ts";

const TYPE_A = 1;
const WORST_KEPT = 16;

/** Counts pairs and keeps the worst. */
export class AddressPairs {
  #pairs = 0;
  #skewed = 0;
  readonly #worst = new WorstList<PairSkew>(WORST_KEPT);

  /** Takes a pair of which both are decided. */
  add(one: Lookup, other: Lookup): void {
    this.#pairs++;
    const [early, late] = isLater(one, other) ? [other, one] : [one, other];
    if (early.waitedNs === null) return;
    const laterNs = late.waitedNs === null ? null : late.waitedNs - early.waitedNs;
    if (laterNs !== null && laterNs <= SLOW_NS) return;
    this.#skewed++;
    const [a, aaaa] = late.type === TYPE_A ? [late, early] : [early, late];
    this.#worst.add({
      domain: late.name.text,
      client: late.client.text,
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

function isLater(one: Lookup, other: Lookup): boolean {
  return (one.waitedNs ?? Infinity) > (other.waitedNs ?? Infinity);
}

/**
 * A distribution of round-trip times in logarithmic buckets: 32 to an octave, so that a percentile
 * is off by at most 1.6 %, and memory does not grow with samples.
 *
 * @module
 */
import type { RttSummary } from "./rtt_findings.ts";

/** Times are counted in units of this many nanoseconds. */
const UNIT_NS = 64;
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
/** Octaves of a 31-bit count of units: up to 137 s. */
const UNITS_MAX = 2 ** 31 - 1;
const BUCKETS = (31 - SUB_BITS + 1) * SUB;

/** Counts samples and tells percentiles. */
export class RttHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #samples = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** Adds a sample, nanoseconds, not negative. */
  add(ns: number): void {
    const bucket = bucketOf(ns);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#samples++;
    this.#sum += ns;
    if (ns < this.#min) this.#min = ns;
    if (ns > this.#max) this.#max = ns;
  }

  /** The distribution, null without a sample. */
  summary(): RttSummary | null {
    if (this.#samples === 0) return null;
    return {
      samples: this.#samples,
      minNs: this.#min,
      meanNs: this.#sum / this.#samples,
      p50Ns: this.#percentile(0.5),
      p95Ns: this.#percentile(0.95),
      p99Ns: this.#percentile(0.99),
      maxNs: this.#max,
    };
  }

  /** The least sample that at least `share` of all do not exceed (nearest rank), about. */
  #percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#samples));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(this.#max, Math.max(this.#min, middleOf(bucket)));
    }
    return this.#max;
  }
}

function bucketOf(ns: number): number {
  const units = Math.min(ns / UNIT_NS, UNITS_MAX) | 0;
  const octave = 31 - Math.clz32(units | 1);
  if (octave < SUB_BITS) return units;
  const shift = octave - SUB_BITS;
  return ((shift + 1) << SUB_BITS) + ((units >> shift) & (SUB - 1));
}

function middleOf(bucket: number): number {
  if (bucket < SUB) return (bucket + 0.5) * UNIT_NS;
  const shift = (bucket >> SUB_BITS) - 1;
  return ((bucket & (SUB - 1)) + SUB + 0.5) * 2 ** shift * UNIT_NS;
}

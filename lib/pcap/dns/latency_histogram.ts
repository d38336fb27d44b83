/**
 * A distribution of waiting times in constant memory: logarithmic buckets, so that percentiles are
 * exact to 3 %.
 *
 * @module
 */

/** Buckets per doubling of time; half a bucket is the error. */
const PER_OCTAVE = 16;
/** From 1 µs to 2^32 µs, over an hour. */
const OCTAVES = 32;
const NS_PER_US = 1e3;

/** Counts of waiting times. */
export class LatencyHistogram {
  samples = 0;
  /** Nanoseconds, exact; 0 without a sample. */
  maxNs = 0;
  #sumNs = 0;
  readonly #counts = new Uint32Array(PER_OCTAVE * OCTAVES);

  /** Adds one time; less than a microsecond counts as one. */
  add(ns: number): void {
    const octaves = Math.log2(Math.max(1, ns / NS_PER_US));
    const index = Math.min(PER_OCTAVE * OCTAVES - 1, Math.floor(octaves * PER_OCTAVE));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.samples++;
    this.#sumNs += ns;
    if (ns > this.maxNs) this.maxNs = ns;
  }

  /** Mean, nanoseconds; null without a sample. */
  get meanNs(): number | null {
    return this.samples === 0 ? null : this.#sumNs / this.samples;
  }

  /** The time that `share` (0 to 1) of all samples do not exceed; null without a sample. */
  quantileNs(share: number): number | null {
    if (this.samples === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.samples));
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index] ?? 0;
      if (left <= 0) {
        return Math.min(this.maxNs, NS_PER_US * 2 ** ((index + 0.5) / PER_OCTAVE));
      }
    }
    return this.maxNs;
  }
}

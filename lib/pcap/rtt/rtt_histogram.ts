/**
 * A distribution of round-trip times in logarithmic buckets: 32 to an octave, so that a percentile
 * is off by at most 1.6 %, and memory does not grow with samples.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import type { RttSummary } from "./rtt_findings.ts";

/** Times are counted in units of this many nanoseconds. */
const UNIT_NS = 64;
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;
/** Octaves of a 31-bit count of units: up to 137 s. */
const UNITS_MAX = 2 ** 31 - 1;
const BUCKETS = (31 - SUB_BITS + 1) * SUB;

/** Doubles of what is known beside the buckets, which follow them. */
const SAMPLES = 0, SUM = 1, MIN = 2, MAX = 3, HEAD_DOUBLES = 4;

/** Counts samples and tells percentiles. */
export class RttHistogram {
  readonly #head: Float64Array;
  readonly #counts: Uint32Array;

  /** No samples; what is counted lies in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    const doubles = memory.float64(HEAD_DOUBLES + BUCKETS / 2);
    const { buffer, byteOffset } = doubles;
    this.#head = doubles;
    this.#counts = new Uint32Array(buffer, byteOffset + HEAD_DOUBLES * 8, BUCKETS);
    doubles[MIN] = Infinity;
  }

  /** Address of what is counted, in its memory. */
  get address(): number {
    return this.#head.byteOffset;
  }

  /** Adds a sample, nanoseconds, not negative. */
  add(ns: number): void {
    const bucket = bucketOf(ns);
    const head = this.#head;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    head[SAMPLES] = this.#of(SAMPLES) + 1;
    head[SUM] = this.#of(SUM) + ns;
    if (ns < this.#of(MIN)) head[MIN] = ns;
    if (ns > this.#of(MAX)) head[MAX] = ns;
  }

  /** The distribution, null without a sample. */
  summary(): RttSummary | null {
    const samples = this.#of(SAMPLES);
    if (samples === 0) return null;
    return {
      samples,
      minNs: this.#of(MIN),
      meanNs: this.#of(SUM) / samples,
      p50Ns: this.#percentile(0.5),
      p95Ns: this.#percentile(0.95),
      p99Ns: this.#percentile(0.99),
      maxNs: this.#of(MAX),
    };
  }

  /** The least sample that at least `share` of all do not exceed (nearest rank), about. */
  #percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#of(SAMPLES)));
    const max = this.#of(MAX);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return Math.min(max, Math.max(this.#of(MIN), middleOf(bucket)));
    }
    return max;
  }

  #of(place: number): number {
    return this.#head[place] ?? 0;
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

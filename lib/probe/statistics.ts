/**
 * Round-trip statistics: one pass over the samples of a path or a host.
 *
 * @module
 */

/** What a set of round-trip times comes to, milliseconds. */
export interface RttStatistics {
  readonly minMs: number;
  readonly avgMs: number;
  readonly maxMs: number;
  /** Standard deviation of the population, as ping's `mdev` and `stddev`. */
  readonly stddevMs: number;
  /** Mean absolute difference of consecutive samples; null for fewer than two. */
  readonly jitterMs: number | null;
}

/** Rounds to microseconds, the finest that the programs print. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Mean of `samples` in milliseconds, or null if there are none. */
export function meanMs(samples: readonly number[]): number | null {
  if (samples.length === 0) return null;
  return roundMs(samples.reduce((sum, sample) => sum + sample, 0) / samples.length);
}

/** Statistics of `samples` in the order they were sent, or null if there are none. */
export function rttStatistics(samples: readonly number[]): RttStatistics | null {
  const first = samples[0];
  if (first === undefined) return null;
  let [min, max, sum, steps, last] = [first, first, 0, 0, first];
  for (const sample of samples) {
    min = Math.min(min, sample);
    max = Math.max(max, sample);
    sum += sample;
    steps += Math.abs(sample - last);
    last = sample;
  }
  const mean = sum / samples.length;
  const squares = samples.reduce((total, sample) => total + (sample - mean) ** 2, 0);
  return {
    minMs: roundMs(min),
    avgMs: roundMs(mean),
    maxMs: roundMs(max),
    stddevMs: roundMs(Math.sqrt(squares / samples.length)),
    jitterMs: samples.length < 2 ? null : roundMs(steps / (samples.length - 1)),
  };
}

/** Share of `sent` that did not come back, percent with two decimals; null if nothing was sent. */
export function lossPercent(sent: number, received: number): number | null {
  if (sent <= 0) return null;
  return Math.round((1 - Math.min(received, sent) / sent) * 10_000) / 100;
}

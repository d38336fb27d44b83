/**
 * How finely answers tell measured values.
 *
 * @module
 */

/** To three decimals, below one to six: a share of one in a million and a nanosecond stay visible. */
export function rounded(value: number): number {
  const unit = Math.abs(value) < 1 ? 1e6 : 1e3;
  return Math.round(value * unit) / unit;
}

/** Nanoseconds as milliseconds. */
export function msOf(ns: number): number {
  return rounded(ns / 1e6);
}

/** Octets in `sec` seconds as 10^6 bits per second; null without a duration. */
export function mbpsOf(octets: number, sec: number | null): number | null {
  return sec === null || sec <= 0 ? null : rounded(octets * 8 / sec / 1e6);
}

/**
 * Amounts as a person says them.
 *
 * @module
 */

/** `1 hop`, `3 hops`; exact at any size. */
export function sayCount(count: number | bigint, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 || count === 1n ? one : many}`;
}

/** A latency in milliseconds: `0.43 ms`, `12.1 ms`, `240 ms`. */
export function sayMs(ms: number): string {
  return `${ms < 1 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** A percentage without needless decimals: `0 %`, `33.3 %`. */
export function sayPercent(percent: number): string {
  return `${Math.round(percent * 10) / 10} %`;
}

/**
 * Words and limits that the tools about this host share.
 *
 * @module
 */

/** Longest run: two rounds of `ip` at its own deadline. */
export const HOST_BUDGET_MS = 45_000;

/** `1 route`, `3 routes`. */
export function sayNumber(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

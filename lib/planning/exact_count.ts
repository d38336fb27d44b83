/**
 * Counts of addresses and subnets as JSON carries them without loss.
 *
 * @module
 */

/**
 * A count as a number up to 2^53 - 1, above that as a decimal string: many readers of JSON take
 * every number for an IEEE 754 double (RFC 8259 §6).
 */
export function exactCount(count: bigint): number | string {
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : String(count);
}

/**
 * The fewest prefixes that hold exactly the same addresses.
 *
 * @module
 */
import { addressBits } from "../ip/address.ts";
import { comparePrefixes, containsPrefix, type Prefix } from "../ip/prefix.ts";
import { prefixOrder } from "./prefix_order.ts";

/** Joins prefixes: the shortest list for exactly their addresses, IPv4 first, by address. */
export function summarize(prefixes: readonly Prefix[]): Prefix[] {
  const joined: Prefix[] = [];
  for (const index of prefixOrder(prefixes)) {
    let next = prefixes[index];
    if (next === undefined) continue;
    let last = joined.at(-1);
    if (last !== undefined && containsPrefix(last, next)) continue;
    for (; last !== undefined && areHalves(last, next); last = joined.at(-1)) {
      next = { ...last, length: last.length - 1 };
      joined.pop();
    }
    joined.push(next);
  }
  return joined;
}

/** True if `b` is the upper half of the prefix whose lower half is `a`. */
function areHalves(a: Prefix, b: Prefix): boolean {
  if (a.length === 0) return false;
  const upper = a.value | 1n << BigInt(addressBits(a.family) - a.length);
  return upper !== a.value && comparePrefixes({ ...a, value: upper }, b) === 0;
}

/** The fewest prefixes for all addresses from `first` to `last`, by address. */
export function prefixesOfRange(family: 4 | 6, first: bigint, last: bigint): Prefix[] {
  const bits = addressBits(family);
  const prefixes: Prefix[] = [];
  for (let value = first; value <= last;) {
    let host = value === 0n ? bits : trailingZeros(value);
    const room = last - value + 1n;
    host = Math.min(host, room.toString(2).length - 1);
    prefixes.push({ family, value, length: bits - host });
    value += 1n << BigInt(host);
  }
  return prefixes;
}

function trailingZeros(value: bigint): number {
  return (value & -value).toString(2).length - 1;
}

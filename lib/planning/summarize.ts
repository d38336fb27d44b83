/**
 * The fewest prefixes that hold exactly the same addresses.
 *
 * @module
 */
import { addressBits } from "../ip/address.ts";
import { comparePrefixes, type Prefix } from "../ip/prefix.ts";
import { PrefixTable } from "./prefix_table.ts";

/** Joins prefixes: the shortest list for exactly their addresses, IPv4 first, by address. */
export function summarize(prefixes: readonly Prefix[]): Prefix[] {
  const table = new PrefixTable(prefixes);
  const joined: Prefix[] = [];
  // The last prefix that was not left out; what it does not hold, nothing before it holds.
  let kept = -1;
  for (const index of table.order()) {
    let next = prefixes[index];
    if (next === undefined || kept !== -1 && table.holds(kept, index)) continue;
    kept = index;
    for (let last = joined.at(-1); last !== undefined && areHalves(last, next);) {
      next = { ...last, length: last.length - 1 };
      joined.pop();
      last = joined.at(-1);
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
export function* prefixesOfRange(family: 4 | 6, first: bigint, last: bigint): Generator<Prefix> {
  const bits = addressBits(family);
  for (let value = first; value <= last;) {
    const aligned = value === 0n ? bits : trailingZeros(value);
    const fitting = (last - value + 1n).toString(2).length - 1;
    const host = Math.min(aligned, fitting);
    yield { family, value, length: bits - host };
    value += 1n << BigInt(host);
  }
}

function trailingZeros(value: bigint): number {
  return (value & -value).toString(2).length - 1;
}

/**
 * Target patterns as `--allow-net` and `--deny-net` write them, and cutting one range out of another.
 *
 * @module
 */
import { addressBits, type IpAddress, renderAddress } from "../ip/address.ts";
import { containsPrefix, firstAddress, halves, type Prefix, prefixOf } from "../ip/prefix.ts";
import type { TargetPattern } from "./targets.ts";

/** The prefix that holds one address only. */
export function hostPrefix(address: IpAddress): Prefix {
  return prefixOf(address, addressBits(address.family));
}

/**
 * How a flag writes the range: `192.0.2.0/24`, `192.0.2.1`, `[2001:db8::1]`. Null for an IPv6 range,
 * which Deno 2.9 cannot parse.
 */
export function renderRangeFlag(range: Prefix): string | null {
  const address = renderAddress(firstAddress(range));
  const isHost = range.length === addressBits(range.family);
  if (range.family === 6) return isHost ? `[${address}]` : null;
  return isHost ? address : `${address}/${range.length}`;
}

/**
 * `range` without `hole`, in rising order. Each halving leaves one sibling beside the half that
 * holds the hole, so there are at most as many pieces as bits between the two lengths.
 */
export function subtractRange(range: Prefix, hole: Prefix): readonly Prefix[] {
  if (containsPrefix(hole, range)) return [];
  if (!containsPrefix(range, hole)) return [range];
  return (halves(range) ?? []).flatMap((half) => subtractRange(half, hole));
}

/** How a flag writes a pattern, or null where Deno 2.9 has no form for it. */
export function renderPatternFlag(pattern: TargetPattern): string | null {
  switch (pattern.kind) {
    case "range":
      return renderRangeFlag(pattern.prefix);
    case "name":
      return pattern.name;
    case "domain":
      return `*.${pattern.name}`;
    case "glob":
    case "any":
      return null;
  }
}

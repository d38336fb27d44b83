/**
 * Ranges and names as `--allow-net` and `--deny-net` write them, and cutting one range out of another.
 *
 * @module
 */
import { addressBits, type IpAddress, renderAddress } from "../ip/address.ts";
import { parseHostName } from "../ip/host_name.ts";
import { containsPrefix, firstAddress, halves, type Prefix, prefixOf } from "../ip/prefix.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

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

/**
 * A name pattern as a flag: `host.example` or `*.example`, in canonical form; null for any other
 * glob, which Deno 2.9 cannot parse.
 */
export function renderNameFlag(pattern: string): string | null {
  const wildcard = pattern.startsWith("*.") ? "*." : "";
  try {
    return wildcard + parseHostName(pattern.slice(wildcard.length), { underscores: true });
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

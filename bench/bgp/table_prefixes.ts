/**
 * The prefixes of a made-up internet table: lengths, nesting and clustering as in the public table
 * of 2025, addresses random, special-use space left out.
 */
import { type Random, weighted } from "./random.ts";

/** Shares of the lengths, per cent. */
const IPV4_LENGTHS = weighted([
  [24, 61.5],
  [23, 10.7],
  [22, 11],
  [21, 5],
  [20, 4.4],
  [19, 2.5],
  [18, 1.4],
  [17, 0.9],
  [16, 1.7],
  [15, 0.3],
  [14, 0.25],
  [13, 0.1],
  [12, 0.1],
  [11, 0.05],
]);
const IPV6_LENGTHS = weighted([
  [48, 56],
  [32, 10],
  [44, 9],
  [40, 8],
  [36, 4.5],
  [46, 3.5],
  [47, 2.5],
  [29, 2],
  [33, 1.5],
  [34, 1],
  [42, 1],
  [38, 0.5],
  [28, 0.2],
  [64, 0.3],
]);

/** First 16 bits of IPv4 space that a table does not have (RFC 6890 and multicast). */
function isSpecial(address: number): boolean {
  const top = address >>> 24;
  const two = address >>> 16;
  return top === 0 || top === 10 || top === 127 || top >= 224 ||
    (top === 100 && (two & 0xc0) === 0x40) || two === 0xa9fe || (two & 0xfff0) === 0xac10 ||
    two === 0xc0a8 || two === 0xc000 || two === 0xc058 || (two & 0xfffe) === 0xc612 ||
    two === 0xc633 || two === 0xcb00;
}

/** Prefixes in the order of their groups: group `g` has those from `starts[g]` to `starts[g + 1]`. */
export interface GroupedPrefixes {
  readonly starts: Uint32Array;
  readonly lengths: Uint8Array;
  /** The first 32 bits of each. */
  readonly high: Uint32Array;
  /** Of IPv6, the 32 bits behind; empty for IPv4. */
  readonly low: Uint32Array;
}

/** How many prefixes each group has: many have one, few have hundreds; `count` together. */
function groupStarts(count: number, groups: number, random: Random): Uint32Array {
  const weights = new Float64Array(groups);
  let whole = 0;
  for (let group = 0; group < groups; group++) {
    whole += weights[group] = Math.min(400, 1 / (random.unit() + 0.002) ** 0.9);
  }
  const starts = new Uint32Array(groups + 1);
  const spare = count - groups;
  let sum = 0;
  for (let group = 0; group < groups; group++) {
    sum += weights[group]!;
    starts[group + 1] = group + 1 + Math.floor(spare * sum / whole);
  }
  starts[groups] = count;
  return starts;
}

/** `count` different IPv4 prefixes in `groups` groups, the prefixes of a group near each other. */
export function ipv4Prefixes(count: number, groups: number, random: Random): GroupedPrefixes {
  const starts = groupStarts(count, groups, random);
  const lengths = new Uint8Array(count);
  const high = new Uint32Array(count);
  // A bit for each node of the binary tree down to /24.
  const taken = new Uint8Array(1 << 22);
  const claim = (address: number, length: number): boolean => {
    const node = 2 ** length + Math.floor(address / 2 ** (32 - length));
    const bit = 1 << (node & 7);
    if (isSpecial(address) || (taken[node >>> 3]! & bit) !== 0) return false;
    taken[node >>> 3]! |= bit;
    return true;
  };
  for (let group = 0; group < groups; group++) {
    // What the group's AS was given: some hold a /16, most a /18 to /20.
    const blockLength = 15 + random.below(6);
    let block = truncate(random.bits(), blockLength);
    for (let at = starts[group]!; at < starts[group + 1]!; at++) {
      for (let attempt = 0;; attempt++) {
        if (attempt > 8) block = truncate(random.bits(), blockLength);
        const length = attempt > 16 ? 24 : IPV4_LENGTHS[random.below(4096)]!;
        const address = length < blockLength
          ? truncate(block, length)
          : (block + truncate(random.below(2 ** (32 - blockLength)), length)) >>> 0;
        if (!claim(address, length)) continue;
        lengths[at] = length;
        high[at] = address;
        break;
      }
    }
  }
  return { starts, lengths, high, low: new Uint32Array(0) };
}

/** `count` different IPv6 prefixes out of 2000::/3. */
export function ipv6Prefixes(count: number, groups: number, random: Random): GroupedPrefixes {
  const starts = groupStarts(count, groups, random);
  const lengths = new Uint8Array(count);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const taken = Array.from({ length: 65 }, () => new Set<number>());
  for (let group = 0; group < groups; group++) {
    const blockLength = 28 + random.below(9);
    const fresh = () => truncate((0x24000000 + random.below(0x0c000000)) >>> 0, 32);
    let top = fresh();
    for (let at = starts[group]!; at < starts[group + 1]!; at++) {
      for (let attempt = 0;; attempt++) {
        if (attempt > 8) top = fresh();
        const length = IPV6_LENGTHS[random.below(4096)]!;
        const bits = Math.min(length, 32);
        const first = length < blockLength
          ? truncate(top, bits)
          : (truncate(top, Math.min(blockLength, 32)) +
            truncate(random.below(2 ** (32 - Math.min(blockLength, 32))), bits)) >>> 0;
        // Behind the first 32 bits low numbers are the rule.
        const behind = length <= 32 ? 0 : truncate(random.skewed(2 ** 32), length - 32);
        // At most 64 bits: those that fit a double's 53 tell prefixes of one length apart.
        const key = first * 2 ** 21 + (behind >>> 11);
        const seen = taken[length]!;
        if (seen.has(key)) continue;
        seen.add(key);
        lengths[at] = length;
        high[at] = first;
        low[at] = behind;
        break;
      }
    }
  }
  return { starts, lengths, high, low };
}

function truncate(bits: number, length: number): number {
  return length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0;
}

/**
 * A prefix cut into subnets of one size, any window of them at once.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { addressBits } from "../ip/address.ts";
import { type Prefix, renderPrefix } from "../ip/prefix.ts";

/** The size of the subnets, one way or the other. */
export type SplitInto = { readonly length: number } | { readonly count: number };

/** Subnets of one size that fill a prefix; they are made when asked for. */
export interface Split {
  readonly length: number;
  readonly count: bigint;
  /** The subnets from number `start` on (the first is 0), at most `limit`. */
  list(start: bigint, limit: number): Prefix[];
}

/**
 * Cuts a prefix into equal subnets.
 *
 * @throws {InputError} `input.split` if there is no such split
 */
export function split(parent: Prefix, into: SplitInto): Split {
  const bits = addressBits(parent.family);
  const length = "length" in into ? into.length : parent.length + doublings(parent, into.count);
  if (length < parent.length || length > bits) {
    throw new InputError(
      "split",
      `Cannot split ${renderPrefix(parent)} into /${length}: a /${parent.length} has room for ` +
        `/${parent.length} to /${bits}`,
      { hint: `Give a new_prefix from ${parent.length} to ${bits}.` },
    );
  }
  const step = 1n << BigInt(bits - length);
  const count = 1n << BigInt(length - parent.length);
  return {
    length,
    count,
    list(start, limit) {
      const left = count > start ? count - start : 0n;
      const listed = left < BigInt(limit) ? Number(left) : limit;
      return Array.from({ length: listed }, (_, index) => ({
        family: parent.family,
        value: parent.value + (start + BigInt(index)) * step,
        length,
      }));
    },
  };
}

/** How often a prefix must be halved for `count` subnets. */
function doublings(parent: Prefix, count: number): number {
  const times = count === 1 ? 0 : (count - 1).toString(2).length;
  if (2 ** times === count) return times;
  throw new InputError(
    "split",
    `Cannot split ${renderPrefix(parent)} into ${count} equal subnets: ${count} is no power of two`,
    {
      hint: `Give count ${2 ** (times - 1)} or ${2 ** times}; plan_subnets places different sizes.`,
    },
  );
}

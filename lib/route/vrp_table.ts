/**
 * Validated ROA payloads (RFC 6811 §2), found by the prefixes that they cover.
 *
 * @module
 */
import { addressBits } from "../ip/address.ts";
import type { Prefix } from "../ip/prefix.ts";

/** One payload: this AS may originate this prefix, and longer ones up to `maxLength`. */
export interface Vrp {
  readonly prefix: Prefix;
  /** `prefix.length` to 32 or 128. */
  readonly maxLength: number;
  /** 0: nobody may (RFC 6483 §4). */
  readonly asn: number;
}

/** More than any length, so that AS number and length fit into one number. */
const LENGTHS = 256;

/** Whole numbers of so many bits are exact in a double. */
const EXACT_BITS = 53;

/** The first bits of a prefix as a number. */
type Key = number | bigint;

/** A set of payloads: half a million take some 60 MB. */
export class VrpTable {
  /** By prefix length, then by `keyOf`: what may be originated there, as `entryOf`. */
  readonly #ipv4 = new Map<number, Map<Key, number[]>>();
  readonly #ipv6 = new Map<number, Map<Key, number[]>>();
  #size = 0;

  /** How many payloads there are. */
  get size(): number {
    return this.#size;
  }

  /** False if it was there already. */
  add(vrp: Vrp): boolean {
    const { family, length } = vrp.prefix;
    const key = keyOf(vrp.prefix, length);
    const lengths = this.#lengths(family);
    let prefixes = lengths.get(length);
    if (prefixes === undefined) lengths.set(length, prefixes = new Map());
    const entry = entryOf(vrp);
    const entries = prefixes.get(key);
    if (entries === undefined) prefixes.set(key, [entry]);
    else if (entries.includes(entry)) return false;
    else entries.push(entry);
    this.#size++;
    return true;
  }

  /** False if it was not there. */
  delete(vrp: Vrp): boolean {
    const { family, length } = vrp.prefix;
    const key = keyOf(vrp.prefix, length);
    const prefixes = this.#lengths(family).get(length);
    const entries = prefixes?.get(key);
    const at = entries?.indexOf(entryOf(vrp)) ?? -1;
    if (prefixes === undefined || entries === undefined || at === -1) return false;
    entries.splice(at, 1);
    if (entries.length === 0) prefixes.delete(key);
    this.#size--;
    return true;
  }

  /** The payloads whose prefix contains `prefix` or is the same: longest first, then by AS and length. */
  covering(prefix: Prefix): readonly Vrp[] {
    const { family } = prefix;
    const found: Vrp[] = [];
    for (let length = prefix.length; length >= 0; length--) {
      const host = BigInt(addressBits(family) - length);
      const value = prefix.value >> host << host;
      const entries = this.#lengths(family).get(length)?.get(keyOf(prefix, length)) ?? [];
      for (const entry of entries.toSorted((a, b) => a - b)) {
        const maxLength = entry % LENGTHS;
        found.push({
          prefix: { family, length, value },
          maxLength,
          asn: (entry - maxLength) / LENGTHS,
        });
      }
    }
    return found;
  }

  /** All payloads, in no order; the table must not change meanwhile. */
  *[Symbol.iterator](): Generator<Vrp, undefined> {
    for (const family of [4, 6] as const) {
      for (const [length, prefixes] of this.#lengths(family)) {
        const host = BigInt(addressBits(family) - length);
        for (const [key, entries] of prefixes) {
          const prefix: Prefix = { family, length, value: BigInt(key) << host };
          for (const entry of entries) {
            const maxLength = entry % LENGTHS;
            yield { prefix, maxLength, asn: (entry - maxLength) / LENGTHS };
          }
        }
      }
    }
  }

  #lengths(family: 4 | 6): Map<number, Map<Key, number[]>> {
    return family === 4 ? this.#ipv4 : this.#ipv6;
  }
}

/**
 * The first `length` bits. V8 hashes a bigint by its lowest 64 bits, which are zero in all of the
 * IPv6 addresses of prefixes, so a table of whole addresses would be one long chain.
 */
function keyOf({ family, value }: Prefix, length: number): Key {
  const bits = value >> BigInt(addressBits(family) - length);
  return length <= EXACT_BITS ? Number(bits) : bits;
}

/** Both numbers in one: 32 and 8 bits, exact in a double. */
function entryOf({ asn, maxLength }: Vrp): number {
  return asn * LENGTHS + maxLength;
}

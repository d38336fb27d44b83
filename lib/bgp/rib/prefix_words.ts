/**
 * Addresses as four words of 32 bits, most significant first; one of IPv4 is the first word, the
 * others are 0.
 *
 * @module
 */
import { addressBits } from "../../ip/address.ts";
import type { Prefix } from "../../ip/prefix.ts";

/** The words of an address, reused by who reads many. */
export class AddressWords {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;

  /** The words of an address as a number. */
  setValue(family: 4 | 6, value: bigint): this {
    if (family === 4) {
      this.w0 = Number(value);
      this.w1 = this.w2 = this.w3 = 0;
      return this;
    }
    this.w0 = Number(value >> 96n);
    this.w1 = Number(value >> 64n & 0xffff_ffffn);
    this.w2 = Number(value >> 32n & 0xffff_ffffn);
    this.w3 = Number(value & 0xffff_ffffn);
    return this;
  }

  /** The first `length` bits of another one. */
  setMasked(words: AddressWords, length: number): void {
    this.w0 = maskWord(words.w0, length);
    this.w1 = maskWord(words.w1, length - 32);
    this.w2 = maskWord(words.w2, length - 64);
    this.w3 = maskWord(words.w3, length - 96);
  }

  /** How many bits in front are the same. */
  commonBits(other: AddressWords): number {
    let different = this.w0 ^ other.w0;
    if (different !== 0) return Math.clz32(different);
    different = this.w1 ^ other.w1;
    if (different !== 0) return 32 + Math.clz32(different);
    different = this.w2 ^ other.w2;
    if (different !== 0) return 64 + Math.clz32(different);
    return 96 + Math.clz32(this.w3 ^ other.w3);
  }

  /** As a prefix object. */
  toPrefix(family: 4 | 6, length: number): Prefix {
    const value = family === 4
      ? BigInt(this.w0)
      : BigInt(this.w0) << 96n | BigInt(this.w1) << 64n | BigInt(this.w2) << 32n | BigInt(this.w3);
    return { family, value, length };
  }
}

/** The first `bits` bits of a word, unsigned; none for 0 and less, all for 32 and more. */
export function maskWord(word: number, bits: number): number {
  if (bits >= 32) return word >>> 0;
  return bits <= 0 ? 0 : (word & -1 << (32 - bits)) >>> 0;
}

/** Longest prefix of a family. */
export function bitsOf(isV6: boolean): number {
  return addressBits(isV6 ? 6 : 4);
}

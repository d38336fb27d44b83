/**
 * Timestamps of pcapng: 64-bit counts of 10^-n or 2^-n seconds, split into seconds and nanoseconds
 * without loss (draft-ietf-opsawg-pcapng, options if_tsresol and if_tsoffset).
 *
 * @module
 */

const TWO_32 = 4_294_967_296;

/** How an interface counts time. */
export interface TimeUnit {
  /** As written: `10^-6`, `2^-20`. */
  readonly text: string;
  /** Units in a second if that is a power of ten up to 10^9, else 0: the exact slow way is taken. */
  readonly unitsPerSec: number;
  /** Nanoseconds of a unit where {@link TimeUnit.unitsPerSec} is not 0. */
  readonly nsecPerUnit: number;
  readonly base: 2 | 10;
  /** `n` of base^-n, 0 to 127. */
  readonly exponent: number;
  /** Units in a second, exact. */
  readonly exactUnits: bigint;
}

/** The unit that an if_tsresol octet means: the high bit tells the base, the rest the exponent. */
export function timeUnitOf(octet: number): TimeUnit {
  const exponent = octet & 0x7f;
  const base = (octet & 0x80) === 0 ? 10 : 2;
  const isFast = base === 10 && exponent <= 9;
  return {
    text: `${base}^-${exponent}`,
    unitsPerSec: isFast ? 10 ** exponent : 0,
    nsecPerUnit: isFast ? 10 ** (9 - exponent) : 0,
    base,
    exponent,
    exactUnits: BigInt(base) ** BigInt(exponent),
  };
}

/** Where {@link splitTime} leaves its result: a packet is not worth an object. */
export const split: { sec: number; nsec: number } = { sec: 0, nsec: 0 };

/** Splits a timestamp of two 32-bit words into {@link split}; fractions of a nanosecond are cut. */
export function splitTime(unit: TimeUnit, high: number, low: number): void {
  const units = unit.unitsPerSec;
  if (units === 0) return splitExactly(unit, high, low);
  if (high < 2_097_152) {
    // Below 2^53: one division is exact.
    const count = high * TWO_32 + low;
    const sec = Math.floor(count / units);
    split.sec = sec;
    split.nsec = (count - sec * units) * unit.nsecPerUnit;
    return;
  }
  // Long division by 16-bit digits: a remainder is below 10^9, so every step stays below 2^53.
  const whole = Math.floor(high / units);
  const middle = (high - whole * units) * 65_536 + (low >>> 16);
  const middleSec = Math.floor(middle / units);
  const last = (middle - middleSec * units) * 65_536 + (low & 0xffff);
  const lastSec = Math.floor(last / units);
  split.sec = whole * TWO_32 + middleSec * 65_536 + lastSec;
  split.nsec = (last - lastSec * units) * unit.nsecPerUnit;
}

function splitExactly(unit: TimeUnit, high: number, low: number): void {
  const count = (BigInt(high) << 32n) | BigInt(low);
  const sec = count / unit.exactUnits;
  split.sec = Number(sec);
  split.nsec = Number(((count - sec * unit.exactUnits) * 1_000_000_000n) / unit.exactUnits);
}

/**
 * The compiled twin of `filter/column_selector.ts`, and of the search for a protocol in
 * `filter/compile.ts`, for batches whose columns tell of every header; and the search for those that
 * do not, as in `filter/packet_headers.ts`. AssemblyScript.
 */
import { base, Column } from "./columns";

/** Mark of a row of which the column does not tell, where others have 1 if they are kept, else 0. */
const UNTOLD: u32 = 2;

/** Types that quote a packet in ICMP or in ICMPv6, a bit each: more than `isIcmpError` in `dissect/dissect.ts` has. */
const QUOTING: u32 = 0b0001_1000_0011_1110, QUOTING_MAX: u32 = 12;

let mask: u32 = 0;

/** Told once where the mask lies. */
export function bindMask(maskAt: u32): void {
  mask = maskAt;
}

/** True if one of the first `count` rows is in a tunnel, or may quote a packet. */
export function mayHaveSeveral(count: u32): bool {
  const none = i16x8.splat(-1);
  let tunnels: v128 = i8x16.splat(0);
  let row: u32 = 0;
  for (; row + 16 <= count; row += 16) {
    tunnels = v128.or(tunnels, v128.load(base + row, Column.tunnelDepth));
    const types = base + (row << 1);
    const both = v128.and(v128.load(types, Column.icmpType), v128.load(types, Column.icmpType + 16));
    if (v128.any_true(i16x8.ne(both, none)) && mayQuote(row, row + 16)) return true;
  }
  let depths: u32 = 0;
  for (let last = row; last < count; last++) depths |= load<u8>(base + last, Column.tunnelDepth);
  return v128.any_true(tunnels) || depths != 0 || mayQuote(row, count);
}

/** True if one of rows `from` to `to` - 1 may quote a packet. */
function mayQuote(from: u32, to: u32): bool {
  let quotes: u32 = 0;
  for (let row = from; row < to; row++) {
    const type = load<u16>(base + (row << 1), Column.icmpType) as u32;
    quotes |= select<u32>(QUOTING >>> type, 0, type <= QUOTING_MAX);
  }
  return (quotes & 1) != 0;
}

/**
 * Leaves of the first `count` rows in the mask those whose header is there and whose value lies from
 * `low` to `high`, or outside of that; returns how many, and above 16 bits how many are untold: those
 * are marked so, as their value is less than `least`. The mask must be 0 behind `count`. `column`
 * has 32 bits signed or, if `isShort`, 16 bits unsigned, of which `bits` count once they are moved down by
 * `shift`; `other`: where a second value stands, or 0, and whether both must satisfy it. `sources`: an
 * octet by path, 0 if the header is not on it.
 */
export function keepRows(
  count: u32,
  sources: u32,
  column: u32,
  other: u32,
  isShort: bool,
  shift: u32,
  bits: i32,
  least: i32,
  low: i32,
  high: i32,
  isOutside: bool,
  isEvery: bool,
): u32 {
  const lows = i32x4.splat(low), spans = i32x4.splat(high - low);
  const outside = i32x4.splat(-(isOutside as i32)), every = i32x4.splat(-(isEvery as i32));
  const parts = i32x4.splat(bits), leasts = i32x4.splat(least);
  const stride: u32 = isShort ? 2 : 4;
  // Without a second value, the first one stands in for it.
  const second = other == 0 ? column : other;
  let left: u32 = 0, untold: u32 = 0;
  for (let row: u32 = 0; row < count; row += 8) {
    if (load<u64>(mask + row) == 0) continue;
    const at = column + row * stride, beside = second + row * stride;
    const a = lowFour(at, isShort), b = highFour(at, isShort);
    const told = narrow(i32x4.ge_s(a, leasts), i32x4.ge_s(b, leasts));
    const one = narrow(
      within(i32x4.shr_s(a, shift), parts, lows, spans, outside),
      within(i32x4.shr_s(b, shift), parts, lows, spans, outside),
    );
    const two = narrow(
      within(i32x4.shr_s(lowFour(beside, isShort), shift), parts, lows, spans, outside),
      within(i32x4.shr_s(highFour(beside, isShort), shift), parts, lows, spans, outside),
    );
    const holds = v128.bitselect(v128.and(one, two), v128.or(one, two), every);
    const none = i8x16.splat(0);
    const open = v128.and(
      i8x16.ne(v128.load64_zero(mask + row), none),
      i8x16.ne(sourcesOfEight(sources, base + (row << 1)), none),
    );
    const kept = v128.and(open, v128.and(told, holds));
    const unknown = v128.andnot(open, told);
    const marks = v128.or(
      v128.and(kept, i8x16.splat(1)),
      v128.and(unknown, i8x16.splat(UNTOLD as i8)),
    );
    v128.store64_lane(mask + row, marks, 0);
    left += popcnt<u32>(i8x16.bitmask(kept) as u32);
    untold += popcnt<u32>(i8x16.bitmask(unknown) as u32);
  }
  return left | (untold << 16);
}

/** Which of four numbers lie in the range. */
@inline
function within(numbers: v128, parts: v128, lows: v128, spans: v128, outside: v128): v128 {
  const above = i32x4.sub(v128.and(numbers, parts), lows);
  return v128.xor(i32x4.le_u(above, spans), outside);
}

@inline
function lowFour(at: u32, isShort: bool): v128 {
  return isShort ? v128.load16x4_u(at) : v128.load(at);
}

@inline
function highFour(at: u32, isShort: bool): v128 {
  return isShort ? v128.load16x4_u(at, 8) : v128.load(at, 16);
}

/** Eight answers as octets. */
@inline
function narrow(first: v128, second: v128): v128 {
  const eight = i16x8.narrow_i32x4_s(first, second);
  return i8x16.narrow_i16x8_s(eight, i16x8.splat(0));
}

/** What `sources` says of the paths of eight rows. */
@inline
function sourcesOfEight(sources: u32, at: u32): v128 {
  const paths = v128.load(at, Column.path);
  let eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 0) as u32), i8x16.splat(0), 0);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 1) as u32), eight, 1);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 2) as u32), eight, 2);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 3) as u32), eight, 3);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 4) as u32), eight, 4);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 5) as u32), eight, 5);
  eight = v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 6) as u32), eight, 6);
  return v128.load8_lane(sources + (i16x8.extract_lane_u(paths, 7) as u32), eight, 7);
}

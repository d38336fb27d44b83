/** The compiled twin of the frequent part of `pcap.ts`, and the times and sums of a batch. AssemblyScript. */
import { base, Column } from "./columns";
import { highHalves, swapped } from "./vectors";

const RECORD_OCTETS: u32 = 16;
const NS_PER_SEC: f64 = 1e9;

/**
 * Frames records from the address `at` up to `end` into rows from 0 on, at most `most`: as many as are
 * whole and whose fields fit each other. Returns how many. `bytes` is what offsets count from.
 */
export function frameRecords(
  bytes: u32,
  at: u32,
  end: u32,
  most: u32,
  isSwapped: bool,
  unitsPerSec: u32,
  nsecPerUnit: u32,
  packetMax: u32,
): u32 {
  const columns = base;
  let count: u32 = 0;
  while (count < most && end - at >= RECORD_OCTETS) {
    let header = v128.load(at);
    if (isSwapped) header = swapped(header);
    const fraction = i32x4.extract_lane(header, 1) as u32;
    const captured = i32x4.extract_lane(header, 2) as u32;
    const wire = i32x4.extract_lane(header, 3) as u32;
    if (captured > packetMax || captured > wire || fraction >= unitsPerSec || wire == 0) break;
    at += RECORD_OCTETS;
    if (captured > end - at) break;
    const p4 = columns + (count << 2), p8 = columns + (count << 3);
    store<u32>(p4, at - bytes, Column.offset);
    store<u32>(p4, captured, Column.capturedLength);
    store<f64>(p8, wire as f64, Column.wireLength);
    store<f64>(p8, (i32x4.extract_lane(header, 0) as u32) as f64, Column.timeSec);
    store<u32>(p4, fraction * nsecPerUnit, Column.timeNsec);
    at += captured;
    count++;
  }
  return count;
}

/** Fills what is the same for all `count` rows. */
export function fillConstants(count: u32, linkType: u32, fcsLength: u32): void {
  const types = i16x8.splat(linkType as i16);
  const rows = base;
  for (let at: u32 = 0; at < count << 1; at += 16) v128.store(rows + at, types, Column.linkType);
  memory.fill(rows + Column.interfaceId, 0, count << 1);
  memory.fill(rows + Column.fcsLength, fcsLength as u8, count);
  memory.fill(rows + Column.noTime, 0, count);
}

/**
 * Fills the times of rows 0 to `count` - 1, from `baseSec` on, and adds to the sums at `totals`, four
 * doubles: octets on the wire, octets captured, least time, greatest time.
 */
export function sumPackets(count: u32, baseSec: f64, totals: u32): void {
  const columns = base;
  let wire: v128 = f64x2.splat(0), captured: v128 = i32x4.splat(0);
  let first: v128 = f64x2.splat(Infinity), last: v128 = f64x2.splat(-Infinity);
  const bases = f64x2.splat(baseSec), scale = f64x2.splat(NS_PER_SEC);
  for (let row: u32 = 0; row < count; row += 4) {
    const p4 = columns + (row << 2), p8 = columns + (row << 3);
    let nsec = v128.load(p4, Column.timeNsec);
    let low = f64x2.mul(f64x2.sub(v128.load(p8, Column.timeSec), bases), scale);
    let high = f64x2.mul(f64x2.sub(v128.load(p8, Column.timeSec + 16), bases), scale);
    low = f64x2.add(low, f64x2.convert_low_i32x4_s(nsec));
    nsec = highHalves(nsec, nsec);
    high = f64x2.add(high, f64x2.convert_low_i32x4_s(nsec));
    const left = count - row;
    const noTime = load<u32>(columns + row, Column.noTime);
    if (noTime != 0 || left < 4) {
      // Rows without a time, or behind the last one, have NaN.
      low = v128.or(low, f64x2(gap(noTime, 0, left), gap(noTime, 1, left)));
      high = v128.or(high, f64x2(gap(noTime, 2, left), gap(noTime, 3, left)));
    }
    v128.store(p8, low, Column.flowTimeNs);
    v128.store(p8, high, Column.flowTimeNs + 16);
    // Of a number and NaN, the first one stays.
    first = f64x2.pmin(f64x2.pmin(first, low), high);
    last = f64x2.pmax(f64x2.pmax(last, low), high);
    if (left < 4) break;
    wire = f64x2.add(wire, v128.load(p8, Column.wireLength));
    wire = f64x2.add(wire, v128.load(p8, Column.wireLength + 16));
    captured = i32x4.add(captured, v128.load(p4, Column.capturedLength));
  }
  let wireSum = load<f64>(totals) + f64x2.extract_lane(wire, 0) + f64x2.extract_lane(wire, 1);
  const halves = i64x2.add(
    i64x2.extend_low_i32x4_u(captured),
    i64x2.extend_high_i32x4_u(captured),
  );
  let capturedSum = i64x2.extract_lane(halves, 0) + i64x2.extract_lane(halves, 1);
  for (let row = count & ~3; row < count; row++) {
    wireSum += load<f64>(columns + (row << 3), Column.wireLength);
    capturedSum += load<u32>(columns + (row << 2), Column.capturedLength);
  }
  store<f64>(totals, wireSum);
  store<f64>(totals, load<f64>(totals, 8) + (capturedSum as f64), 8);
  const least = min(f64x2.extract_lane(first, 0), f64x2.extract_lane(first, 1));
  const greatest = max(f64x2.extract_lane(last, 0), f64x2.extract_lane(last, 1));
  store<f64>(totals, min(load<f64>(totals, 16), least), 16);
  store<f64>(totals, max(load<f64>(totals, 24), greatest), 24);
}

/** NaN for a row of four that has no time or is not there, else zero. */
function gap(noTime: u32, row: u32, left: u32): f64 {
  return row >= left || ((noTime >>> (row << 3)) & 0xff) == 1 ? NaN : 0;
}

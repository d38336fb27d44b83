/** The compiled twin of the frequent part of `pcap.ts`, and the times and sums of a batch. AssemblyScript. */
import { base, Column } from "./columns";
import { swapped } from "./vectors";

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
  let wire = load<f64>(totals);
  let captured: u64 = 0;
  let first = load<f64>(totals, 16), last = load<f64>(totals, 24);
  for (let row: u32 = 0; row < count; row++) {
    const p4 = columns + (row << 2), p8 = columns + (row << 3);
    wire += load<f64>(p8, Column.wireLength);
    captured += load<u32>(p4, Column.capturedLength);
    let time = (load<f64>(p8, Column.timeSec) - baseSec) * NS_PER_SEC +
      (load<i32>(p4, Column.timeNsec) as f64);
    if (load<u8>(columns + row, Column.noTime) == 1) time = NaN;
    store<f64>(p8, time, Column.flowTimeNs);
    if (time < first) first = time;
    if (time > last) last = time;
  }
  store<f64>(totals, wire);
  store<f64>(totals, load<f64>(totals, 8) + (captured as f64), 8);
  store<f64>(totals, first, 16);
  store<f64>(totals, last, 24);
}

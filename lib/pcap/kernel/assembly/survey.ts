/**
 * What can be said of a batch as a whole, laid out as in `batch_survey.ts`, and the counts of packets by
 * size and by path. AssemblyScript.
 */
import { base, Column } from "./columns";

const RST: u32 = 0x04;
const TCP: u32 = 6;
const CUT_HEADER: u32 = 2;

// Octets of the survey.
const OCTETS: u32 = 0, LEAST_OCTETS: u32 = 8, GREATEST_OCTETS: u32 = 16, RESETS: u32 = 24, SACKS: u32 = 32;
const PAYLOAD_CUT: u32 = 40, HEADER_CUT: u32 = 48, LEAST_CUT: u32 = 56, GREATEST_CUT: u32 = 64;
const LARGEST_MSS: u32 = 72, LARGEST_PAYLOAD: u32 = 80, UNTIMED: u32 = 88, LEAST_NS: u32 = 96;
const GREATEST_NS: u32 = 104, LEAST_STEP: u32 = 112, GREATEST_STEP: u32 = 120;
const OTHER_INTERFACES: u32 = 128, OTHER_LINK_TYPES: u32 = 136;

/** From this size on, packets are counted together, octets. */
const SIZE_MAX: f64 = 9019;

let survey: u32 = 0, sizes: u32 = 0, frames: u32 = 0, octetsOfPaths: u32 = 0;

/** Told once where the survey lies, and the counts: of sizes, of frames and octets by path. */
export function bindSurvey(surveyAt: u32, sizesAt: u32, framesAt: u32, octetsAt: u32): void {
  survey = surveyAt;
  sizes = sizesAt;
  frames = framesAt;
  octetsOfPaths = octetsAt;
}

/** Surveys rows 0 to `count` - 1; `count` is not 0. */
export function surveyBatch(count: u32): void {
  surveySizes(count);
  surveyTimes(count);
  surveyCuts(count);
  surveyOrigins(count);
  surveySegments(count);
}

@inline
function surveySizes(count: u32): void {
  for (let row: u32 = 0; row < count; row++) {
    const octets = load<f64>(base + (row << 3), Column.wireLength);
    const size = (octets < SIZE_MAX ? octets : SIZE_MAX) as i32;
    addOne(sizes + (size << 3));
    const path = load<u16>(base + (row << 1), Column.path) as u32 << 3;
    addOne(frames + path);
    store<f64>(octetsOfPaths + path, load<f64>(octetsOfPaths + path) + octets);
  }
  let sums = f64x2.splat(0), leasts = f64x2.splat(Infinity), greatests = f64x2.splat(0);
  let row: u32 = 0;
  for (; row + 2 <= count; row += 2) {
    const octets = v128.load(base + (row << 3), Column.wireLength);
    sums = f64x2.add(sums, octets);
    leasts = f64x2.pmin(leasts, octets);
    greatests = f64x2.pmax(greatests, octets);
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  let least = leastOf(leasts), greatest = greatestOf(greatests);
  if (row < count) {
    const octets = load<f64>(base + (row << 3), Column.wireLength);
    sum += octets;
    if (octets < least) least = octets;
    if (octets > greatest) greatest = octets;
  }
  store<f64>(survey, sum, OCTETS);
  store<f64>(survey, least, LEAST_OCTETS);
  store<f64>(survey, greatest, GREATEST_OCTETS);
}

@inline
function addOne(at: u32): void {
  store<f64>(at, load<f64>(at) + 1);
}

@inline
function leastOf(pair: v128): f64 {
  const one = f64x2.extract_lane(pair, 0), other = f64x2.extract_lane(pair, 1);
  return other < one ? other : one;
}

@inline
function greatestOf(pair: v128): f64 {
  const one = f64x2.extract_lane(pair, 0), other = f64x2.extract_lane(pair, 1);
  return other > one ? other : one;
}

@inline
function surveyTimes(count: u32): void {
  const first = load<f64>(base, Column.flowTimeNs);
  let leasts = f64x2.splat(first), greatests = leasts;
  let leastSteps = f64x2.splat(0), greatestSteps = leastSteps;
  let row: u32 = 1;
  for (; row + 2 <= count; row += 2) {
    const at = base + (row << 3);
    const now = v128.load(at, Column.flowTimeNs);
    const step = f64x2.sub(now, v128.load(at, Column.flowTimeNs - 8));
    leasts = f64x2.pmin(leasts, now);
    greatests = f64x2.pmax(greatests, now);
    leastSteps = f64x2.pmin(leastSteps, step);
    greatestSteps = f64x2.pmax(greatestSteps, step);
  }
  let least = leastOf(leasts), greatest = greatestOf(greatests);
  let leastStep = leastOf(leastSteps), greatestStep = greatestOf(greatestSteps);
  if (row < count) {
    const at = base + (row << 3);
    const now = load<f64>(at, Column.flowTimeNs);
    const step = now - load<f64>(at, Column.flowTimeNs - 8);
    if (now < least) least = now;
    if (now > greatest) greatest = now;
    if (step < leastStep) leastStep = step;
    if (step > greatestStep) greatestStep = step;
  }
  let untimed: u64 = 0;
  row = 0;
  for (; row + 8 <= count; row += 8) untimed |= load<u64>(base + row, Column.noTime);
  for (; row < count; row++) untimed |= load<u8>(base + row, Column.noTime);
  store<f64>(survey, (untimed != 0) as u32, UNTIMED);
  store<f64>(survey, least, LEAST_NS);
  store<f64>(survey, greatest, GREATEST_NS);
  store<f64>(survey, leastStep, LEAST_STEP);
  store<f64>(survey, greatestStep, GREATEST_STEP);
}

/** Sum of the lanes of a count that went down by one for each hit. */
@inline
function hitsOf(lanes: v128): u32 {
  return -(i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3)) as u32;
}

@inline
function surveyCuts(count: u32): void {
  const none = i32x4.splat(0), header = i32x4.splat(CUT_HEADER as i32);
  const most = i32x4.splat(i32.MAX_VALUE), nothing = i32x4.splat(-1);
  let hits = none, headerHits = none, leasts = most, greatests = nothing;
  let row: u32 = 0;
  for (; row + 4 <= count; row += 4) {
    const kinds = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(base + row, Column.cut)));
    const isCut = i32x4.ne(kinds, none);
    const kept = v128.load(base + (row << 2), Column.capturedLength);
    hits = i32x4.add(hits, isCut);
    headerHits = i32x4.add(headerHits, i32x4.eq(kinds, header));
    leasts = i32x4.min_s(leasts, v128.bitselect(kept, most, isCut));
    greatests = i32x4.max_s(greatests, v128.bitselect(kept, nothing, isCut));
  }
  let cuts = hitsOf(hits), headers = hitsOf(headerHits);
  let least = min(
    min(i32x4.extract_lane(leasts, 0), i32x4.extract_lane(leasts, 1)),
    min(i32x4.extract_lane(leasts, 2), i32x4.extract_lane(leasts, 3)),
  );
  let greatest = greatestLane(greatests);
  for (; row < count; row++) {
    const kind = load<u8>(base + row, Column.cut) as u32;
    if (kind == 0) continue;
    cuts++;
    headers += (kind == CUT_HEADER) as u32;
    const kept = load<i32>(base + (row << 2), Column.capturedLength);
    least = min(least, kept);
    greatest = max(greatest, kept);
  }
  store<f64>(survey, cuts - headers, PAYLOAD_CUT);
  store<f64>(survey, headers, HEADER_CUT);
  store<f64>(survey, least, LEAST_CUT);
  store<f64>(survey, greatest, GREATEST_CUT);
}

@inline
function greatestLane(lanes: v128): i32 {
  return max(
    max(i32x4.extract_lane(lanes, 0), i32x4.extract_lane(lanes, 1)),
    max(i32x4.extract_lane(lanes, 2), i32x4.extract_lane(lanes, 3)),
  );
}

@inline
function surveyOrigins(count: u32): void {
  const origin = load<u16>(base, Column.interfaceId), linkType = load<u16>(base, Column.linkType);
  const origins = i16x8.splat(origin as i16), types = i16x8.splat(linkType as i16);
  let others = i32x4.splat(0), otherTypes = others;
  let row: u32 = 0;
  for (; row + 8 <= count; row += 8) {
    const at = base + (row << 1);
    others = v128.or(others, v128.xor(v128.load(at, Column.interfaceId), origins));
    otherTypes = v128.or(otherTypes, v128.xor(v128.load(at, Column.linkType), types));
  }
  let interfaces = v128.any_true(others) as u32, linkTypes = v128.any_true(otherTypes) as u32;
  for (; row < count; row++) {
    const at = base + (row << 1);
    interfaces |= (load<u16>(at, Column.interfaceId) ^ origin) as u32;
    linkTypes |= (load<u16>(at, Column.linkType) ^ linkType) as u32;
  }
  store<f64>(survey, interfaces, OTHER_INTERFACES);
  store<f64>(survey, linkTypes, OTHER_LINK_TYPES);
}

@inline
function surveySegments(count: u32): void {
  let largestMss = i32x4.splat(-1), largestPayload = i32x4.splat(0);
  let row: u32 = 0;
  for (; row + 4 <= count; row += 4) {
    const at = base + (row << 2);
    largestMss = i32x4.max_s(largestMss, v128.load(at, Column.optionMss));
    largestPayload = i32x4.max_s(largestPayload, v128.load(at, Column.payloadWire));
  }
  let mss = greatestLane(largestMss), payload = greatestLane(largestPayload);
  for (; row < count; row++) {
    mss = max(mss, load<i32>(base + (row << 2), Column.optionMss));
    payload = max(payload, load<i32>(base + (row << 2), Column.payloadWire));
  }
  const none = i32x4.splat(0), tcp = i16x8.splat(TCP as i16), reset = i16x8.splat(RST as i16);
  let withReset = none, withSack = none;
  row = 0;
  for (; row + 8 <= count; row += 8) {
    const at = base + (row << 1);
    const isTcp = i16x8.eq(v128.load(at, Column.l4Protocol), tcp);
    const isReset = i16x8.eq(v128.and(v128.load(at, Column.tcpFlags), reset), reset);
    const isSack = i16x8.ne(v128.load8x8_u(base + row, Column.optionSackBlocks), none);
    withReset = i16x8.add(withReset, v128.and(isTcp, isReset));
    withSack = i16x8.add(withSack, v128.and(isTcp, isSack));
  }
  let resets = hitsOf(i32x4.extadd_pairwise_i16x8_s(withReset));
  let sacks = hitsOf(i32x4.extadd_pairwise_i16x8_s(withSack));
  for (; row < count; row++) {
    const at = base + (row << 1);
    const isTcp = (load<u16>(at, Column.l4Protocol) == TCP) as u32;
    resets += isTcp & ((load<u16>(at, Column.tcpFlags) & RST) != 0) as u32;
    sacks += isTcp & (load<u8>(base + row, Column.optionSackBlocks) != 0) as u32;
  }
  store<f64>(survey, mss, LARGEST_MSS);
  store<f64>(survey, payload, LARGEST_PAYLOAD);
  store<f64>(survey, resets, RESETS);
  store<f64>(survey, sacks, SACKS);
}

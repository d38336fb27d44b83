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
  let sum: f64 = 0, least: f64 = Infinity, greatest: f64 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const octets = load<f64>(base + (row << 3), Column.wireLength);
    sum += octets;
    if (octets < least) least = octets;
    if (octets > greatest) greatest = octets;
    const size = (octets < SIZE_MAX ? octets : SIZE_MAX) as i32;
    addOne(sizes + (size << 3));
    const path = load<u16>(base + (row << 1), Column.path) as u32 << 3;
    addOne(frames + path);
    store<f64>(octetsOfPaths + path, load<f64>(octetsOfPaths + path) + octets);
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
function surveyTimes(count: u32): void {
  let last = load<f64>(base, Column.flowTimeNs);
  let least = last, greatest = last, leastStep: f64 = 0, greatestStep: f64 = 0;
  let untimed: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const now = load<f64>(base + (row << 3), Column.flowTimeNs);
    const step = now - last;
    last = now;
    if (now < least) least = now;
    if (now > greatest) greatest = now;
    if (step < leastStep) leastStep = step;
    if (step > greatestStep) greatestStep = step;
    untimed += load<u8>(base + row, Column.noTime);
  }
  store<f64>(survey, untimed, UNTIMED);
  store<f64>(survey, least, LEAST_NS);
  store<f64>(survey, greatest, GREATEST_NS);
  store<f64>(survey, leastStep, LEAST_STEP);
  store<f64>(survey, greatestStep, GREATEST_STEP);
}

@inline
function surveyCuts(count: u32): void {
  let cuts: u32 = 0, headers: u32 = 0, least: i32 = i32.MAX_VALUE, greatest: i32 = -1;
  for (let row: u32 = 0; row < count; row++) {
    const kind = load<u8>(base + row, Column.cut) as u32;
    const isCut = kind != 0;
    cuts += isCut as u32;
    headers += (kind == CUT_HEADER) as u32;
    // Selected: nobody could foretell which packets are longer than the snap length.
    const kept = load<i32>(base + (row << 2), Column.capturedLength);
    least = select<i32>(min(least, kept), least, isCut);
    greatest = select<i32>(max(greatest, kept), greatest, isCut);
  }
  store<f64>(survey, cuts - headers, PAYLOAD_CUT);
  store<f64>(survey, headers, HEADER_CUT);
  store<f64>(survey, least, LEAST_CUT);
  store<f64>(survey, greatest, GREATEST_CUT);
}

@inline
function surveyOrigins(count: u32): void {
  const origin = load<u16>(base, Column.interfaceId) as u32;
  const linkType = load<u16>(base, Column.linkType) as u32;
  let interfaces: u32 = 0, linkTypes: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const at = base + (row << 1);
    interfaces |= load<u16>(at, Column.interfaceId) ^ origin;
    linkTypes |= load<u16>(at, Column.linkType) ^ linkType;
  }
  store<f64>(survey, interfaces, OTHER_INTERFACES);
  store<f64>(survey, linkTypes, OTHER_LINK_TYPES);
}

@inline
function surveySegments(count: u32): void {
  let mss: i32 = -1, payload: i32 = 0, resets: u32 = 0, sacks: u32 = 0;
  for (let row: u32 = 0; row < count; row++) {
    const p2 = base + (row << 1), p4 = base + (row << 2);
    mss = max(mss, load<i32>(p4, Column.optionMss));
    payload = max(payload, load<i32>(p4, Column.payloadWire));
    const isTcp = (load<u16>(p2, Column.l4Protocol) == TCP) as u32;
    resets += isTcp & ((load<u16>(p2, Column.tcpFlags) & RST) != 0) as u32;
    sacks += isTcp & (load<u8>(base + row, Column.optionSackBlocks) != 0) as u32;
  }
  store<f64>(survey, mss, LARGEST_MSS);
  store<f64>(survey, payload, LARGEST_PAYLOAD);
  store<f64>(survey, resets, RESETS);
  store<f64>(survey, sacks, SACKS);
}

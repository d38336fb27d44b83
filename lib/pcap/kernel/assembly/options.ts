/** The compiled twin of `tcp/options.ts`. AssemblyScript. */
import { base, Column, KEYED_4 } from "./columns";
import { be16, be32 } from "./octets";
import { splat } from "./vectors";

const TCP: u16 = 6;
const HEADER_OCTETS: u32 = 20;
const END: u32 = 0, NOP: u32 = 1, MSS: u32 = 2, WINDOW_SCALE: u32 = 3;
const SACK_PERMITTED: u32 = 4, SACK: u32 = 5, TIMESTAMPS: u32 = 8;
const SACK_BLOCKS_MAX: u32 = 4;
const ALIGNED_TIMESTAMPS: u32 = 0x0101080a, ALIGNED_TIMESTAMPS_OCTETS: u32 = 12;

/** Fills the option columns of rows 0 to `count` - 1; `bytes` is the address that offsets count from. */
export function parseOptions(bytes: u32, count: u32): void {
  const columns = base;
  memory.fill(columns + Column.optionWindowScale, 0xff, count << 1);
  memory.fill(columns + Column.optionMss, 0xff, count << 2);
  memory.fill(columns + Column.optionSackPermitted, 0, count);
  memory.fill(columns + Column.optionSackBlocks, 0, count);
  memory.fill(columns + Column.optionSackOffset, 0xff, count << 2);
  memory.fill(columns + Column.optionHasTimestamps, 0, count);
  memory.fill(columns + Column.optionTsVal, 0, count << 2);
  memory.fill(columns + Column.optionTsEcr, 0, count << 2);
  memory.fill(columns + Column.optionCut, 0, count);
  let row: u32 = 0;
  for (; row + 4 <= count; row += 4) {
    if (!haveNone(columns, row)) parseRows(bytes, columns, row, row + 4);
  }
  parseRows(bytes, columns, row, count);
}

/** True if four rows are usual TCP, with headers that end where options would begin. */
@inline
function haveNone(columns: u32, row: u32): bool {
  if (load<u32>(columns + row, Column.state) != KEYED_4) return false;
  const p4 = columns + (row << 2);
  const header = i32x4.sub(v128.load(p4, Column.payloadOffset), v128.load(p4, Column.l4Offset));
  return i32x4.all_true(i32x4.eq(header, splat(HEADER_OCTETS)));
}

function parseRows(bytes: u32, columns: u32, from: u32, to: u32): void {
  for (let row = from; row < to; row++) {
    const start = load<i32>(columns + (row << 2), Column.l4Offset);
    const isTcp = load<u16>(columns + (row << 1), Column.l4Protocol) == TCP;
    if (isTcp && start >= 0) parseRow(bytes, row, start as u32);
  }
}

function parseRow(bytes: u32, row: u32, start: u32): void {
  const p4 = base + (row << 2);
  const capturedEnd = load<u32>(p4, Column.offset) + load<u32>(p4, Column.capturedLength);
  const at = start + HEADER_OCTETS;
  if (at > capturedEnd) return;
  const end = start + ((load<u8>(bytes + start + 12) >> 4) as u32) * 4;
  if (end <= at) return;
  if (
    end == at + ALIGNED_TIMESTAMPS_OCTETS && end <= capturedEnd &&
    be32(bytes + at) == ALIGNED_TIMESTAMPS
  ) {
    store<u8>(base + row, 1, Column.optionHasTimestamps);
    store<u32>(p4, be32(bytes + at + 4), Column.optionTsVal);
    store<u32>(p4, be32(bytes + at + 8), Column.optionTsEcr);
    return;
  }
  if (end > capturedEnd) store<u8>(base + row, 1, Column.optionCut);
  parseList(bytes, row, at, min(end, capturedEnd));
}

function parseList(bytes: u32, row: u32, start: u32, end: u32): void {
  let at = start;
  while (at < end) {
    const kind = load<u8>(bytes + at) as u32;
    if (kind == END) return;
    if (kind == NOP) {
      at++;
      continue;
    }
    const length: u32 = at + 1 < end ? load<u8>(bytes + at + 1) as u32 : 0;
    if (length < 2 || at + length > end) return;
    readOption(bytes, row, at, kind, length);
    at += length;
  }
}

function readOption(bytes: u32, row: u32, at: u32, kind: u32, length: u32): void {
  const p1 = base + row, p2 = base + (row << 1), p4 = base + (row << 2);
  if (kind == TIMESTAMPS && length == 10) {
    store<u8>(p1, 1, Column.optionHasTimestamps);
    store<u32>(p4, be32(bytes + at + 2), Column.optionTsVal);
    store<u32>(p4, be32(bytes + at + 6), Column.optionTsEcr);
  } else if (kind == SACK && length >= 10) {
    store<u8>(p1, min(SACK_BLOCKS_MAX, (length - 2) >> 3) as u8, Column.optionSackBlocks);
    store<u32>(p4, at + 2, Column.optionSackOffset);
  } else if (kind == MSS && length == 4) {
    store<u32>(p4, be16(bytes + at + 2), Column.optionMss);
  } else if (kind == WINDOW_SCALE && length == 3) {
    store<u16>(p2, load<u8>(bytes + at + 2) as u16, Column.optionWindowScale);
  } else if (kind == SACK_PERMITTED && length == 2) {
    store<u8>(p1, 1, Column.optionSackPermitted);
  }
}

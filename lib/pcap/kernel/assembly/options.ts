/** The compiled twin of `tcp/options.ts`. AssemblyScript. */
import { base, Column } from "./columns";
import { be16, be32 } from "./octets";

const TCP: u16 = 6;
const HEADER_OCTETS: u32 = 20;
const END: u32 = 0, NOP: u32 = 1, MSS: u32 = 2, WINDOW_SCALE: u32 = 3;
const SACK_PERMITTED: u32 = 4, SACK: u32 = 5, TIMESTAMPS: u32 = 8;
const SACK_BLOCKS_MAX: u32 = 4;
const ALIGNED_TIMESTAMPS: u32 = 0x0101080a, ALIGNED_TIMESTAMPS_OCTETS: u32 = 12;

/** Fills the option columns of rows 0 to `count` - 1; `bytes` is the address that offsets count from. */
export function parseOptions(bytes: u32, count: u32): void {
  memory.fill(base + Column.optionWindowScale, 0xff, count << 1);
  memory.fill(base + Column.optionMss, 0xff, count << 2);
  memory.fill(base + Column.optionSackPermitted, 0, count);
  memory.fill(base + Column.optionSackBlocks, 0, count);
  memory.fill(base + Column.optionSackOffset, 0xff, count << 2);
  memory.fill(base + Column.optionHasTimestamps, 0, count);
  memory.fill(base + Column.optionTsVal, 0, count << 2);
  memory.fill(base + Column.optionTsEcr, 0, count << 2);
  memory.fill(base + Column.optionCut, 0, count);
  for (let row: u32 = 0; row < count; row++) {
    const start = load<i32>(base + (row << 2), Column.l4Offset);
    const isTcp = load<u16>(base + (row << 1), Column.l4Protocol) == TCP;
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

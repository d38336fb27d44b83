/**
 * Reads TCP options into columns.
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import type { TcpOptionColumns } from "./option_columns.ts";

const TCP = 6;
const HEADER_OCTETS = 20;
/** Option kinds (IANA tcp-parameters). */
const END = 0, NOP = 1, MSS = 2, WINDOW_SCALE = 3, SACK_PERMITTED = 4, SACK = 5, TIMESTAMPS = 8;
/** Most SACK blocks that 40 octets of options hold (RFC 2018 3). */
const SACK_BLOCKS_MAX = 4;
/** NOP, NOP, TIMESTAMPS, 10: the layout that RFC 7323 appendix A recommends, octets of it in all. */
const ALIGNED_TIMESTAMPS = 0x0101080a;
const ALIGNED_TIMESTAMPS_OCTETS = 12;

/**
 * Fills `options` for the packets of a dissected batch. Options past the captured octets are not
 * there; nor is anything after an option whose length is impossible.
 */
export function parseTcpOptions(
  batch: PacketBatch,
  columns: DissectColumns,
  options: TcpOptionColumns,
): void {
  options.clear();
  const { count } = batch;
  const { l4Protocol, l4Offset } = columns;
  for (let row = 0; row < count; row++) {
    const start = l4Offset[row] ?? -1;
    if (l4Protocol[row] === TCP && start >= 0) parseRow(batch, options, row, start);
  }
}

function parseRow(
  batch: PacketBatch,
  options: TcpOptionColumns,
  row: number,
  start: number,
): void {
  const { view } = batch;
  const capturedEnd = ((batch.offset[row] ?? 0) + (batch.capturedLength[row] ?? 0)) | 0;
  const at = start + HEADER_OCTETS;
  if (at > capturedEnd) return;
  const end = start + (view.getUint8(start + 12) >> 4) * 4;
  if (end <= at) return;
  if (
    end === at + ALIGNED_TIMESTAMPS_OCTETS && end <= capturedEnd &&
    view.getInt32(at) === ALIGNED_TIMESTAMPS
  ) {
    options.hasTimestamps[row] = 1;
    options.tsVal[row] = view.getUint32(at + 4);
    options.tsEcr[row] = view.getUint32(at + 8);
    return;
  }
  if (end > capturedEnd) options.cut[row] = 1;
  parseOptions(view, options, row, at, Math.min(end, capturedEnd));
}

function parseOptions(
  view: DataView,
  options: TcpOptionColumns,
  row: number,
  start: number,
  end: number,
): void {
  let at = start;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === END) return;
    if (kind === NOP) {
      at++;
      continue;
    }
    const length = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > end) return;
    readOption(view, options, row, at, kind, length);
    at += length;
  }
}

function readOption(
  view: DataView,
  options: TcpOptionColumns,
  row: number,
  at: number,
  kind: number,
  length: number,
): void {
  if (kind === TIMESTAMPS && length === 10) {
    options.hasTimestamps[row] = 1;
    options.tsVal[row] = view.getUint32(at + 2);
    options.tsEcr[row] = view.getUint32(at + 6);
  } else if (kind === SACK && length >= 10) {
    options.sackBlocks[row] = Math.min(SACK_BLOCKS_MAX, (length - 2) >> 3);
    options.sackOffset[row] = at + 2;
  } else if (kind === MSS && length === 4) options.mss[row] = view.getUint16(at + 2);
  else if (kind === WINDOW_SCALE && length === 3) {
    options.windowScale[row] = view.getUint8(at + 2);
  } else if (kind === SACK_PERMITTED && length === 2) options.sackPermitted[row] = 1;
}

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

/** Fills `options` for the packets of a dissected batch; options past the captured octets are not there. */
export function parseTcpOptions(
  batch: PacketBatch,
  columns: DissectColumns,
  options: TcpOptionColumns,
): void {
  const { view } = batch;
  for (let row = 0; row < batch.count; row++) {
    clear(options, row);
    const start = columns.l4Offset[row] ?? -1;
    if (columns.l4Protocol[row] !== TCP || start < 0) continue;
    const capturedEnd = (batch.offset[row] ?? 0) + (batch.capturedLength[row] ?? 0);
    if (start + HEADER_OCTETS > capturedEnd) continue;
    const end = Math.min(capturedEnd, start + (view.getUint8(start + 12) >> 4) * 4);
    let at = start + HEADER_OCTETS;
    while (at < end) {
      const kind = view.getUint8(at);
      if (kind === END) break;
      if (kind === NOP) {
        at++;
        continue;
      }
      const length = at + 1 < end ? view.getUint8(at + 1) : 0;
      if (length < 2 || at + length > end) break;
      if (kind === MSS && length === 4) options.mss[row] = view.getUint16(at + 2);
      else if (kind === WINDOW_SCALE && length === 3) {
        options.windowScale[row] = view.getUint8(at + 2);
      } else if (kind === SACK_PERMITTED && length === 2) options.sackPermitted[row] = 1;
      else if (kind === SACK && length >= 10) {
        options.sackBlocks[row] = Math.min(4, (length - 2) >> 3);
        options.sackOffset[row] = at + 2;
      } else if (kind === TIMESTAMPS && length === 10) {
        options.hasTimestamps[row] = 1;
        options.tsVal[row] = view.getUint32(at + 2);
        options.tsEcr[row] = view.getUint32(at + 6);
      }
      at += length;
    }
  }
}

function clear(options: TcpOptionColumns, row: number): void {
  options.windowScale[row] = -1;
  options.mss[row] = -1;
  options.sackPermitted[row] = 0;
  options.sackBlocks[row] = 0;
  options.sackOffset[row] = -1;
  options.hasTimestamps[row] = 0;
  options.tsVal[row] = 0;
  options.tsEcr[row] = 0;
}

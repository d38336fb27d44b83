/**
 * Writing an IP header's addresses to the row of its packet, in place of those of an outer header.
 *
 * @module
 */

import type { Walk } from "../walk.ts";

/** Makes the header at `walk.pos` the one that the row is about. */
export function takeRow(
  walk: Walk,
  version: number,
  srcOffset: number,
  dstOffset: number,
  addressLength: number,
): void {
  const columns = walk.columns;
  const row = walk.row;
  if (columns.ipVersion[row] !== 0) columns.clearTransport(row);
  columns.ipVersion[row] = version;
  columns.srcOffset[row] = srcOffset;
  columns.dstOffset[row] = dstOffset;
  columns.addressLength[row] = addressLength;
  columns.l3Offset[row] = walk.pos;
}

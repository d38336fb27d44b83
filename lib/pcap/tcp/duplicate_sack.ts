/**
 * Duplicate SACK: the first block of a SACK option reports data that arrived twice.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";

/**
 * True if the first block lies below the acknowledgment number or ends within the second block
 * (RFC 2883 section 4). The packet has at least one block.
 */
export function isDuplicateSack(batch: PassBatch, row: number): boolean {
  const { view } = batch.packets;
  const at = batch.options.sackOffset[row] ?? 0;
  const ack = (batch.dissected.ack[row] ?? 0) | 0;
  const right = view.getInt32(at + 4);
  if (((ack - right) | 0) >= 0) return true;
  if ((batch.options.sackBlocks[row] ?? 0) < 2) return false;
  const secondLeft = view.getInt32(at + 8);
  const secondRight = view.getInt32(at + 12);
  return ((secondLeft - right) | 0) < 0 && ((secondRight - right) | 0) >= 0;
}

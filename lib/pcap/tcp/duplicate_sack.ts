/**
 * Duplicate SACK: the first block of a SACK option reports data that arrived twice.
 *
 * @module
 */
import type { PassBatch } from "../pass.ts";

const ACK = 0x10;

/**
 * True if the first block lies below the acknowledgment number or ends within the second block
 * (RFC 2883 section 4). The packet has at least one block. `base` is what tshark counts relative
 * numbers from in the other direction: it takes it off the blocks always, but off the acknowledgment
 * number only where ACK is set.
 */
export function isDuplicateSack(batch: PassBatch, row: number, base: number): boolean {
  const { view } = batch.packets;
  const at = batch.options.sackOffset[row] ?? 0;
  const hasAck = ((batch.dissected.tcpFlags[row] ?? 0) & ACK) !== 0;
  const ack = (batch.dissected.ack[row] ?? 0) + (hasAck ? 0 : base);
  const right = view.getInt32(at + 4);
  if (((ack - right) | 0) >= 0) return true;
  if ((batch.options.sackBlocks[row] ?? 0) < 2) return false;
  const secondLeft = view.getInt32(at + 8);
  const secondRight = view.getInt32(at + 12);
  return ((secondLeft - right) | 0) < 0 && ((secondRight - right) | 0) >= 0;
}

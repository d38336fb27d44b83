/**
 * What tshark would say of each TCP segment of a batch, as columns.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";

/** Columns that the flag analyzer fills; rows without TCP hold 0. */
export class TcpFlagColumns {
  /** A set of `TcpFlag` bits. */
  readonly flags: Uint32Array;
  /** Number of the duplicate ACK within its run, from 1; 0 if it is none. */
  readonly duplicateAck: Uint32Array;

  /** Empty columns in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.flags = memory.uint32(BATCH_PACKETS);
    this.duplicateAck = memory.uint32(BATCH_PACKETS);
  }
}

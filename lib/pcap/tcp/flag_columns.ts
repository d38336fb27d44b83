/**
 * What tshark would say of each TCP segment of a batch, as columns.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";

/** Columns that the flag analyzer fills; rows without TCP hold 0. */
export class TcpFlagColumns {
  /** A set of `TcpFlag` bits. */
  readonly flags: Uint32Array = new Uint32Array(BATCH_PACKETS);
  /** Number of the duplicate ACK within its run, from 1; 0 if it is none. */
  readonly duplicateAck: Uint32Array = new Uint32Array(BATCH_PACKETS);
}

/**
 * The TCP options of each packet of a batch, as columns.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";

/** Columns that `parseTcpOptions` fills; rows without a TCP header keep the defaults. */
export class TcpOptionColumns {
  /** Window scale shift as sent (RFC 7323 §2.2), -1 if the option is not there. */
  readonly windowScale: Int16Array;
  /** Maximum segment size (RFC 9293 §3.7.1), -1 if not there. */
  readonly mss: Int32Array;
  /** 1 if SACK-permitted is there (RFC 2018 §2). */
  readonly sackPermitted: Uint8Array;
  /** SACK blocks that are whole (RFC 2018 §3), 0 to 4. */
  readonly sackBlocks: Uint8Array;
  /** Offset in the batch's bytes of the first block (left edge, 4 octets; right edge, 4), -1 if none. */
  readonly sackOffset: Int32Array;
  /** 1 if the timestamps option is there (RFC 7323 §3). */
  readonly hasTimestamps: Uint8Array;
  /** TSval, 0 without the option. */
  readonly tsVal: Uint32Array;
  /** TSecr, 0 without the option. */
  readonly tsEcr: Uint32Array;
  /** 1 if the capture ends before the options do: what is missing may have been there. */
  readonly cut: Uint8Array;

  /** Empty columns in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.windowScale = memory.int16(BATCH_PACKETS);
    this.mss = memory.int32(BATCH_PACKETS);
    this.sackPermitted = memory.uint8(BATCH_PACKETS);
    this.sackBlocks = memory.uint8(BATCH_PACKETS);
    this.sackOffset = memory.int32(BATCH_PACKETS);
    this.hasTimestamps = memory.uint8(BATCH_PACKETS);
    this.tsVal = memory.uint32(BATCH_PACKETS);
    this.tsEcr = memory.uint32(BATCH_PACKETS);
    this.cut = memory.uint8(BATCH_PACKETS);
  }

  /** Sets every row to "no options". */
  clear(): void {
    this.windowScale.fill(-1);
    this.mss.fill(-1);
    this.sackPermitted.fill(0);
    this.sackBlocks.fill(0);
    this.sackOffset.fill(-1);
    this.hasTimestamps.fill(0);
    this.tsVal.fill(0);
    this.tsEcr.fill(0);
    this.cut.fill(0);
  }
}

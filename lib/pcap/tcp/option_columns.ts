/**
 * The TCP options of each packet of a batch, as columns.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";

/** Columns that `parseTcpOptions` fills; rows without a TCP header keep the defaults. */
export class TcpOptionColumns {
  /** Window scale shift as sent (RFC 7323 §2.2), -1 if the option is not there. */
  readonly windowScale: Int16Array = new Int16Array(BATCH_PACKETS);
  /** Maximum segment size (RFC 9293 §3.7.1), -1 if not there. */
  readonly mss: Int32Array = new Int32Array(BATCH_PACKETS);
  /** 1 if SACK-permitted is there (RFC 2018 §2). */
  readonly sackPermitted: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** SACK blocks that are whole (RFC 2018 §3), 0 to 4. */
  readonly sackBlocks: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** Offset in the batch's bytes of the first block (left edge, 4 octets; right edge, 4), -1 if none. */
  readonly sackOffset: Int32Array = new Int32Array(BATCH_PACKETS);
  /** 1 if the timestamps option is there (RFC 7323 §3). */
  readonly hasTimestamps: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** TSval, 0 without the option. */
  readonly tsVal: Uint32Array = new Uint32Array(BATCH_PACKETS);
  /** TSecr, 0 without the option. */
  readonly tsEcr: Uint32Array = new Uint32Array(BATCH_PACKETS);
  /** 1 if the capture ends before the options do: what is missing may have been there. */
  readonly cut: Uint8Array = new Uint8Array(BATCH_PACKETS);

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

/**
 * To which flow each packet of a batch belongs, as columns.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";

/** Columns that the flow table fills. Index is the packet within the batch. */
export class FlowColumns {
  /**
   * Id of the flow in the flow table, -1 if the packet belongs to none (no IP, or no room). Ids are
   * given in order of first appearance from 0; an id whose flow was evicted is given again, which
   * {@link FlowColumns.isNew} tells.
   */
  readonly flow: Int32Array = new Int32Array(BATCH_PACKETS);
  /**
   * Dense number of the TCP connection among TCP connections, -1 if the packet is not TCP or its
   * header was not there. The slot of per-connection TCP state; given again after an eviction.
   */
  readonly tcp: Int32Array = new Int32Array(BATCH_PACKETS);
  /** 0: sent by the side that sent the first packet of the flow (side A), 1: by the other (side B). */
  readonly direction: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** 1 if this packet opened the flow: state kept under these ids must be reset. */
  readonly isNew: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** 1 if the flow is new because a SYN with another sequence number came on ports in use. */
  readonly isReused: Uint8Array = new Uint8Array(BATCH_PACKETS);
  /** Nanoseconds since the whole second of the first packet ({@link FlowColumns.baseSec}); may be negative. */
  readonly timeNs: Float64Array = new Float64Array(BATCH_PACKETS);
  /** Unix seconds that {@link FlowColumns.timeNs} counts from. */
  baseSec = 0;
}

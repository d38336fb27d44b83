/**
 * To which flow each packet of a batch belongs, as columns.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import type { FlowReader } from "./flow_reader.ts";

/** What begins with a packet. */
export const Beginning = {
  nothing: 0,
  /** Its flow: state kept under the id, and under the TCP number, must be reset. */
  flow: 1,
  /**
   * Its TCP connection only: the flow was opened by a packet whose TCP header was not there. State
   * kept under the TCP number must be reset.
   */
  tcp: 2,
} as const;

/** Columns that the flow table fills. Index is the packet within the batch. */
export class FlowColumns {
  /**
   * Id of the flow in the flow table, -1 if the packet belongs to none (no IP, or no room). Ids are
   * given in order of first appearance from 0; an id whose flow was evicted is given again, which
   * {@link FlowColumns.isNew} tells.
   */
  readonly flow: Int32Array;
  /**
   * Dense number of the TCP connection among TCP connections, -1 if the packet is not TCP or its
   * header was not there. The slot of per-connection TCP state; given again after an eviction.
   */
  readonly tcp: Int32Array;
  /** 0: sent by the side that sent the first packet of the flow (side A), 1: by the other (side B). */
  readonly direction: Uint8Array;
  /** A value of {@link Beginning}. */
  readonly isNew: Uint8Array;
  /** 1 if the flow is new because a SYN with another sequence number came on ports in use. */
  readonly isReused: Uint8Array;
  /**
   * Nanoseconds since the whole second of the first packet that has a time
   * ({@link FlowColumns.baseSec}); may be negative, NaN of a packet without a time.
   */
  readonly timeNs: Float64Array;
  /** Unix seconds that {@link FlowColumns.timeNs} counts from. */
  baseSec = 0;
  /**
   * The flows that the ids name, null until a table filled them in. In a walk they are as they were
   * after the last packet of the batch; in a scan they can be read when the pass has ended, as another
   * thread may be at work on them.
   */
  reader: FlowReader | null = null;

  /** Empty columns in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.flow = memory.int32(BATCH_PACKETS);
    this.tcp = memory.int32(BATCH_PACKETS);
    this.direction = memory.uint8(BATCH_PACKETS);
    this.isNew = memory.uint8(BATCH_PACKETS);
    this.isReused = memory.uint8(BATCH_PACKETS);
    this.timeNs = memory.float64(BATCH_PACKETS);
  }
}

/**
 * The batch as framing fills it: the columns of {@link PacketBatch}, and bytes that move on with
 * the file.
 *
 * @module
 */
import { BATCH_PACKETS, type PacketBatch } from "./batch.ts";

/** A batch that a reader can fill. */
export interface FramingBatch extends PacketBatch {
  bytes: Uint8Array;
  view: DataView;
  /** Offset of `bytes[0]` in the capture (decompressed, if it was compressed). */
  streamOffset: number;
}

/** An empty batch, to be filled again and again. */
export function makeFramingBatch(): FramingBatch {
  const bytes = new Uint8Array(0);
  return {
    bytes,
    view: new DataView(bytes.buffer),
    streamOffset: 0,
    count: 0,
    firstFrame: 1,
    offset: new Int32Array(BATCH_PACKETS),
    capturedLength: new Int32Array(BATCH_PACKETS),
    wireLength: new Float64Array(BATCH_PACKETS),
    timeSec: new Float64Array(BATCH_PACKETS),
    timeNsec: new Int32Array(BATCH_PACKETS),
    linkType: new Uint16Array(BATCH_PACKETS),
    interfaceId: new Uint16Array(BATCH_PACKETS),
    fcsLength: new Uint8Array(BATCH_PACKETS),
    noTime: new Uint8Array(BATCH_PACKETS),
  };
}

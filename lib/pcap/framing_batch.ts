/**
 * The batch as framing fills it: the columns of {@link PacketBatch}, and bytes that move on with
 * the file.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "./arena.ts";
import { BATCH_PACKETS, type PacketBatch } from "./batch.ts";

/** A batch that a reader can fill. */
export interface FramingBatch extends PacketBatch {
  bytes: Uint8Array;
  view: DataView;
  /** Offset of `bytes[0]` in the capture (decompressed, if it was compressed). */
  streamOffset: number;
}

/** An empty batch, to be filled again and again. */
export function makeFramingBatch(memory: ColumnMemory = separateMemory): FramingBatch {
  const bytes = new Uint8Array(0);
  return {
    bytes,
    view: new DataView(bytes.buffer),
    streamOffset: 0,
    count: 0,
    firstFrame: 1,
    offset: memory.int32(BATCH_PACKETS),
    capturedLength: memory.int32(BATCH_PACKETS),
    wireLength: memory.float64(BATCH_PACKETS),
    timeSec: memory.float64(BATCH_PACKETS),
    timeNsec: memory.int32(BATCH_PACKETS),
    linkType: memory.uint16(BATCH_PACKETS),
    interfaceId: memory.uint16(BATCH_PACKETS),
    fcsLength: memory.uint8(BATCH_PACKETS),
    noTime: memory.uint8(BATCH_PACKETS),
  };
}

/**
 * Captures of tests: bytes as a source, and everything that a reader makes of them.
 *
 * @module
 */
import { makeFramingBatch } from "../../lib/pcap/framing_batch.ts";
import { type CaptureReader, openReader } from "../../lib/pcap/reader.ts";
import type { ByteSource } from "../../lib/pcap/window.ts";

/** One packet, copied out of its batch. */
export interface ReadPacket {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
  readonly hasTime: boolean;
  readonly wireLength: number;
  readonly linkType: number;
  readonly interfaceId: number;
  readonly fcsLength: number;
  readonly bytes: readonly number[];
}

/** A source over bytes that gives at most `step` of them at once. */
export function sourceOf(bytes: Uint8Array, step = Infinity): ByteSource {
  let at = 0;
  return {
    sizeBytes: bytes.length,
    readSync(into) {
      if (at >= bytes.length) return null;
      const piece = bytes.subarray(at, at + Math.min(into.length, step));
      into.set(piece);
      at += piece.length;
      return piece.length;
    },
  };
}

/** Reads a capture to its end. */
export async function readAll(
  bytes: Uint8Array,
  step = Infinity,
): Promise<{ readonly reader: CaptureReader; readonly packets: ReadPacket[] }> {
  const reader = await openReader(sourceOf(bytes, step));
  const batch = makeFramingBatch();
  const packets: ReadPacket[] = [];
  while (!reader.ended) {
    const count = reader.next(batch);
    if (count === 0 && !reader.ended) await reader.fill();
    for (let index = 0; index < count; index++) {
      const offset = batch.offset[index] ?? 0;
      packets.push({
        frame: batch.firstFrame + index,
        sec: batch.timeSec[index] ?? 0,
        nsec: batch.timeNsec[index] ?? 0,
        hasTime: batch.noTime[index] === 0,
        wireLength: batch.wireLength[index] ?? 0,
        linkType: batch.linkType[index] ?? 0,
        interfaceId: batch.interfaceId[index] ?? 0,
        fcsLength: batch.fcsLength[index] ?? 0,
        bytes: [...batch.bytes.subarray(offset, offset + (batch.capturedLength[index] ?? 0))],
      });
    }
  }
  reader.close();
  return { reader, packets };
}

/** Bytes written in hexadecimal; white space is for the reader of the test. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.replace(/\s+/g, "").match(/../g) ?? [], (two) => parseInt(two, 16));
}

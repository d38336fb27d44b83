/**
 * A batch that is put together frame by frame, for filters to look at outside of a walk.
 *
 * @module
 */
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import { type FramingBatch, makeFramingBatch } from "../framing_batch.ts";
import type { PassBatch } from "../pass.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";

/** Link type of Ethernet (LINKTYPE_ registry). */
export const ETHERNET_LINK = 1;

/** A frame within the octets of a {@link FrameBatch}. */
export interface PlacedFrame {
  readonly offset: number;
  readonly capturedLength: number;
  readonly wireLength: number;
  readonly linkType: number;
  readonly fcsLength: number;
}

/** The batch. */
export class FrameBatch implements PassBatch {
  readonly packets: FramingBatch = makeFramingBatch();
  readonly dissected: DissectColumns = new DissectColumns();
  readonly flows: FlowColumns = new FlowColumns();
  readonly options: TcpOptionColumns = new TcpOptionColumns();
  readonly tcpFlags: TcpFlagColumns = new TcpFlagColumns();

  /** Begins an empty batch over `bytes`. */
  begin(bytes: Uint8Array): void {
    this.packets.bytes = bytes;
    this.packets.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.packets.count = 0;
  }

  /** Adds a frame; its row. */
  add({ offset, capturedLength, wireLength, linkType, fcsLength }: PlacedFrame): number {
    const { packets } = this;
    const row = packets.count++;
    packets.offset[row] = offset;
    packets.capturedLength[row] = capturedLength;
    packets.wireLength[row] = wireLength;
    packets.linkType[row] = linkType;
    packets.fcsLength[row] = fcsLength;
    return row;
  }

  /** Dissects all frames. */
  dissect(): void {
    dissectBatch(this.packets, this.dissected);
  }
}

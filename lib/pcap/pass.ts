/**
 * One pass over a capture: what is known about a batch of packets, and the contract of those who
 * want to know it. Analyzers take whole batches: a call per packet costs ten times as much.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import type { PacketBatch } from "./batch.ts";
import type { DissectColumns } from "./dissect/columns.ts";
import type { CaptureWarning } from "./damage.ts";
import type { FlowColumns } from "./flow/flow_columns.ts";
import type { CaptureFormat } from "./format.ts";
import type { TcpFlagColumns } from "./tcp/flag_columns.ts";
import type { TcpOptionColumns } from "./tcp/option_columns.ts";

/** A batch with everything that the pass knows about it. Valid until the analyzer returns. */
export interface PassBatch {
  readonly packets: PacketBatch;
  readonly dissected: DissectColumns;
  readonly flows: FlowColumns;
  readonly options: TcpOptionColumns;
  readonly tcpFlags: TcpFlagColumns;
  /**
   * Where analyzers can keep what compiled code is to reach, in the memory that the columns lie in;
   * the same for all batches of a walk, absent if there is none.
   */
  readonly arena?: Arena | null;
}

/** Something that looks at every packet of a pass. Memory must be bounded whatever comes. */
export interface Analyzer {
  /** Takes the next batch; never throws for what packets contain. */
  addBatch(batch: PassBatch): void;
}

/** How a pass went. */
export interface PassFacts {
  readonly format: CaptureFormat;
  /** Packets that were read. */
  readonly packets: number;
  /** Octets of those packets on the wire. */
  readonly wireBytes: number;
  /** Octets of those packets that the capture kept. */
  readonly capturedBytes: number;
  /** Size of the file as it was opened. */
  readonly fileBytes: number;
  /** True if the whole file was read and no byte of it given up. */
  readonly complete: boolean;
  /** Offset of the first byte that was given up (decompressed, if compressed), or null. */
  readonly truncatedAt: number | null;
  /** Why reading ended before the end of the file though nothing is damaged, or null. */
  readonly limitedBy: "max_packets" | null;
  readonly warnings: readonly CaptureWarning[];
  readonly warningCounts: ReadonlyMap<string, number>;
  /** Unix seconds that times in nanoseconds count from. */
  readonly baseSec: number;
  /** Least and greatest time of a packet, nanoseconds from `baseSec`; null without a timed packet. */
  readonly firstNs: number | null;
  readonly lastNs: number | null;
}

/**
 * What a capture file says of itself, and what every format's framer offers.
 *
 * @module
 */
import type { FramingBatch } from "./framing_batch.ts";

/** Container formats. */
export type ContainerName = "pcap" | "pcapng" | "snoop";

/** Packet counters that the capturing system kept of an interface. */
export interface InterfaceStatistics {
  /** Packets that arrived at the interface, or null if not told. */
  readonly received: number | null;
  /** Packets that the interface dropped. */
  readonly dropped: number | null;
  /** Packets that the filter accepted. */
  readonly filterAccepted: number | null;
  /** Packets that the operating system dropped. */
  readonly osDropped: number | null;
  /** Packets given to the capturing program. */
  readonly delivered: number | null;
}

/** One interface of a capture. */
export interface CaptureInterface {
  /** Number over the whole file, from 0. */
  readonly id: number;
  /** LINKTYPE_ registry of the pcap specification. */
  readonly linkType: number;
  /** Most bytes kept of a packet; 0 if unlimited. */
  readonly snapLength: number;
  /** Resolution of timestamps as written, for example `10^-6`. */
  readonly timeResolution: string;
  /** Octets of frame check sequence at the end of packets, 0 if none or not told. */
  readonly fcsLength: number;
  /** As written by the capturing program, capped; null if not told. */
  readonly name: string | null;
  readonly description: string | null;
  /** The last statistics block of the interface, or null. */
  readonly statistics: InterfaceStatistics | null;
  /** Packets that packet blocks say were lost between them. */
  readonly lostBetweenPackets: number;
}

/** What a capture file says of itself. Grows while a pcapng file is read. */
export interface CaptureFormat {
  readonly container: ContainerName;
  /** Compression around it, found by content. */
  readonly compression: "gzip" | "zstd" | null;
  /** Byte order of the file, or of the section last begun. */
  readonly byteOrder: "big" | "little";
  /** `major.minor`. */
  readonly version: string;
  /** Variant worth telling, for example `nanosecond`, `modified (Kuznetsov)`; null if plain. */
  readonly variant: string | null;
  /** Sections begun so far; 1 for formats without sections. */
  readonly sections: number;
  readonly interfaces: readonly CaptureInterface[];
  /** Program, operating system and hardware that wrote the first section, capped; null if not told. */
  readonly application: string | null;
  readonly operatingSystem: string | null;
  readonly hardware: string | null;
  /** Blocks without packets, by kind (name_resolution, decryption_secrets, custom …). */
  readonly otherBlocks: Readonly<Record<string, number>>;
}

/** Takes whole records out of the window. */
export interface Framer {
  /** Facts so far. */
  format(): Omit<CaptureFormat, "compression">;
  /** True after damage behind which nothing can be trusted. */
  readonly stopped: boolean;
  /** After {@link Framer.frame} gave 0: bytes that must be at hand to go on. */
  readonly needed: number;
  /** Fills the batch with the whole records at hand, consumes them, returns how many. */
  frame(batch: FramingBatch): number;
  /** Told when the capture ends inside a record: `available` of {@link Framer.needed} bytes are there. */
  finish(available: number): void;
}

/** How the records of a classic pcap file look, as far as compiled code knows them. */
export interface RecordShape {
  readonly linkType: number;
  readonly fcsLength: number;
  /** True if numbers are in the order that this machine has not. */
  readonly isSwapped: boolean;
  readonly unitsPerSec: number;
  readonly nsecPerUnit: number;
  /** Longest packet. */
  readonly packetMax: number;
}

/** Compiled code that frames into the batch that it works on, from bytes in the same memory. */
export interface RecordKernel {
  /** Frames whole records between two offsets in `bytes`, none that is odd; how many. */
  frameRecords(bytes: Uint8Array, start: number, end: number, shape: RecordShape): number;
}

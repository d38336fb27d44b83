/**
 * The unit of work of the capture engine: up to 1024 packets as columns over one buffer. Framing
 * fills it, dissectors add their columns, analyzers read them; no object is made per packet.
 *
 * @module
 */

/**
 * Most packets of a batch. Measured: fewer cost more calls between passes, and one pass over the
 * columns of so many still finds in the second-level cache what the one before left there.
 */
export const BATCH_PACKETS = 1_024;

/** Packets as framing found them. Valid until the next batch is asked for. */
export interface PacketBatch {
  /** The bytes that all offsets below point into. */
  readonly bytes: Uint8Array;
  /** A view of the same bytes. */
  readonly view: DataView;
  /** Packets in this batch, 0 to {@link BATCH_PACKETS}. */
  count: number;
  /** Number of the first packet in the capture, from 1, as Wireshark counts frames. */
  firstFrame: number;
  /** Start of the captured bytes of each packet. */
  readonly offset: Int32Array;
  /** Captured bytes of each packet. */
  readonly capturedLength: Int32Array;
  /** Bytes on the wire; never less than captured. */
  readonly wireLength: Float64Array;
  /** Whole seconds since the Unix epoch, may be negative. */
  readonly timeSec: Float64Array;
  /** Nanoseconds of the second, 0 to 999,999,999. */
  readonly timeNsec: Int32Array;
  /** Link type (LINKTYPE_ registry of the pcap specification). */
  readonly linkType: Uint16Array;
  /** Interface, numbered over the whole file. */
  readonly interfaceId: Uint16Array;
  /** Frame check sequence octets at the end of each packet, 0 if none. */
  readonly fcsLength: Uint8Array;
  /** 1 if the packet carries no timestamp (pcapng simple packet block). */
  readonly noTime: Uint8Array;
}

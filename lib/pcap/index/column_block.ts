/**
 * What the index knows of each packet: 24 octets in columns, in blocks that are never copied.
 *
 * @module
 */

/** Packets of a block: a multiple of those of a batch. */
export const BLOCK_PACKETS = 16_384;

/** Octets of a block. */
export const BLOCK_BYTES: number = BLOCK_PACKETS * 24;

/** Columns of one block. Index is the packet within the block. */
export class ColumnBlock {
  /** Code of flow and direction, see `flow_dictionary.ts`. */
  readonly flow: Uint32Array = new Uint32Array(BLOCK_PACKETS);
  /** Nanoseconds from `PassFacts.baseSec`; NaN without a time. */
  readonly timeNs: Float64Array = new Float64Array(BLOCK_PACKETS);
  /** Octets on the wire. */
  readonly wireLength: Uint32Array = new Uint32Array(BLOCK_PACKETS);
  /** Path id. */
  readonly path: Uint16Array = new Uint16Array(BLOCK_PACKETS);
  /** TCP flags, or `NO_TCP_FLAGS`. */
  readonly tcpFlags: Uint16Array = new Uint16Array(BLOCK_PACKETS);
  /** Octets that TCP carries, on the wire, or `NO_TCP_LENGTH`. */
  readonly tcpLength: Uint16Array = new Uint16Array(BLOCK_PACKETS);
  /** Place of the packet's `TcpFlag` bits in the list of those that occur. */
  readonly findings: Uint16Array = new Uint16Array(BLOCK_PACKETS);
}

/**
 * What identifies the segments that were captured lately, of all connections together: a table of
 * fixed size in which a new segment takes the place of another. A copy of a packet is told from a
 * retransmission by it.
 *
 * @module
 */
import type { ColumnMemory } from "../arena.ts";
import type { PassBatch } from "../pass.ts";

/** What a packet shows of the segment that it carries. */
export interface SegmentClues {
  timeNs: number;
  hasTimestamps: boolean;
  tsVal: number;
  /** IP identification; 0 where there is none, which no stack uses on purpose. */
  ipId: number;
  /** TCP checksum as captured; of use, and remembered, only where there is no identification. */
  checksum: number;
}

/** Offset of the checksum in a TCP header (RFC 9293 §3.1). */
const CHECKSUM_OFFSET = 16;

const ENTRIES_BITS = 12;
const ENTRIES = 1 << ENTRIES_BITS;
/** Words of an entry: key, sequence number, length, TSval, identification and checksum, -, time (2). */
const STRIDE = 8;
const KEY = 0, SEQ = 1, LENGTH = 2, TS_VAL = 3, IDS = 4;
const TIME_DOUBLE = 3;

/** The latest segments with data, SYN or FIN. Keys are connection numbers times two plus direction. */
export class SegmentMemory {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #found: SegmentClues = {
    timeNs: 0,
    hasTimestamps: false,
    tsVal: 0,
    ipId: 0,
    checksum: 0,
  };

  /** Nothing remembered; the table lies in `memory`. */
  constructor(memory: ColumnMemory) {
    const doubles = memory.float64(ENTRIES * STRIDE / 2);
    this.#words = new Int32Array(doubles.buffer, doubles.byteOffset, ENTRIES * STRIDE);
    this.#doubles = doubles;
  }

  /** Address of the table, in its memory. */
  get address(): number {
    return this.#doubles.byteOffset;
  }

  /** Remembers a segment in place of another; `octets` counts SYN and FIN. */
  remember(key: number, batch: PassBatch, row: number, octets: number, ipId: number): void {
    const { dissected, options, flows } = batch;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const at = place(key, seq);
    const words = this.#words;
    words[at + KEY] = key + 1;
    words[at + SEQ] = seq;
    words[at + LENGTH] = octets;
    words[at + TS_VAL] = options.tsVal[row] ?? 0;
    words[at + IDS] = ipId !== 0 ? ipId << 16 : checksumOf(batch, row);
    this.#doubles[(at >> 1) + TIME_DOUBLE] = flows.timeNs[row] ?? 0;
  }

  /** The segment with just these octets, null if it is not remembered. Valid until the next call. */
  recall(key: number, seq: number, octets: number): SegmentClues | null {
    const at = place(key, seq);
    const words = this.#words;
    if (words[at + KEY] !== key + 1 || words[at + SEQ] !== seq) return null;
    if (words[at + LENGTH] !== octets) return null;
    const found = this.#found;
    const ids = words[at + IDS] ?? 0;
    found.timeNs = this.#doubles[(at >> 1) + TIME_DOUBLE] ?? 0;
    found.tsVal = (words[at + TS_VAL] ?? 0) >>> 0;
    found.ipId = ids >>> 16;
    found.checksum = ids & 0xffff;
    return found;
  }
}

/** TCP checksum of a packet with a whole header. */
export function checksumOf({ packets, dissected }: PassBatch, row: number): number {
  return packets.view.getUint16((dissected.l4Offset[row] ?? 0) + CHECKSUM_OFFSET);
}

/** First word of the entry of a segment: multiplicative hashing (Knuth, TAOCP 6.4). */
function place(key: number, seq: number): number {
  const mixed = Math.imul(seq ^ Math.imul(key, 0x9e3779b1), 0x85ebca6b);
  return (mixed >>> (32 - ENTRIES_BITS)) * STRIDE;
}

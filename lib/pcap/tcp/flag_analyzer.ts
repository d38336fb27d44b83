/**
 * Decides for each TCP segment what tshark 4.0 would attach to it (its sequence analysis with
 * default preferences), from a fixed record per connection.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import { Fragment } from "../dissect/columns.ts";
import type { RecordHeap } from "../flow/record_heap.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { TcpFlag } from "./flags.ts";
import { isDuplicateSack } from "./duplicate_sack.ts";
import {
  ACKABLE_SEQ,
  BASE_KNOWN,
  BASE_SEQ,
  DIRECTION_WORDS,
  DUPLICATE_ACKS,
  FIRST_ACK_PENDING,
  HANDSHAKE_TIME,
  LAST_ACK,
  LAST_ACK_TIME,
  LAST_KEEP_ALIVE,
  LAST_PROBE,
  makeSequenceState,
  NEXT_SEQ,
  NEXT_SEQ_TIME,
  PACKED,
  RECORD_WORDS,
  resetSequenceState,
  ROUND_TRIP_KNOWN,
  SCALE_MASK,
  SCALE_SHIFT,
  SCALE_UNKNOWN,
  SCALE_UNUSED,
  SYN_TIME_KNOWN,
  UNACKED_COUNT,
  WINDOW_MASK,
  WINDOW_UNKNOWN,
} from "./sequence_state.ts";

const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;
const HEADER_OCTETS = 20;
/** An ACK that is answered within this time was answered by a fast retransmission. */
const FAST_NS = 20_000_000;
/** How late a segment may be to count as out of order, while the round trip is unknown. */
const REORDERED_NS = 3_000_000;
/** tshark remembers this many unacknowledged segments of a direction, then forgets to count FIN. */
const UNACKED_MAX = 10_000;
/** Value of {@link DUPLICATE_ACKS} after an ACK of unseen data. */
const UNSEEN_ACKED = -1;
/** Largest shift that window scaling knows (RFC 7323 2.3). */
const SHIFT_MAX = 14;

/** Compiled code that flags the segments of the batches it is bound to. */
export interface SegmentKernel {
  readonly arena: Arena;
  /**
   * Fills `tcpFlags`; `records` is the address of the records of connections. Returns one more than
   * the highest connection.
   */
  flagSegments(batch: PacketBatch, records: number): number;
}

/** Fills the `tcpFlags` of a batch, from its dissection, flows and options. */
export class TcpFlagAnalyzer implements Analyzer {
  readonly #kernel: SegmentKernel | null;
  readonly #state: RecordHeap;
  #i32: Int32Array;
  #f64: Float64Array;
  /** Start of the record, of the direction of the segment, and of the other; words. */
  #record = 0;
  #own = 0;
  #peer = 0;

  /** Nothing seen yet. A kernel, bound to the columns of the batches, does the work to the same result. */
  constructor(kernel: SegmentKernel | null = null) {
    this.#kernel = kernel;
    this.#state = makeSequenceState(kernel?.arena ?? null);
    this.#i32 = this.#state.i32;
    this.#f64 = this.#state.f64;
  }

  /** Octets of memory in use. */
  get sizeBytes(): number {
    return this.#state.sizeBytes;
  }

  addBatch(batch: PassBatch): void {
    const { count } = batch.packets;
    const { tcp } = batch.flows;
    if (this.#kernel !== null) {
      // In an arena there is room for as many as there can be: it is only counted.
      this.#state.ensure(this.#kernel.flagSegments(batch.packets, this.#state.address));
      return;
    }
    const { flags, duplicateAck } = batch.tcpFlags;
    for (let row = 0; row < count; row++) {
      flags[row] = 0;
      duplicateAck[row] = 0;
      const connection = tcp[row] ?? -1;
      if (connection >= 0) this.#addSegment(batch, row, connection);
    }
  }

  #addSegment(batch: PassBatch, row: number, connection: number): void {
    const { dissected, flows, options } = batch;
    this.#turnTo(connection, flows.direction[row] ?? 0);
    if (flows.isNew[row] !== 0) resetSequenceState(this.#i32, this.#record);
    if (dissected.fragment[row] !== Fragment.whole || !hasHeader(batch, row)) return;
    const bits = dissected.tcpFlags[row] ?? 0;
    let found = flows.isReused[row] === 1 ? TcpFlag.reusedPorts : 0;
    if ((bits & SYN) !== 0) found |= this.#beforeSyn(dissected, row, bits);
    const hasLength = (dissected.payloadOffset[row] ?? -1) >= 0;
    if (hasLength) {
      this.#learnBases(dissected, row, bits);
      found |= this.#analyze(batch, row, bits);
    }
    this.#takeHandshake(timeOf(batch, row), flows.baseSec, bits);
    if (options.windowScale[row] !== -1) this.#takeScale(options.windowScale[row] ?? 0);
    const isCut = !hasLength || options.cut[row] === 1;
    // tshark shows what it found after the options, and gives up where they are not all there.
    if (isCut) found = 0;
    else if ((bits & SYN) !== 0) this.#agreeOnScale((bits & ACK) !== 0);
    if ((bits & RST) !== 0) found |= TcpFlag.reset;
    if (hasLength && (options.sackBlocks[row] ?? 0) > 0) {
      const base = this.#i32[this.#peer + BASE_SEQ] ?? 0;
      if (isDuplicateSack(batch, row, base)) found |= TcpFlag.dsack;
    }
    batch.tcpFlags.flags[row] = found;
    if ((found & TcpFlag.duplicateAck) !== 0) {
      batch.tcpFlags.duplicateAck[row] = this.#i32[this.#own + DUPLICATE_ACKS] ?? 0;
    }
  }

  /** Points at the record of a connection, and at the halves of the sender and of the other side. */
  #turnTo(connection: number, direction: number): void {
    if (this.#state.ensure(connection + 1)) {
      this.#i32 = this.#state.i32;
      this.#f64 = this.#state.f64;
    }
    const record = Math.imul(connection, RECORD_WORDS);
    const other = record + DIRECTION_WORDS;
    this.#record = record;
    this.#own = direction === 0 ? record : other;
    this.#peer = direction === 0 ? other : record;
  }

  /** What a SYN means for the connection that its ports belong to, before it is analysed. */
  #beforeSyn(dissected: DissectColumns, row: number, bits: number): number {
    const i32 = this.#i32;
    const own = this.#own;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const isKnown = ((i32[own + PACKED] ?? 0) & BASE_KNOWN) !== 0;
    if (!isKnown) return 0;
    if ((bits & ACK) === 0) {
      if (i32[own + BASE_SEQ] === seq) i32[own + NEXT_SEQ] = i32[own + ACKABLE_SEQ] ?? 0;
      return 0;
    }
    if (i32[own + BASE_SEQ] === seq) return 0;
    i32[own + BASE_SEQ] = seq;
    return TcpFlag.reusedPorts;
  }

  #learnBases(dissected: DissectColumns, row: number, bits: number): void {
    const i32 = this.#i32;
    const own = this.#own;
    const peer = this.#peer;
    if (((i32[own + PACKED] ?? 0) & BASE_KNOWN) === 0) {
      const seq = (dissected.seq[row] ?? 0) | 0;
      i32[own + BASE_SEQ] = (bits & SYN) !== 0 ? seq : seq - 1;
      i32[own + PACKED] = (i32[own + PACKED] ?? 0) | BASE_KNOWN;
    }
    if (((i32[peer + PACKED] ?? 0) & BASE_KNOWN) === 0 && (bits & ACK) !== 0) {
      i32[peer + BASE_SEQ] = (dissected.ack[row] ?? 0) - 1;
      i32[peer + PACKED] = (i32[peer + PACKED] ?? 0) | BASE_KNOWN;
    }
  }

  /** The findings about a segment of known length, which the state then takes in. */
  #analyze(batch: PassBatch, row: number, bits: number): number {
    const { dissected } = batch;
    const i32 = this.#i32;
    const own = this.#own;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const ack = (dissected.ack[row] ?? 0) | 0;
    const length = dissected.payloadWire[row] ?? 0;
    const window = dissected.window[row] ?? 0;
    const timeNs = timeOf(batch, row);
    let found = this.#compareWithLast(seq, ack, length, window, bits);
    const sameAck = ack === i32[own + LAST_ACK];
    if ((found & TcpFlag.duplicateAck) !== 0) {
      i32[own + DUPLICATE_ACKS] = Math.max(0, i32[own + DUPLICATE_ACKS] ?? 0) + 1;
    } else if (!sameAck) i32[own + DUPLICATE_ACKS] = 0;
    if ((bits & ACK) !== 0) found |= this.#acknowledge(ack);
    const takesSequence = length > 0 || (bits & (SYN | FIN)) !== 0;
    if (takesSequence && (found & TcpFlag.keepAlive) === 0) {
      found |= this.#judgeOld(seq, length, bits, timeNs);
    }
    this.#advance(seq, length, bits, timeNs, (found & TcpFlag.zeroWindowProbe) !== 0);
    if (!sameAck) this.#countUnacked(this.#peer, 0);
    i32[own + LAST_ACK] = ack;
    this.#f64[(own >> 1) + LAST_ACK_TIME] = timeNs;
    i32[own + PACKED] = ((i32[own + PACKED] ?? 0) & ~(WINDOW_MASK | LAST_KEEP_ALIVE | LAST_PROBE)) |
      window |
      ((found & TcpFlag.keepAlive) !== 0 ? LAST_KEEP_ALIVE : 0) |
      ((found & TcpFlag.zeroWindowProbe) !== 0 ? LAST_PROBE : 0);
    return found;
  }

  /** What the segment is beside the last ones of both sides: probes, windows, ACKs. */
  #compareWithLast(seq: number, ack: number, length: number, window: number, bits: number): number {
    const i32 = this.#i32;
    const own = this.#own;
    const next = i32[own + NEXT_SEQ] ?? 0;
    const peerPacked = i32[this.#peer + PACKED] ?? 0;
    if (length === 1 && seq === next && (peerPacked & WINDOW_MASK) === 0) {
      return TcpFlag.zeroWindowProbe;
    }
    const isPlain = (bits & (SYN | FIN | RST)) === 0;
    let found = 0;
    if (window === 0 && isPlain) found |= TcpFlag.zeroWindow;
    if (next !== 0 && isAfter(seq, next) && (bits & RST) === 0) found |= TcpFlag.lostSegment;
    if (!isPlain) return found;
    if (length <= 1 && seq === ((next - 1) | 0)) found |= TcpFlag.keepAlive;
    if (length > 0) return found | this.#fillsWindow(seq + length, peerPacked);
    if (seq !== next || ack !== i32[own + LAST_ACK]) return found;
    const isSameWindow = window === ((i32[own + PACKED] ?? 0) & WINDOW_MASK);
    if (window === 0) {
      return isSameWindow && (peerPacked & LAST_PROBE) !== 0
        ? found | TcpFlag.zeroWindowProbeAck
        : found;
    }
    if (!isSameWindow) return found | TcpFlag.windowUpdate;
    return found |
      ((peerPacked & LAST_KEEP_ALIVE) !== 0 ? TcpFlag.keepAliveAck : TcpFlag.duplicateAck);
  }

  #fillsWindow(end: number, peerPacked: number): number {
    const scale = peerPacked & SCALE_MASK;
    if (scale === SCALE_UNKNOWN) return 0;
    const isScaled = scale !== SCALE_UNUSED && (peerPacked & FIRST_ACK_PENDING) === 0;
    const window = peerPacked & WINDOW_MASK;
    const octets = window === WINDOW_UNKNOWN ? -1 : window;
    const room = isScaled ? octets << ((scale >> SCALE_SHIFT) - 2) : octets;
    const edge = ((this.#i32[this.#peer + LAST_ACK] ?? 0) + room) | 0;
    return edge === (end | 0) ? TcpFlag.windowFull : 0;
  }

  /** Whether an ACK acknowledges what the peer was never seen to send; said once. */
  #acknowledge(ack: number): number {
    const i32 = this.#i32;
    const peer = this.#peer;
    const ackable = i32[peer + ACKABLE_SEQ] ?? 0;
    if (ackable === 0 || !isAfter(ack, ackable)) return 0;
    const next = i32[peer + NEXT_SEQ] ?? 0;
    if (isBefore(ackable, next)) {
      i32[peer + ACKABLE_SEQ] = next;
      return TcpFlag.ackLostSegment;
    }
    const isFirst = i32[peer + DUPLICATE_ACKS] === 0;
    i32[peer + DUPLICATE_ACKS] = UNSEEN_ACKED;
    return isFirst ? TcpFlag.ackLostSegment : 0;
  }

  /** What a segment is that may have been sent before. */
  #judgeOld(seq: number, length: number, bits: number, timeNs: number): number {
    const i32 = this.#i32;
    const f64 = this.#f64;
    const own = this.#own;
    const peer = this.#peer;
    const next = i32[own + NEXT_SEQ] ?? 0;
    const acked = i32[peer + LAST_ACK] ?? 0;
    if (length > 0 && acked !== 0 && !isAfter((seq + length) | 0, acked)) {
      return TcpFlag.retransmission | TcpFlag.spuriousRetransmission;
    }
    if (next === 0 || !isBefore(seq, next)) return 0;
    if (length > 1 && seq === ((next - 1) | 0)) return 0;
    const sinceAck = timeNs - (f64[(peer >> 1) + LAST_ACK_TIME] ?? 0);
    if (
      ((i32[peer + DUPLICATE_ACKS] ?? 0) >>> 0) >= 2 && acked === seq &&
      isShorter(sinceAck, FAST_NS)
    ) return TcpFlag.retransmission | TcpFlag.fastRetransmission;
    const sinceNext = timeNs - (f64[(own >> 1) + NEXT_SEQ_TIME] ?? 0);
    const end = (seq + length + ((bits & (SYN | FIN)) !== 0 ? 1 : 0)) | 0;
    if (isShorter(sinceNext, this.#reorderedNs()) && end !== next) return TcpFlag.outOfOrder;
    return (bits & SYN) !== 0
      ? TcpFlag.retransmission | TcpFlag.synRetransmission
      : TcpFlag.retransmission;
  }

  #reorderedNs(): number {
    const record = this.#record;
    const roundTrip = ((this.#i32[record + PACKED] ?? 0) & ROUND_TRIP_KNOWN) !== 0
      ? this.#f64[(record >> 1) + HANDSHAKE_TIME] ?? 0
      : 0;
    return roundTrip === 0 ? REORDERED_NS : roundTrip;
  }

  /** Moves the sequence numbers of the sender on. */
  #advance(seq: number, length: number, bits: number, timeNs: number, isProbe: boolean): void {
    const i32 = this.#i32;
    const own = this.#own;
    const isControl = (bits & (SYN | FIN)) !== 0;
    let end = (seq + length) | 0;
    if (length > 0 || isControl) {
      const unacked = this.#unacked(own);
      if (unacked < UNACKED_MAX) {
        this.#countUnacked(own, unacked + 1);
        if (isControl) end = (end + 1) | 0;
      }
    }
    const next = i32[own + NEXT_SEQ] ?? 0;
    if (isProbe) return;
    if (next === 0 || isAfter(end, next)) {
      i32[own + NEXT_SEQ] = end;
      this.#f64[(own >> 1) + NEXT_SEQ_TIME] = timeNs;
    }
    const ackable = i32[own + ACKABLE_SEQ] ?? 0;
    if (ackable === 0 || ackable === seq) i32[own + ACKABLE_SEQ] = i32[own + NEXT_SEQ] ?? 0;
  }

  #unacked(side: number): number {
    const both = this.#i32[this.#record + UNACKED_COUNT] ?? 0;
    return side === this.#record ? both & 0xffff : both >>> 16;
  }

  #countUnacked(side: number, count: number): void {
    const at = this.#record + UNACKED_COUNT;
    const both = this.#i32[at] ?? 0;
    this.#i32[at] = side === this.#record ? both & ~0xffff | count : both & 0xffff | count << 16;
  }

  #takeScale(shift: number): void {
    const at = this.#own + PACKED;
    const code = Math.min(shift, SHIFT_MAX) + 2;
    this.#i32[at] = (this.#i32[at] ?? 0) & ~SCALE_MASK | code << SCALE_SHIFT;
  }

  /** What a segment tells of the handshake, after it was analysed. */
  #takeHandshake(timeNs: number, baseSec: number, bits: number): void {
    const i32 = this.#i32;
    const record = this.#record;
    const ownAt = this.#own + PACKED;
    if ((bits & SYN) !== 0) {
      i32[ownAt] = (i32[ownAt] ?? 0) | FIRST_ACK_PENDING;
      if ((bits & ACK) === 0 && ((i32[record + PACKED] ?? 0) & ROUND_TRIP_KNOWN) === 0) {
        this.#f64[(record >> 1) + HANDSHAKE_TIME] = timeNs;
        const known = timeNs + baseSec * 1e9 === 0 ? 0 : SYN_TIME_KNOWN;
        i32[record + PACKED] = (i32[record + PACKED] ?? 0) & ~SYN_TIME_KNOWN | known;
      }
      return;
    }
    if ((bits & ACK) === 0) return;
    i32[ownAt] = (i32[ownAt] ?? 0) & ~FIRST_ACK_PENDING;
    const marks = i32[record + PACKED] ?? 0;
    if ((marks & (SYN_TIME_KNOWN | ROUND_TRIP_KNOWN)) !== SYN_TIME_KNOWN) return;
    const roundTrip = timeNs - (this.#f64[(record >> 1) + HANDSHAKE_TIME] ?? 0);
    if (roundTrip === 0) return;
    this.#f64[(record >> 1) + HANDSHAKE_TIME] = roundTrip;
    i32[record + PACKED] = marks | ROUND_TRIP_KNOWN;
  }

  /** Window scaling is in use only if both sides sent the option (RFC 7323 2.2). */
  #agreeOnScale(isSynAck: boolean): void {
    const i32 = this.#i32;
    const ownAt = this.#own + PACKED;
    const peerAt = this.#peer + PACKED;
    const own = i32[ownAt] ?? 0;
    const peer = i32[peerAt] ?? 0;
    if ((own & SCALE_MASK) === SCALE_UNKNOWN) {
      i32[ownAt] = own & ~SCALE_MASK | SCALE_UNUSED;
      i32[peerAt] = peer & ~SCALE_MASK | SCALE_UNUSED;
    } else if (isSynAck && (peer & SCALE_MASK) === SCALE_UNUSED) {
      i32[ownAt] = own & ~SCALE_MASK | SCALE_UNUSED;
    }
  }
}

function hasHeader({ packets, dissected }: PassBatch, row: number): boolean {
  const end = (packets.offset[row] ?? 0) + (packets.capturedLength[row] ?? 0);
  return end - (dissected.l4Offset[row] ?? 0) >= HEADER_OCTETS;
}

/** Time of a packet as tshark takes it: one without a time is of 1970. */
function timeOf({ flows }: PassBatch, row: number): number {
  const timeNs = flows.timeNs[row] ?? NaN;
  return Number.isNaN(timeNs) ? -1e9 * flows.baseSec : timeNs;
}

/** True if sequence number `a` is after `b` (RFC 9293 3.4); both are 32-bit words. */
function isAfter(a: number, b: number): boolean {
  return ((b - a) | 0) < 0;
}

function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** Compares as unsigned 64-bit words do: a time that went backwards is longer than any that did not. */
function isShorter(ns: number, limitNs: number): boolean {
  if (ns < 0) return limitNs < 0 && ns < limitNs;
  return limitNs < 0 || ns < limitNs;
}

/**
 * The payload of one flow in the order in which its sides got it, up to a bound: runs of one
 * direction, and the gaps in them.
 *
 * @module
 */
import type { Side } from "../flow/flow_reader.ts";
import type { PassBatch } from "../pass.ts";
import { DatagramAssembler } from "../stream/fragments.ts";
import { HeldBudget, StreamAssembler, type StreamCounts } from "../stream/stream_assembler.ts";

/** A run of octets of one side, or a gap. */
export interface ConversationRun {
  readonly side: Side;
  /** Octets of this side before the run, gaps included. */
  readonly offset: number;
  /** Packet that brought its first octet, or that goes on after the gap. */
  readonly frame: number;
  /** Its time, nanoseconds from the base second of the walk; NaN if it is not known. */
  readonly timeNs: number;
  /** Octets; empty for a gap. */
  octets: Uint8Array;
  /** Octets that the capture does not have: all of a gap, or what was cut off a datagram. */
  readonly missing: number;
}

/** Which part of a conversation is kept. */
export interface ConversationWindow {
  /** Octets of payload to pass over, of the sides asked for together. */
  readonly offset: number;
  /** Octets to keep after them. */
  readonly maxBytes: number;
  /** True for the sides whose payload is kept. */
  readonly wants: (side: Side) => boolean;
}

/** What of a packet is needed. */
interface Part {
  readonly octets: Uint8Array;
  readonly wireLength: number;
}

/** Most runs that are kept. */
const RUNS_MAX = 2048;

/** Times of packets that are remembered until the stream is in order again. */
const TIMES_MAX = 4096;

const TCP = 6, UDP = 17;
const SYN = 0x02, ACK = 0x10;
const TCP_HEADER_MIN = 20;

/** Collects one flow; it is given the packets of that flow only. */
export class Conversation {
  readonly runs: ConversationRun[] = [];
  /** True if runs after those kept were left out. */
  isTruncated = false;
  /** Octets of the sides asked for, those passed over and left out included. */
  seenBytes = 0;
  /** Octets that are kept. */
  keptBytes = 0;
  /** True if the first packet of the connection was none that opens one. */
  beganBefore = false;
  readonly #window: ConversationWindow;
  readonly #isTcp: boolean;
  readonly #sides: readonly [StreamAssembler, StreamAssembler];
  readonly #datagrams: readonly [StreamCounts, StreamCounts] = [noCounts(), noCounts()];
  readonly #fragments = new DatagramAssembler();
  readonly #times = new Map<number, number>();
  /** What is kept, run after run. */
  readonly #buffer: Uint8Array;
  /** True once there is no room for another run. */
  #isFull = false;
  #isFirst = true;

  /** A conversation of a protocol (6 or 17), of which a window is kept. */
  constructor(protocol: number, window: ConversationWindow) {
    this.#isTcp = protocol === TCP;
    this.#window = window;
    this.#buffer = new Uint8Array(window.maxBytes);
    const budget = new HeldBudget(4 * 1_048_576);
    this.#sides = [this.#assembler(0, budget), this.#assembler(1, budget)];
  }

  /** Must be told of every batch before its packets: fragments are put together by all of them. */
  beginBatch(batch: PassBatch): void {
    this.#fragments.addBatch(batch);
  }

  /** Takes packet `row`, which belongs to the flow. */
  add(batch: PassBatch, row: number): void {
    const { packets, dissected, flows } = batch;
    const frame = packets.firstFrame + row;
    this.#remember(frame, packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN);
    const side: Side = flows.direction[row] === 0 ? 0 : 1;
    if (dissected.fragment[row] === 0) {
      const from = dissected.payloadOffset[row] ?? -1;
      const captured = dissected.payloadCaptured[row] ?? 0;
      const part: Part = {
        octets: from < 0 ? new Uint8Array(0) : packets.bytes.subarray(from, from + captured),
        wireLength: dissected.payloadWire[row] ?? 0,
      };
      if (!this.#isTcp) this.#datagram(side, part, frame);
      else if ((dissected.l4Offset[row] ?? -1) >= 0 && (dissected.malformed[row] ?? 0) === 0) {
        const flags = dissected.tcpFlags[row] ?? 0;
        this.#segment(side, dissected.seq[row] ?? 0, dissected.ack[row] ?? 0, flags, part, frame);
      }
      return;
    }
    const whole = this.#fragments.completed.find((one) => one.row === row);
    if (whole !== undefined) this.#whole(side, whole.protocol, whole.payload, frame);
  }

  /** Nothing more will come. */
  end(): void {
    for (const side of this.#sides) side.end();
  }

  /** What a side sent. */
  countsOf(side: Side): StreamCounts {
    return this.#isTcp ? this.#sides[side].counts : this.#datagrams[side];
  }

  #assembler(side: Side, budget: HeldBudget): StreamAssembler {
    const assembler: StreamAssembler = new StreamAssembler({
      data: (octets, frame) =>
        this.#keep(side, assembler.position - octets.length, octets, 0, frame),
      gap: (length, frame) =>
        this.#keep(side, assembler.position - length, new Uint8Array(0), length, frame),
    }, budget);
    return assembler;
  }

  #remember(frame: number, timeNs: number): void {
    this.#times.set(frame, timeNs);
    if (this.#times.size <= TIMES_MAX) return;
    const [oldest] = this.#times.keys();
    if (oldest !== undefined) this.#times.delete(oldest);
  }

  /** A transport header with what it carries, put together from fragments. */
  #whole(side: Side, protocol: number, payload: Uint8Array, frame: number): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (protocol === UDP && payload.length >= 8) {
      const octets = payload.subarray(8);
      this.#datagram(side, { octets, wireLength: octets.length }, frame);
    } else if (protocol === TCP && payload.length >= TCP_HEADER_MIN) {
      const header = (view.getUint8(12) >> 4) * 4;
      const octets = payload.subarray(Math.max(TCP_HEADER_MIN, header));
      const part = { octets, wireLength: octets.length };
      this.#segment(side, view.getUint32(4), view.getUint32(8), view.getUint8(13), part, frame);
    }
  }

  #datagram(side: Side, { octets, wireLength }: Part, frame: number): void {
    const counts = this.#datagrams[side];
    const offset = counts.delivered + counts.missing;
    const missing = Math.max(0, wireLength - octets.length);
    counts.delivered += octets.length;
    counts.missing += missing;
    if (missing > 0) counts.gaps++;
    if (wireLength > 0) this.#keep(side, offset, octets, missing, frame);
  }

  #segment(
    side: Side,
    seq: number,
    ack: number,
    flags: number,
    { octets, wireLength }: Part,
    frame: number,
  ): void {
    const isOpening = (flags & SYN) !== 0;
    if (this.#isFirst) this.beganBefore = !isOpening;
    this.#isFirst = false;
    const own = this.#sides[side];
    // Data in a SYN (RFC 7413) follows the number that the SYN takes.
    const first = isOpening ? (seq + 1) >>> 0 : seq;
    if (isOpening) own.begin(first);
    if ((flags & ACK) !== 0) this.#sides[side === 0 ? 1 : 0].acknowledge(ack);
    if (wireLength > 0) own.add(first, octets, wireLength, frame);
  }

  #keep(side: Side, offset: number, octets: Uint8Array, missing: number, frame: number): void {
    const { wants, maxBytes } = this.#window;
    if (!wants(side)) return;
    const from = this.#window.offset;
    const before = this.seenBytes;
    this.seenBytes += octets.length;
    const skip = Math.max(0, from - before);
    if (octets.length > 0 ? skip >= octets.length : before < from) return;
    const room = this.#isFull ? 0 : maxBytes - this.keptBytes;
    const shown = octets.subarray(skip, skip + room);
    if (shown.length < octets.length - skip || room <= 0) this.isTruncated = true;
    if (this.isTruncated && shown.length === 0) return;
    const last = this.runs.at(-1);
    const joins = this.#isTcp && missing === 0 && last !== undefined && last.missing === 0 &&
      last.side === side && last.offset + last.octets.length === offset + skip;
    if (!joins && this.runs.length >= RUNS_MAX) {
      this.isTruncated = true;
      this.#isFull = true;
      return;
    }
    const start = this.keptBytes - (joins ? last.octets.length : 0);
    this.#buffer.set(shown, this.keptBytes);
    this.keptBytes += shown.length;
    const kept = this.#buffer.subarray(start, this.keptBytes);
    if (joins) last.octets = kept;
    else {
      const timeNs = this.#times.get(frame) ?? NaN;
      this.runs.push({ side, offset: offset + skip, frame, timeNs, octets: kept, missing });
    }
  }
}

function noCounts(): StreamCounts {
  return { delivered: 0, repeated: 0, missing: 0, gaps: 0 };
}

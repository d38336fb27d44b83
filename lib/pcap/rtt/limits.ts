/**
 * What a transfer waits for, after T-RAT (Zhang, Breslau, Paxson, Shenker: On the Characteristics
 * and Origins of Internet Flow Rates, SIGCOMM 2002), as the packets come: the time between two
 * events of a transfer goes to what kept the sender from sending meanwhile.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import type { PassBatch } from "../pass.ts";
import type { Limit, LimitVerdict } from "./rtt_findings.ts";

/** Words of a direction; doubles take two. */
const Word = {
  /** Time up to which everything was attributed. */
  since: 0,
  receiver: 2,
  congestion: 4,
  loss: 6,
  application: 8,
  /** Sequence number after the highest octet sent. */
  sent: 10,
  acked: 11,
  /** Right edge of the window that the receiver offers. */
  edge: 12,
  /** What was sent when recovery began: it ends when that is acknowledged. */
  recovery: 13,
  /** Largest packet of data that may have been one segment. */
  segment: 14,
  /** {@link State}; from bit 8 the octets of a full segment at most. */
  state: 15,
} as const;
const WORDS = 16;
const MSS_SHIFT = 8;

const State = {
  isBegun: 1,
  isAcked: 2,
  isWindowKnown: 4,
  isRecovering: 8,
  /** The last packet did not fill a segment: the sender had no more to send. */
  isDrained: 16,
} as const;

/** A transfer that waited for a smaller part of its time than this is limited by nothing seen. */
const SHARE_TELLING = 0.1;
/** After so many round trips to the sender without an answer, it is the sender that waits. */
const REACTION_TRIPS = 1.5;

/** How long a side takes to react, as far as it is known. */
export interface ReactionTimes {
  /** From a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown. */
  legNs(tcp: number, direction: number): number;
}

/**
 * Limits of the connections that are transfers. Times are read from the columns where they are
 * needed: numbers that are not small integers are costly to hand over.
 */
export class LimitTracker {
  readonly #heap: RecordHeap;
  readonly #reaction: ReactionTimes;
  /** Records in use, room for them. */
  readonly #counts: Int32Array;

  /** A tracker for at most `capacityMax` connections, its records in `arena` if there is one. */
  constructor(capacityMax: number, reaction: ReactionTimes, arena: Arena | null) {
    this.#heap = new RecordHeap(2 * WORDS * 4, capacityMax, arena);
    this.#reaction = reaction;
    this.#counts = (arena ?? separateMemory).int32(2);
    this.#counts[1] = this.#heap.capacityMax;
  }

  /** Addresses in the arena: of the number of records in use and the room for them, of the records. */
  get addresses(): readonly [counts: number, records: number] {
    return [this.#counts.byteOffset, this.#heap.address];
  }

  /** Number of a new, empty record; -1 if there is no room. */
  open(): number {
    const count = this.#counts[0] ?? 0;
    if (count === this.#heap.capacityMax) return -1;
    this.#heap.ensure(count + 1);
    this.#counts[0] = count + 1;
    return count;
  }

  /** Tells the octets of a full segment, at most, of both directions of a record, if there is one. */
  setMss(record: number, mss: number): void {
    const at = record * 2 * WORDS + Word.state;
    if (record < 0) return;
    for (const word of [at, at + WORDS]) {
      const flags = (this.#heap.i32[word] ?? 0) & ((1 << MSS_SHIFT) - 1);
      this.#heap.i32[word] = flags | (mss << MSS_SHIFT);
    }
  }

  /** Empties a record. */
  clear(record: number): void {
    const at = record * 2 * WORDS;
    this.#heap.i32.fill(0, at, at + 2 * WORDS);
  }

  /** The packet of connection `tcp` carries data. */
  addData(record: number, tcp: number, batch: PassBatch, row: number): void {
    const { dissected, flows } = batch;
    const words = this.#heap.i32;
    const at = (record * 2 + (flows.direction[row] ?? 0)) * WORDS;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const octets = dissected.payloadWire[row] ?? 0;
    const end = (seq + octets) | 0;
    let state = words[at + Word.state] ?? 0;
    if ((state & State.isBegun) === 0) {
      this.#heap.f64[at >> 1] = flows.timeNs[row] ?? 0;
      words[at + Word.sent] = words[at + Word.acked] = seq;
      words[at + Word.state] = state |= State.isBegun;
    }
    const sent = words[at + Word.sent] ?? 0;
    if (((seq - sent) | 0) < 0 && octets > 1) {
      this.#attribute(at, batch, row, Word.loss);
      words[at + Word.recovery] = sent;
      state |= State.isRecovering;
    } else this.#close(at, tcp, batch, row, flows.direction[row] ?? 0);
    if (((end - sent) | 0) > 0) words[at + Word.sent] = end;
    const segment = words[at + Word.segment] ?? 0;
    state &= ~State.isDrained;
    if (octets !== segment) {
      const mss = state >>> MSS_SHIFT;
      if (octets <= mss && octets > segment) words[at + Word.segment] = octets;
      else if (octets % (segment === 0 ? mss : segment) !== 0) state |= State.isDrained;
    }
    words[at + Word.state] = state;
  }

  /** The packet of connection `tcp` acknowledges; `windowOctets` is the window that it offers, -1 if unknown. */
  addAck(record: number, tcp: number, batch: PassBatch, row: number, windowOctets: number): void {
    const words = this.#heap.i32;
    const direction = 1 - (batch.flows.direction[row] ?? 0);
    const at = (record * 2 + direction) * WORDS;
    let state = words[at + Word.state] ?? 0;
    if ((state & State.isBegun) === 0) return;
    const ack = (batch.dissected.ack[row] ?? 0) | 0;
    const edge = (ack + (windowOctets < 0 ? 0 : windowOctets)) | 0;
    const advance = (ack - (words[at + Word.acked] ?? 0)) | 0;
    const isOld = (state & State.isAcked) !== 0 && advance < 0;
    const isMoved = advance > 0 || edge !== words[at + Word.edge];
    if (isOld || ((ack - (words[at + Word.sent] ?? 0)) | 0) > 0 || !isMoved) return;
    this.#close(at, tcp, batch, row, direction);
    words[at + Word.acked] = ack;
    words[at + Word.edge] = edge;
    state |= State.isAcked;
    if (windowOctets >= 0) state |= State.isWindowKnown;
    if (((ack - (words[at + Word.recovery] ?? 0)) | 0) >= 0) state &= ~State.isRecovering;
    words[at + Word.state] = state;
  }

  /** For how long a direction waited for anything but its application, milliseconds. */
  waitedMs(record: number, direction: 0 | 1): number {
    const at = ((record * 2 + direction) * WORDS) >> 1;
    const { f64 } = this.#heap;
    const ns = (f64[at + (Word.receiver >> 1)] ?? 0) + (f64[at + (Word.congestion >> 1)] ?? 0) +
      (f64[at + (Word.loss >> 1)] ?? 0);
    return ns / 1e6;
  }

  /** What a direction waited for; `isNearSender` tells whether its view can be trusted. */
  verdict(record: number, direction: 0 | 1, isNearSender: boolean): LimitVerdict {
    const at = ((record * 2 + direction) * WORDS) >> 1;
    const { f64 } = this.#heap;
    const ms = (word: number): number => (f64[at + (word >> 1)] ?? 0) / 1e6;
    const waits: readonly (readonly [Limit, number])[] = [
      ["receiver_window", ms(Word.receiver)],
      ["congestion", ms(Word.congestion)],
      ["loss", ms(Word.loss)],
      ["application", ms(Word.application)],
    ];
    const all = waits.reduce((sum, [, time]) => sum + time, 0);
    const [limit, longest] = waits.reduce((most, one) => one[1] > most[1] ? one : most);
    const share = all > 0 ? longest / all : 0;
    return {
      limitedBy: share > SHARE_TELLING ? limit : "none",
      share,
      receiverWindowMs: ms(Word.receiver),
      congestionMs: ms(Word.congestion),
      lossMs: ms(Word.loss),
      applicationMs: ms(Word.application),
      confidence: isNearSender ? "high" : "low",
    };
  }

  /** Attributes the time since the last event to what kept the sender, side `direction`, waiting. */
  #close(at: number, tcp: number, batch: PassBatch, row: number, direction: number): void {
    const words = this.#heap.i32;
    const state = words[at + Word.state] ?? 0;
    const sent = words[at + Word.sent] ?? 0;
    const room = ((words[at + Word.edge] ?? 0) - sent) | 0;
    const isFull = (state & State.isWindowKnown) !== 0 && room < (words[at + Word.segment] ?? 0);
    if ((state & State.isRecovering) !== 0) this.#attribute(at, batch, row, Word.loss);
    else if (isFull) this.#attribute(at, batch, row, Word.receiver);
    else if ((state & State.isDrained) !== 0) this.#attribute(at, batch, row, Word.application);
    else {
      const hasFlight = ((sent - (words[at + Word.acked] ?? 0)) | 0) > 0;
      const isWaiting = hasFlight || this.#isReacting(at, tcp, batch, row, direction);
      this.#attribute(at, batch, row, isWaiting ? Word.congestion : Word.application);
    }
  }

  /** True if the sender cannot yet have answered, to our eyes, what was acknowledged last. */
  #isReacting(
    at: number,
    tcp: number,
    batch: PassBatch,
    row: number,
    direction: number,
  ): boolean {
    const waitedNs = (batch.flows.timeNs[row] ?? 0) - (this.#heap.f64[at >> 1] ?? 0);
    const reactionNs = this.#reaction.legNs(tcp, 1 - direction);
    return waitedNs <= reactionNs * REACTION_TRIPS;
  }

  #attribute(at: number, batch: PassBatch, row: number, word: number): void {
    const { f64 } = this.#heap;
    const base = at >> 1;
    const timeNs = batch.flows.timeNs[row] ?? 0;
    const sinceNs = f64[base] ?? 0;
    const waitedNs = timeNs - sinceNs;
    // What began without a time is timed from the next one on.
    if (Number.isNaN(sinceNs)) f64[base] = timeNs;
    if (!(waitedNs > 0)) return;
    const sum = base + (word >> 1);
    f64[sum] = (f64[sum] ?? 0) + waitedNs;
    f64[base] = timeNs;
  }
}

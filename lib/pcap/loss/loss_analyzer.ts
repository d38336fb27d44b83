/**
 * Loss, from the octets that were captured: data that came again, data that came late, and what the
 * packets prove about why. Segments in order cost a few words; only what is out of order is
 * followed closely.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import { Fragment } from "../dissect/columns.ts";
import { RECORDS_MAX } from "../flow/hash_index.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { DIRECTION_WORDS, segmentOctets, State, Word } from "./direction_record.ts";
import { noReveal, type Reveal } from "./hole_set.ts";
import type { LossFindings, LossKind } from "./loss_findings.ts";
import { type LossBounds, LossRecords, opposite, type PathTimes } from "./loss_records.ts";
import { checksumOf, type SegmentClues, SegmentMemory } from "./segment_memory.ts";
import type { TroubledDirection } from "./troubled_direction.ts";
import { idAfter, judgeCopy, judgeFill, judgeRepeat } from "./verdict.ts";

const BOUNDS: LossBounds = { connectionsMax: RECORDS_MAX, troubleBytes: 67_108_864 };

/** Addresses in the arena: of counts and records, of the progress of troubled directions, of remembered segments. */
export type CoveragePlaces = readonly [
  counts: number,
  records: number,
  progress: number,
  memory: number,
];

/** Compiled code for beginnings, segments in order and acknowledgments, bound to the batches. */
export interface LossKernel {
  readonly arena: Arena;
  /** Told once where the analyzer keeps what it knows. */
  bindCoverage(...places: CoveragePlaces): void;
  /** Takes rows of the batch in from `from` on; the row that needs more than that, or the count. */
  coverSegments(batch: PacketBatch, from: number, to: number): number;
}

const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;
/** Longest jump of sequence numbers within a connection: the largest window (RFC 7323 §2.3). */
const JUMP_MAX = 2 ** 30;
/** Octets that the fragments of one segment can hide. */
const DATAGRAM_MAX = 65_535;
/** Identifications of segments in order are hardly farther apart; packets without data use them too. */
const ID_STEP_MAX = 4096;
/** A packet of at most this many octets of data is one segment. */
const ONE_SEGMENT = 536;

/** Finds out what was lost, and where. */
export class LossAnalyzer implements Analyzer {
  readonly #path: PathTimes;
  readonly #records: LossRecords;
  readonly #memory: SegmentMemory;
  readonly #kernel: LossKernel | null;
  readonly #clues: SegmentClues = {
    timeNs: 0,
    hasTimestamps: false,
    tsVal: 0,
    ipId: 0,
    checksum: 0,
  };
  readonly #reveal: Reveal = noReveal();

  /**
   * An analyzer that asks `path` for round-trip times where packets alone decide nothing. A kernel
   * takes most rows, to the same result.
   */
  constructor(
    path: PathTimes,
    bounds: Partial<LossBounds> = {},
    kernel: LossKernel | null = null,
  ) {
    const arena = kernel?.arena ?? null;
    this.#path = path;
    this.#records = new LossRecords(path, { ...BOUNDS, ...bounds }, arena);
    this.#memory = new SegmentMemory(arena ?? separateMemory);
    this.#kernel = kernel;
    kernel?.bindCoverage(...this.#records.addresses, this.#memory.address);
  }

  addBatch(batch: PassBatch): void {
    this.addRows(batch, 0, batch.packets.count);
  }

  /** Takes the rows from `from` up to `to` of a batch; those before must have been taken. */
  addRows(batch: PassBatch, from: number, to: number): void {
    const { tcp } = batch.flows;
    for (let row = this.#skip(batch, from, to); row < to; row = this.#skip(batch, row + 1, to)) {
      const number = tcp[row] ?? -1;
      if (number >= 0) this.#addPacket(batch, row, number);
    }
  }

  /** The next row from `from` on that the kernel does not take. */
  #skip({ packets }: PassBatch, from: number, to: number): number {
    if (this.#kernel === null || from === to) return from;
    return this.#kernel.coverSegments(packets, from, to);
  }

  /** What was found so far. */
  finish(): LossFindings {
    return this.#records.findings();
  }

  #addPacket(batch: PassBatch, row: number, tcp: number): void {
    const { dissected, flows } = batch;
    if (!this.#records.open(tcp, flows.isNew[row] !== 0)) return;
    const flags = dissected.tcpFlags[row] ?? 0;
    // Without a payload offset the header was not whole; a reset carries no data (RFC 9293 §3.5.2).
    if ((dissected.payloadOffset[row] ?? -1) < 0 || (flags & RST) !== 0) return;
    const words = this.#records.words;
    const direction = flows.direction[row] ?? 0;
    const at = (tcp * 2 + direction) * DIRECTION_WORDS;
    const other = (tcp * 2 + 1 - direction) * DIRECTION_WORDS;
    const payload = dissected.payloadWire[row] ?? 0;
    let state = words[at + Word.state] ?? 0;
    if ((flags & ACK) !== 0) {
      const ack = (dissected.ack[row] ?? 0) | 0;
      if ((state & State.hasAcked) === 0 || ((ack - (words[at + Word.acked] ?? 0)) | 0) > 0) {
        words[at + Word.acked] = ack;
        state |= State.hasAcked;
      }
      if (words[other + Word.trouble] !== 0 && payload === 0) {
        this.#records.troubledAt(other)?.addAck(ack);
      }
      if ((batch.options.sackBlocks[row] ?? 0) > 0) this.#addSack(batch, row, tcp, other);
    }
    if (dissected.window[row] === 0) state |= State.isWindowClosed;
    else state &= ~State.isWindowClosed;
    words[at + Word.state] = state;
    if (payload > 0 || (flags & (SYN | FIN)) !== 0) {
      this.#addData(batch, row, tcp, at, other, payload, flags);
    }
  }

  #addData(
    batch: PassBatch,
    row: number,
    tcp: number,
    at: number,
    other: number,
    payload: number,
    flags: number,
  ): void {
    const { dissected } = batch;
    const words = this.#records.words;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const octets = payload + ((flags & SYN) >> 1) + (flags & FIN);
    if ((flags & SYN) !== 0 && this.#addSyn(batch, row, at)) return;
    words[at + Word.segments] = (words[at + Word.segments] ?? 0) +
      (payload <= ONE_SEGMENT ? 1 : this.#countSegments(at, other, payload));
    const state = words[at + Word.state] ?? 0;
    if ((state & State.isSeen) === 0) {
      words[at + Word.base] = words[at + Word.next] = seq;
      words[at + Word.state] = state | State.isSeen | ((dissected.ttl[row] ?? 0) << 16);
      this.#advance(batch, row, at, seq, octets);
      return;
    }
    const delta = (seq - (words[at + Word.next] ?? 0)) | 0;
    if (delta !== 0) this.#addIrregular(batch, row, tcp, at, other, delta, payload, flags);
    else if (octets === 1 && payload === 1 && this.#isClosed(other)) {
      // A probe of a closed window (RFC 9293 §3.8.6.1): its octet may be sent again as if new.
      words[at + Word.state] = state | State.hasProbed;
    } else this.#advance(batch, row, at, seq, octets);
  }

  /** Takes a segment that ends beyond everything seen: it is the newest. */
  #advance(batch: PassBatch, row: number, at: number, seq: number, octets: number): void {
    const words = this.#records.words;
    const { dissected, options } = batch;
    const next = (seq + octets) | 0;
    if (words[at + Word.trouble] !== 0) {
      this.#records.troubledAt(at)?.advance((next - (words[at + Word.next] ?? 0)) | 0);
    }
    words[at + Word.next] = next;
    let state = words[at + Word.state] ?? 0;
    if (((next - (words[at + Word.base] ?? 0)) | 0) < 0) state |= State.isFar;
    const tsVal = options.tsVal[row] ?? 0;
    if (options.hasTimestamps[row] === 1) {
      words[at + Word.tsVal] = tsVal;
      state |= State.hasTimestamps;
    } else state &= ~State.hasTimestamps;
    if (dissected.fragment[row] !== Fragment.whole) state |= State.isFragmented;
    const id = ipIdOf(batch, row);
    if (id !== 0) {
      const mssAndId = words[at + Word.mssAndId] ?? 0;
      const last = mssAndId >>> 16;
      const step = idAfter(id, last);
      if (last !== 0 && (step > ID_STEP_MAX || step < -ID_STEP_MAX)) state |= State.areIdsBroken;
      if (last === 0 || step > 0) words[at + Word.mssAndId] = (mssAndId & 0xffff) | (id << 16);
    }
    words[at + Word.state] = state;
    this.#memory.remember(at, batch, row, octets, id);
  }

  /** Takes what a SYN tells; true if data overtook it, so that it is the octet before them. */
  #addSyn(batch: PassBatch, row: number, at: number): boolean {
    const words = this.#records.words;
    const seq = (batch.dissected.seq[row] ?? 0) | 0;
    const state = words[at + Word.state] ?? 0;
    const mss = Math.max(0, batch.options.mss[row] ?? 0);
    words[at + Word.mssAndId] = ((words[at + Word.mssAndId] ?? 0) & ~0xffff) | mss;
    const lead = ((words[at + Word.base] ?? 0) - seq) | 0;
    const isLate = (state & (State.isSeen | State.hasSyn)) === State.isSeen && lead === 1;
    if (isLate) words[at + Word.base] = seq;
    else if ((state & State.isSeen) !== 0 && lead !== 0) this.#beginAnew(at, seq);
    words[at + Word.state] = (words[at + Word.state] ?? 0) | State.hasSyn;
    return isLate;
  }

  /** Forgets what was sent before sequence number `seq`. */
  #beginAnew(at: number, seq: number): void {
    const words = this.#records.words;
    const trouble = this.#records.troubledAt(at);
    trouble?.settle(this.#records.acknowledged(trouble));
    words[at + Word.base] = words[at + Word.next] = seq;
    words[at + Word.state] = (words[at + Word.state] ?? 0) & ~(State.isFar | State.hasSyn);
  }

  #addIrregular(
    batch: PassBatch,
    row: number,
    tcp: number,
    at: number,
    other: number,
    delta: number,
    payload: number,
    flags: number,
  ): void {
    const words = this.#records.words;
    const seq = (batch.dissected.seq[row] ?? 0) | 0;
    const octets = payload + ((flags & SYN) >> 1) + (flags & FIN);
    if (delta > JUMP_MAX || delta < -JUMP_MAX) this.#beginAnew(at, seq);
    else if (delta > 0) this.#addGap(batch, row, tcp, at, delta);
    else {
      const isOctet = octets === 1 && payload === 1;
      if (isOctet && (this.#isClosed(other) || this.#isKeepAlive(at, other, delta))) {
        words[at + Word.state] = (words[at + Word.state] ?? 0) | State.hasProbed;
        return;
      }
      this.#addOld(batch, row, tcp, at, other, -delta, octets);
      if (delta + octets <= 0) return;
    }
    this.#advance(batch, row, at, seq, octets);
  }

  /** `delta` octets are missing before this segment. */
  #addGap(batch: PassBatch, row: number, tcp: number, at: number, delta: number): void {
    const words = this.#records.words;
    const state = words[at + Word.state] ?? 0;
    words[at + Word.state] = state & ~State.hasProbed;
    const isHidden = (state & State.isFragmented) !== 0 && delta <= DATAGRAM_MAX;
    if (isHidden || ((state & State.hasProbed) !== 0 && delta === 1)) return;
    const trouble = this.#records.trouble(tcp, at);
    if (trouble === null) return;
    const reveal = this.#reveal;
    const id = ipIdOf(batch, row);
    const last = (words[at + Word.mssAndId] ?? 0) >>> 16;
    const step = idAfter(id, last);
    const isOrdered = id !== 0 && last !== 0 && (state & State.areIdsBroken) === 0 && step > 0 &&
      step <= ID_STEP_MAX;
    reveal.timeNs = batch.flows.timeNs[row] ?? 0;
    reveal.hasTimestamps = batch.options.hasTimestamps[row] === 1;
    reveal.tsVal = batch.options.tsVal[row] ?? 0;
    reveal.idBefore = isOrdered ? last : -1;
    reveal.idBeyond = isOrdered ? id : -1;
    trouble.skip(delta, reveal);
    words[at + Word.next] = ((words[at + Word.next] ?? 0) + delta) | 0;
  }

  /** Octets that begin `behind` octets before the highest one seen. */
  #addOld(
    batch: PassBatch,
    row: number,
    tcp: number,
    at: number,
    other: number,
    behind: number,
    octets: number,
  ): void {
    const words = this.#records.words;
    const state = words[at + Word.state] ?? 0;
    const seen = (words[at + Word.next] ?? 0) - (words[at + Word.base] ?? 0) | 0;
    const below = (state & (State.hasSyn | State.isFar)) === State.hasSyn
      ? Math.max(0, behind - seen)
      : 0;
    if (below >= octets) return;
    const trouble = this.#records.trouble(tcp, at);
    if (trouble === null || trouble.isUnknown) {
      (trouble?.tally ?? this.#records.undecided).ambiguous++;
      return;
    }
    const before = this.#reveal;
    before.timeNs = NaN;
    before.hasTimestamps = (state & State.hasTimestamps) !== 0;
    before.tsVal = (words[at + Word.tsVal] ?? 0) >>> 0;
    before.idBefore = before.idBeyond = -1;
    const covered = trouble.cover(behind - below, octets - below, before);
    const clues = this.#readClues(batch, row);
    const kind = trouble.isUnknown ? "ambiguous" : this.#judge(
      trouble,
      at,
      (batch.dissected.seq[row] ?? 0) | 0,
      octets,
      clues,
      covered.filled > 0,
    );
    const frame = batch.packets.firstFrame + row;
    trouble.count(kind, covered, segmentOctets(words, at, other), frame);
    if (kind === "retransmission" || covered.filled > 0) this.#keepNewest(batch, row, at, octets);
  }

  #judge(
    trouble: TroubledDirection,
    at: number,
    seq: number,
    octets: number,
    clues: SegmentClues,
    hasFilled: boolean,
  ): LossKind {
    const words = this.#records.words;
    const rttNs = this.#path.pathRttNs(trouble.tcp);
    if (hasFilled) {
      return judgeFill(clues, trouble.holes.touched, trouble.duplicateAcks, rttNs);
    }
    const areIdsOrdered = ((words[at + Word.state] ?? 0) & State.areIdsBroken) === 0;
    const original = this.#memory.recall(at, seq, octets);
    if (original !== null) return judgeCopy(clues, original, areIdsOrdered, rttNs);
    return judgeRepeat(clues, {
      tsVal: words[at + Word.tsVal] ?? 0,
      ipId: (words[at + Word.mssAndId] ?? 0) >>> 16,
      areIdsOrdered,
    });
  }

  /** Remembers an old segment that was sent anew, or seen first. */
  #keepNewest(batch: PassBatch, row: number, at: number, octets: number): void {
    const words = this.#records.words;
    const clues = this.#clues;
    if (clues.hasTimestamps && ((clues.tsVal - (words[at + Word.tsVal] ?? 0)) | 0) > 0) {
      words[at + Word.tsVal] = clues.tsVal;
    }
    const mssAndId = words[at + Word.mssAndId] ?? 0;
    if (clues.ipId !== 0 && idAfter(clues.ipId, mssAndId >>> 16) > 0) {
      words[at + Word.mssAndId] = (mssAndId & 0xffff) | (clues.ipId << 16);
    }
    this.#memory.remember(at, batch, row, octets, clues.ipId);
  }

  #readClues(batch: PassBatch, row: number): SegmentClues {
    const clues = this.#clues;
    clues.timeNs = batch.flows.timeNs[row] ?? 0;
    clues.hasTimestamps = batch.options.hasTimestamps[row] === 1;
    clues.tsVal = batch.options.tsVal[row] ?? 0;
    clues.ipId = ipIdOf(batch, row);
    clues.checksum = checksumOf(batch, row);
    return clues;
  }

  /** A DSACK: the first block tells of octets that arrived twice (RFC 2883 §4). */
  #addSack(batch: PassBatch, row: number, tcp: number, dataAt: number): void {
    const words = this.#records.words;
    if (((words[dataAt + Word.state] ?? 0) & State.isSeen) === 0) return;
    const { view } = batch.packets;
    const offset = batch.options.sackOffset[row] ?? 0;
    const left = view.getInt32(offset);
    const right = view.getInt32(offset + 4);
    const ack = (batch.dissected.ack[row] ?? 0) | 0;
    const isAcked = ((right - ack) | 0) <= 0;
    const isInSecond = (batch.options.sackBlocks[row] ?? 0) >= 2 &&
      ((left - view.getInt32(offset + 8)) | 0) >= 0 &&
      ((right - view.getInt32(offset + 12)) | 0) <= 0;
    const octets = (right - left) | 0;
    const behind = ((words[dataAt + Word.next] ?? 0) - left) | 0;
    if (!(isAcked || isInSecond) || octets <= 0 || behind < octets || behind > JUMP_MAX) return;
    if (octets === 1 && ((words[dataAt + Word.state] ?? 0) & State.hasProbed) !== 0) return;
    const trouble = this.#records.trouble(tcp, dataAt);
    if (trouble === null) return;
    const start = trouble.position - behind;
    trouble.dsack(start, start + octets, segmentOctets(words, dataAt, opposite(dataAt)));
  }

  #countSegments(at: number, other: number, payload: number): number {
    const full = segmentOctets(this.#records.words, at, other);
    if (payload <= full) return 1;
    this.#records.words[at + Word.state] = (this.#records.words[at + Word.state] ?? 0) |
      State.hasSuperSegments;
    return Math.ceil(payload / full);
  }

  #isClosed(at: number): boolean {
    return ((this.#records.words[at + Word.state] ?? 0) & State.isWindowClosed) !== 0;
  }

  /** One octet before the next one, when nothing is outstanding (RFC 1122 §4.2.3.6). */
  #isKeepAlive(at: number, other: number, delta: number): boolean {
    const words = this.#records.words;
    return delta === -1 && ((words[other + Word.state] ?? 0) & State.hasAcked) !== 0 &&
      (((words[other + Word.acked] ?? 0) - (words[at + Word.next] ?? 0)) | 0) >= 0;
  }
}

/** IPv4 identification, 0 where there is none. */
function ipIdOf(batch: PassBatch, row: number): number {
  return batch.dissected.ipVersion[row] === 4 ? (batch.dissected.ipId[row] ?? 0) & 0xffff : 0;
}

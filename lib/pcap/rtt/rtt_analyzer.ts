/**
 * Round-trip times, closed windows and limits of TCP connections, one segment at a time being timed
 * in each direction. An acknowledgment ends the timing if it covers the segment and, where there
 * are timestamps, echoes its TSval (RFC 7323 §4); without timestamps a retransmission ends it
 * without a sample (Karn's rule, RFC 6298 §3).
 *
 * @module
 */
import type { Analyzer, PassBatch } from "../pass.ts";
import {
  DIRECTION_WORDS,
  Entry,
  ENTRY_WORDS,
  MSS_SHIFT,
  MSS_UNIT,
  SCALE_SHIFT,
  SEGMENTS_MASK,
  SEGMENTS_SHIFT,
  TICK_NS,
  ticksOf,
  Times,
  TimesState,
  TimesStore,
  TRANSFER_SEGMENTS,
} from "./connection_times.ts";
import { LimitTracker } from "./limits.ts";
import type { ConnectionTimes, DirectionTimes, RttFindings } from "./rtt_findings.ts";
import { RttHistogram } from "./rtt_histogram.ts";

/** What a sample is of: a leg of the handshake, both together, or data of a side. */
export type Leg = "server" | "client" | "handshake" | "data_a" | "data_b";

/** Told of every sample, nanoseconds. */
export type OnSample = (leg: Leg, rttNs: number) => void;

const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;
const CONNECTIONS_MAX = 8_388_608;
/** Most connections whose limits are looked for. */
const TRANSFERS_MAX = 1_048_576;
/** Largest segment where no MSS was seen: Ethernet without IPv4 and TCP. */
const MSS_ASSUMED = 1460;
/** With the receiver this many times farther away than the sender, the sender's view is ours. */
const NEAR_SENDER = 4;
/** A sender this near reacts at once, nanoseconds: the same host or wire. */
const AT_SENDER_NS = 100_000;

/** Measures times of connections. */
export class RttAnalyzer implements Analyzer {
  readonly #store: TimesStore;
  readonly #limits = new LimitTracker(TRANSFERS_MAX);
  readonly #histograms: Readonly<Record<Leg, RttHistogram>> = {
    server: new RttHistogram(),
    client: new RttHistogram(),
    handshake: new RttHistogram(),
    data_a: new RttHistogram(),
    data_b: new RttHistogram(),
  };
  readonly #onSample: OnSample | null;
  #untracked = 0;
  #lastNs = -Infinity;
  /** Of connections whose number was given to another one. */
  #zeroWindowsGone = 0;
  #zeroWindowNsGone = 0;

  /** An analyzer of at most `connectionsMax` connections; `onSample` is told of every sample. */
  constructor(connectionsMax = CONNECTIONS_MAX, onSample: OnSample | null = null) {
    this.#store = new TimesStore(connectionsMax);
    this.#onSample = onSample;
  }

  addBatch(batch: PassBatch): void {
    const { tcp } = batch.flows;
    for (let row = 0; row < batch.packets.count; row++) {
      const number = tcp[row] ?? -1;
      if (number >= 0) this.addPacket(batch, row, number);
    }
  }

  /** Takes one packet of a batch as one of connection `tcp`. */
  addPacket(batch: PassBatch, row: number, tcp: number): void {
    const { dissected, flows } = batch;
    const store = this.#store;
    const isNew = flows.isNew[row] === 1;
    if (tcp >= store.entries.capacityMax) {
      if (isNew) this.#untracked++;
      return;
    }
    if (tcp >= store.connections) {
      store.entries.ensure(tcp + 1);
      store.connections = tcp + 1;
    } else if (isNew) this.#forget(tcp);
    const flags = dissected.tcpFlags[row] ?? 0;
    // Without a payload offset the header was not whole; what a reset says is not the connection's.
    if ((dissected.payloadOffset[row] ?? -1) < 0 || (flags & RST) !== 0) return;
    const timeNs = flows.timeNs[row] ?? 0;
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
    const direction = flows.direction[row] ?? 0;
    if ((flags & (SYN | ACK)) === SYN) {
      const { windowScale, mss } = batch.options;
      store.addSyn(tcp, direction, timeNs, windowScale[row] ?? -1, mss[row] ?? -1);
      return;
    }
    const have = store.recordOf(tcp);
    const record = have < 0 ? store.makeRecord(tcp) : have;
    const at = (record * 2 + direction) * DIRECTION_WORDS;
    if ((flags & SYN) !== 0) this.#addSynAck(batch, row, tcp, direction, record);
    else this.#addWindow(at, dissected.window[row] ?? 0, timeNs);
    if ((flags & ACK) !== 0) this.#addAck(batch, row, tcp, direction, at);
    const payload = dissected.payloadWire[row] ?? 0;
    if (payload > 0 || (flags & (SYN | FIN)) !== 0) this.#addData(batch, row, at, payload, flags);
    if (payload > 0) this.#addTransfer(batch, row, tcp, direction, at, payload);
  }

  /** Round-trip time of the path, nanoseconds: its two legs, or the one that is known; NaN without any. */
  pathRttNs(tcp: number): number {
    const toB = this.#store.legNs(tcp, 0);
    const toA = this.#store.legNs(tcp, 1);
    return Number.isNaN(toA) ? toB : Number.isNaN(toB) ? toA : toA + toB;
  }

  /** Least time from a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown. */
  legNs(tcp: number, direction: 0 | 1): number {
    return this.#store.legNs(tcp, direction);
  }

  /** What was measured so far. */
  finish(): RttFindings {
    const histograms = this.#histograms;
    let zeroWindows = this.#zeroWindowsGone;
    let zeroWindowNs = this.#zeroWindowNsGone;
    for (let index = 0; index < this.#store.recordCount * 2; index++) {
      const at = index * DIRECTION_WORDS;
      zeroWindows += this.#store.records.u32[at + Times.zeroWindows] ?? 0;
      zeroWindowNs += this.#closedNs(at);
    }
    return {
      serverLeg: histograms.server.summary(),
      clientLeg: histograms.client.summary(),
      handshake: histograms.handshake.summary(),
      dataFromA: histograms.data_a.summary(),
      dataFromB: histograms.data_b.summary(),
      zeroWindows,
      zeroWindowNs,
      untracked: this.#untracked,
      connection: (tcp) => this.#connection(tcp),
    };
  }

  #addSynAck(batch: PassBatch, row: number, tcp: number, direction: number, record: number): void {
    const { options, flows } = batch;
    this.#store.takeSyn(record, direction, options.windowScale[row] ?? -1, options.mss[row] ?? -1);
    const legNs = this.#store.addSynAck(tcp, direction, flows.timeNs[row] ?? 0);
    if (legNs >= 0) this.#sample("server", legNs);
  }

  #addWindow(at: number, window: number, timeNs: number): void {
    const words = this.#store.records.i32;
    const state = words[at + Times.state] ?? 0;
    if ((window === 0) === ((state & TimesState.isWindowClosed) !== 0)) return;
    const { f64 } = this.#store.records;
    const closedAt = (at + Times.closedAt) >> 1;
    words[at + Times.state] = state ^ TimesState.isWindowClosed;
    if (window === 0) {
      f64[closedAt] = timeNs;
      words[at + Times.zeroWindows] = (words[at + Times.zeroWindows] ?? 0) + 1;
    } else {
      const closedNs = (at + Times.closedNs) >> 1;
      f64[closedNs] = (f64[closedNs] ?? 0) + Math.max(0, timeNs - (f64[closedAt] ?? 0));
    }
  }

  #addAck(batch: PassBatch, row: number, tcp: number, direction: number, at: number): void {
    const words = this.#store.records.i32;
    const other = at ^ DIRECTION_WORDS;
    const ack = (batch.dissected.ack[row] ?? 0) | 0;
    const state = words[other + Times.state] ?? 0;
    const isTiming = (state & TimesState.isTiming) !== 0;
    if (isTiming && ((ack - (words[other + Times.timedEnd] ?? 0)) | 0) >= 0) {
      this.#endTiming(batch, row, tcp, direction, other, state);
    }
    const limits = (this.#store.entries.i32[tcp * ENTRY_WORDS + Entry.limits] ?? 0) - 1;
    if (limits < 0) return;
    const window = this.#windowOctets(at, batch.dissected.window[row] ?? 0);
    const timeNs = batch.flows.timeNs[row] ?? 0;
    const reactionNs = this.#store.legNs(tcp, direction);
    this.#limits.addAck(limits, 1 - direction, timeNs, ack, window, reactionNs);
  }

  /** The acknowledgment covers what was timed; it is a sample if it answers just that. */
  #endTiming(
    batch: PassBatch,
    row: number,
    tcp: number,
    direction: number,
    other: number,
    state: number,
  ): void {
    const { records } = this.#store;
    const words = records.i32;
    words[other + Times.state] = state & ~(TimesState.isTiming | TimesState.isTimingSyn);
    const hasEcho = (state & TimesState.hasTimedTsVal) !== 0 &&
      batch.options.hasTimestamps[row] === 1;
    const echo = (batch.options.tsEcr[row] ?? 0) | 0;
    if (hasEcho && echo !== words[other + Times.timedTsVal]) return;
    const timeNs = batch.flows.timeNs[row] ?? 0;
    const rttNs = timeNs - (records.f64[(other + Times.timedAt) >> 1] ?? 0);
    if (!(rttNs >= 0)) return;
    if ((state & TimesState.isTimingSyn) !== 0) {
      const wholeNs = this.#store.addClientLeg(tcp, rttNs);
      this.#sample("client", rttNs);
      if (wholeNs >= 0) this.#sample("handshake", wholeNs);
      return;
    }
    const ticks = ticksOf(rttNs);
    const least = words[other + Times.min] ?? 0;
    if (least === 0 || ticks < (least >>> 0)) words[other + Times.min] = ticks;
    words[other + Times.last] = ticks;
    words[other + Times.samples] = (words[other + Times.samples] ?? 0) + 1;
    const sum = (other + Times.sumNs) >> 1;
    records.f64[sum] = (records.f64[sum] ?? 0) + rttNs;
    this.#sample(direction === 1 ? "data_a" : "data_b", rttNs);
  }

  #sample(leg: Leg, rttNs: number): void {
    this.#histograms[leg].add(rttNs);
    this.#onSample?.(leg, rttNs);
  }

  #addData(batch: PassBatch, row: number, at: number, payload: number, flags: number): void {
    const { records } = this.#store;
    const words = records.i32;
    const { dissected, options, flows } = batch;
    const seq = (dissected.seq[row] ?? 0) | 0;
    const end = (seq + payload + ((flags & SYN) >> 1) + (flags & FIN)) | 0;
    let state = words[at + Times.state] ?? 0;
    const isSeen = (state & TimesState.isSeen) !== 0;
    const next = words[at + Times.next] ?? 0;
    if (isSeen && ((seq - next) | 0) < 0) {
      const isTimed = (((words[at + Times.timedEnd] ?? 0) - seq) | 0) > 0;
      if (isTimed && (state & TimesState.hasTimedTsVal) === 0) {
        state &= ~(TimesState.isTiming | TimesState.isTimingSyn);
      }
    } else if ((state & TimesState.isTiming) === 0) {
      words[at + Times.timedEnd] = end;
      words[at + Times.timedTsVal] = options.tsVal[row] ?? 0;
      records.f64[(at + Times.timedAt) >> 1] = flows.timeNs[row] ?? 0;
      state &= ~(TimesState.hasTimedTsVal | TimesState.isTimingSyn);
      state |= TimesState.isTiming;
      if (options.hasTimestamps[row] === 1) state |= TimesState.hasTimedTsVal;
      if ((flags & SYN) !== 0) state |= TimesState.isTimingSyn;
    }
    if (!isSeen || ((end - next) | 0) > 0) words[at + Times.next] = end;
    words[at + Times.state] = state | TimesState.isSeen;
  }

  #addTransfer(
    batch: PassBatch,
    row: number,
    tcp: number,
    direction: number,
    at: number,
    payload: number,
  ): void {
    const entries = this.#store.entries.i32;
    const place = tcp * ENTRY_WORDS + Entry.limits;
    if (!this.#isTransfer(at)) {
      const words = this.#store.records.i32;
      words[at + Times.state] = (words[at + Times.state] ?? 0) + (1 << SEGMENTS_SHIFT);
      if (!this.#isTransfer(at)) return;
      if (entries[place] === 0) entries[place] = this.#limits.open() + 1;
    }
    const limits = (entries[place] ?? 0) - 1;
    if (limits < 0) return;
    const seq = (batch.dissected.seq[row] ?? 0) | 0;
    const timeNs = batch.flows.timeNs[row] ?? 0;
    const reactionNs = this.#store.legNs(tcp, 1 - direction);
    this.#limits.addData(limits, direction, timeNs, seq, payload, this.#mss(at), reactionNs);
  }

  #isTransfer(at: number): boolean {
    const state = this.#store.records.i32[at + Times.state] ?? 0;
    return ((state >>> SEGMENTS_SHIFT) & SEGMENTS_MASK) >= TRANSFER_SEGMENTS;
  }

  #mss(at: number): number {
    const words = this.#store.records.i32;
    const own = (words[at + Times.state] ?? 0) >>> MSS_SHIFT;
    const peer = (words[(at ^ DIRECTION_WORDS) + Times.state] ?? 0) >>> MSS_SHIFT;
    const units = own === 0 ? peer : peer === 0 ? own : Math.min(own, peer);
    return units === 0 ? MSS_ASSUMED : units * MSS_UNIT;
  }

  /** What a window field of the side at `at` means, octets, -1 if its scale is not known. */
  #windowOctets(at: number, window: number): number {
    const words = this.#store.records.i32;
    const own = words[at + Times.state] ?? 0;
    const peer = words[(at ^ DIRECTION_WORDS) + Times.state] ?? 0;
    if (window === 0) return 0;
    if ((own & TimesState.hasSyn) === 0 || (peer & TimesState.hasSyn) === 0) return -1;
    // Scaling holds only if both offered it (RFC 7323 §2.2).
    const isScaled = (own & peer & TimesState.hasScale) !== 0;
    return isScaled ? window << ((own >>> SCALE_SHIFT) & 15) : window;
  }

  /** For how long the window of the side at `at` was closed, nanoseconds, to the end if it still is. */
  #closedNs(at: number): number {
    const { records } = this.#store;
    const closed = records.f64[(at + Times.closedNs) >> 1] ?? 0;
    const isClosed = ((records.i32[at + Times.state] ?? 0) & TimesState.isWindowClosed) !== 0;
    const since = records.f64[(at + Times.closedAt) >> 1] ?? 0;
    return isClosed ? closed + Math.max(0, this.#lastNs - since) : closed;
  }

  #forget(tcp: number): void {
    const record = this.#store.recordOf(tcp);
    for (
      const at of record < 0 ? [] : [record * 2, record * 2 + 1].map((n) => n * DIRECTION_WORDS)
    ) {
      this.#zeroWindowsGone += this.#store.records.u32[at + Times.zeroWindows] ?? 0;
      this.#zeroWindowNsGone += this.#closedNs(at);
    }
    const limits = (this.#store.entries.i32[tcp * ENTRY_WORDS + Entry.limits] ?? 0) - 1;
    if (limits >= 0) this.#limits.clear(limits);
    this.#store.clear(tcp);
  }

  #connection(tcp: number): ConnectionTimes | null {
    if (!(tcp >= 0 && tcp < this.#store.connections)) return null;
    const legs = [this.#store.handshakeLegNs(tcp, 0), this.#store.handshakeLegNs(tcp, 1)] as const;
    const client = this.#store.clientOf(tcp);
    return {
      tcp,
      serverLegNs: known(legs[client]),
      clientLegNs: known(legs[client === 0 ? 1 : 0]),
      directions: [this.#direction(tcp, 0), this.#direction(tcp, 1)],
    };
  }

  #direction(tcp: number, direction: 0 | 1): DirectionTimes {
    const { entries, records } = this.#store;
    const record = this.#store.recordOf(tcp);
    if (record < 0) return NOTHING_SEEN;
    const at = (record * 2 + direction) * DIRECTION_WORDS;
    const samples = records.u32[at + Times.samples] ?? 0;
    const sumNs = records.f64[(at + Times.sumNs) >> 1] ?? 0;
    const ticks = (word: number) => samples > 0 ? (records.u32[at + word] ?? 0) * TICK_NS : null;
    const limits = (entries.i32[tcp * ENTRY_WORDS + Entry.limits] ?? 0) - 1;
    const toReceiver = this.#store.legNs(tcp, direction);
    const toSender = this.#store.legNs(tcp, 1 - direction);
    return {
      rtt: {
        samples,
        minNs: ticks(Times.min),
        meanNs: samples > 0 ? sumNs / samples : null,
        lastNs: ticks(Times.last),
      },
      zeroWindows: records.u32[at + Times.zeroWindows] ?? 0,
      zeroWindowNs: this.#closedNs(at),
      isWindowClosed: ((records.i32[at + Times.state] ?? 0) & TimesState.isWindowClosed) !== 0,
      limits: limits >= 0 && this.#isTransfer(at)
        ? this.#limits.verdict(
          limits,
          direction,
          toSender <= AT_SENDER_NS || toReceiver >= NEAR_SENDER * toSender,
        )
        : null,
    };
  }
}

const NOTHING_SEEN: DirectionTimes = {
  rtt: { samples: 0, minNs: null, meanNs: null, lastNs: null },
  zeroWindows: 0,
  zeroWindowNs: 0,
  isWindowClosed: false,
  limits: null,
};

function known(ns: number): number | null {
  return Number.isNaN(ns) ? null : ns;
}

/**
 * Round-trip times, closed windows and limits of TCP connections, one segment at a time being timed
 * in each direction. An acknowledgment ends the timing if it covers the segment and, where there
 * are timestamps, echoes its TSval (RFC 7323 §4); without timestamps a retransmission ends it
 * without a sample (Karn's rule, RFC 6298 §3).
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RECORDS_MAX } from "../flow/hash_index.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import {
  MSS_SHIFT,
  MSS_UNIT,
  samplesOf,
  SCALE_SHIFT,
  SEGMENTS_MASK,
  SEGMENTS_SHIFT,
  Sums,
  sumsOf,
  TICK_NS,
  ticksOf,
  TimesState,
  TimesStore,
  Timing,
  timingOf,
  TRANSFER_SEGMENTS,
} from "./connection_times.ts";
import { LimitTracker } from "./limits.ts";
import type { ConnectionTimes, DirectionTimes, RttFindings } from "./rtt_findings.ts";
import { RttHistogram } from "./rtt_histogram.ts";

/** What a sample is of: a leg of the handshake, both together, or data of a side. */
export type Leg = "server" | "client" | "handshake" | "data_a" | "data_b";

/** Told of every sample, nanoseconds. */
export type OnSample = (leg: Leg, rttNs: number) => void;

/** Addresses in the arena: of the parts of the store, and of limits. */
export type TimesPlaces = readonly [
  counts: number,
  index: number,
  records: number,
  limitCounts: number,
  limits: number,
];

/** Addresses in the arena of the histograms: legs to server and client, handshakes, data of A and B. */
export type HistogramPlaces = readonly [
  server: number,
  client: number,
  handshake: number,
  dataA: number,
  dataB: number,
];

/** Compiled code for segments of all connections but those whose number is given again. */
export interface RttKernel {
  readonly arena: Arena;
  /** Told once where the analyzer keeps what it knows. */
  bindTimes(...places: TimesPlaces): void;
  bindHistograms(...places: HistogramPlaces): void;
  /** Takes rows in from `from` on; the row that needs more than that, or `count`. */
  timeSegments(from: number, count: number): number;
}

/** How an analyzer is made; every field has a default. */
export interface RttOptions {
  /** Most connections. */
  readonly connectionsMax?: number;
  /** Told of every sample. Not with a kernel, which tells nobody. */
  readonly onSample?: OnSample | null;
  /** Compiled code that takes most rows, to the same result. */
  readonly kernel?: RttKernel | null;
}

const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;
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
  readonly #limits: LimitTracker;
  readonly #histograms: Readonly<Record<Leg, RttHistogram>>;
  readonly #kernel: RttKernel | null;
  readonly #onSample: OnSample | null;
  #untracked = 0;
  #lastNs = -Infinity;
  /** Of connections whose number was given to another one. */
  #zeroWindowsGone = 0;
  #zeroWindowNsGone = 0;

  /** An analyzer of connections of which nothing is known. */
  constructor(
    { connectionsMax = RECORDS_MAX, onSample = null, kernel = null }: RttOptions = {},
  ) {
    const arena = kernel?.arena ?? null;
    const memory = arena ?? separateMemory;
    this.#store = new TimesStore(connectionsMax, arena);
    this.#limits = new LimitTracker(TRANSFERS_MAX, this.#store, arena);
    this.#histograms = {
      server: new RttHistogram(memory),
      client: new RttHistogram(memory),
      handshake: new RttHistogram(memory),
      data_a: new RttHistogram(memory),
      data_b: new RttHistogram(memory),
    };
    this.#onSample = onSample;
    this.#kernel = kernel;
    const { server, client, handshake, data_a: a, data_b: b } = this.#histograms;
    kernel?.bindTimes(...this.#store.addresses, ...this.#limits.addresses);
    kernel?.bindHistograms(
      server.address,
      client.address,
      handshake.address,
      a.address,
      b.address,
    );
  }

  addBatch(batch: PassBatch): void {
    this.addRows(batch, 0, batch.packets.count);
  }

  /** Takes the rows from `from` up to `to` of a batch; those before must have been taken. */
  addRows(batch: PassBatch, from: number, to: number): void {
    const { tcp } = batch.flows;
    for (let row = this.#skip(from, to); row < to; row = this.#skip(row + 1, to)) {
      const number = tcp[row] ?? -1;
      if (number >= 0) this.addPacket(batch, row, number);
    }
    this.endRows(batch, to);
  }

  /** The next row from `from` on that the kernel does not take. */
  #skip(from: number, to: number): number {
    if (this.#kernel === null || from === to) return from;
    return this.#kernel.timeSegments(from, to);
  }

  /** Takes the time of the last row before `to`, to which windows that are closed stay closed. */
  endRows(batch: PassBatch, to: number = batch.packets.count): void {
    const timeNs = batch.flows.timeNs[to - 1] ?? -Infinity;
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
  }

  /** Takes one packet of a batch as one of connection `tcp`. */
  addPacket(batch: PassBatch, row: number, tcp: number): void {
    const { dissected, flows } = batch;
    const store = this.#store;
    const isNew = flows.isNew[row] !== 0;
    if (tcp >= store.connectionsMax) {
      if (isNew) this.#untracked++;
      return;
    }
    if (tcp >= store.connections) store.open(tcp);
    else if (isNew) this.#forget(tcp);
    const flags = dissected.tcpFlags[row] ?? 0;
    // Without a payload offset the header was not whole; what a reset says is not the connection's.
    if ((dissected.payloadOffset[row] ?? -1) < 0 || (flags & RST) !== 0) return;
    const direction = flows.direction[row] ?? 0;
    if ((flags & (SYN | ACK)) === SYN) {
      const { windowScale, mss } = batch.options;
      store.addSyn(tcp, direction, flows.timeNs[row] ?? 0, windowScale[row] ?? -1, mss[row] ?? -1);
      return;
    }
    const have = store.recordOf(tcp);
    const record = have < 0 ? store.makeRecord(tcp) : have;
    const words = store.records.i32;
    const own = timingOf(record, direction);
    const timed = timingOf(record, 1 - direction);
    const isZero = dissected.window[row] === 0;
    const wasZero = ((words[own + Timing.state] ?? 0) & TimesState.isWindowClosed) !== 0;
    if ((flags & SYN) !== 0) this.#addSynAck(batch, row, tcp, direction, record);
    else if (isZero !== wasZero) this.#turnWindow(batch, row, record, direction);
    if ((flags & ACK) !== 0) {
      const state = words[timed + Timing.state] ?? 0;
      const beyond = ((dissected.ack[row] ?? 0) - (words[timed + Timing.timedEnd] ?? 0)) | 0;
      if ((state & TimesState.isTiming) !== 0 && beyond >= 0) {
        this.#endTiming(batch, row, tcp, record, 1 - direction);
      }
      if (isTransfer(state)) this.#limitAck(batch, row, tcp, record, direction);
    }
    const payload = dissected.payloadWire[row] ?? 0;
    if (payload > 0 || (flags & (SYN | FIN)) !== 0) {
      this.#addData(batch, row, own, payload, flags);
    }
    if (payload > 0) this.#addTransfer(batch, row, tcp, record, direction);
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
    for (let record = 0; record < this.#store.recordCount; record++) {
      if (!this.#store.hasZeroWindows(record)) continue;
      for (const direction of [0, 1]) {
        zeroWindows += this.#store.zeroWindows(record, direction);
        zeroWindowNs += this.#closedNs(record, direction);
      }
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
      waitedMs: (tcp) => this.#waitedMs(tcp, this.#slowerSide(tcp)),
      slowerSide: (tcp) => this.#slowerSide(tcp),
    };
  }

  #addSynAck(batch: PassBatch, row: number, tcp: number, direction: number, record: number): void {
    const { options, flows } = batch;
    this.#store.takeSyn(record, direction, options.windowScale[row] ?? -1, options.mss[row] ?? -1);
    const legNs = this.#store.addSynAck(tcp, direction, flows.timeNs[row] ?? 0);
    if (legNs >= 0) this.#sample("server", legNs);
  }

  /** A window closes, or opens again. */
  #turnWindow(batch: PassBatch, row: number, record: number, direction: number): void {
    const { i32: words, f64 } = this.#store.records;
    const stateAt = timingOf(record, direction) + Timing.state;
    const state = (words[stateAt] ?? 0) ^ TimesState.isWindowClosed;
    words[stateAt] = state;
    const timeNs = batch.flows.timeNs[row] ?? 0;
    const sums = sumsOf(record, direction);
    const closedAt = (sums + Sums.closedAt) >> 1;
    if ((state & TimesState.isWindowClosed) !== 0) {
      f64[closedAt] = timeNs;
      this.#store.addZeroWindow(record, direction);
    } else {
      const closedNs = timeNs - (f64[closedAt] ?? 0);
      const sum = (sums + Sums.closedNs) >> 1;
      if (closedNs > 0) f64[sum] = (f64[sum] ?? 0) + closedNs;
    }
  }

  /** A side acknowledges data of the other, which are a transfer. */
  #limitAck(batch: PassBatch, row: number, tcp: number, record: number, direction: number): void {
    const limits = this.#store.limitsOf(tcp);
    if (limits < 0) return;
    const window = this.#windowOctets(record, direction, batch.dissected.window[row] ?? 0);
    this.#limits.addAck(limits, tcp, batch, row, window);
  }

  /** The acknowledgment covers what was timed of side `timed`; it is a sample if it answers just that. */
  #endTiming(batch: PassBatch, row: number, tcp: number, record: number, timed: number): void {
    const { i32: words, u32, f64 } = this.#store.records;
    const at = timingOf(record, timed);
    const state = words[at + Timing.state] ?? 0;
    words[at + Timing.state] = state & ~(TimesState.isTiming | TimesState.isTimingSyn);
    const hasEcho = (state & TimesState.hasTimedTsVal) !== 0 &&
      batch.options.hasTimestamps[row] === 1;
    const echo = (batch.options.tsEcr[row] ?? 0) | 0;
    if (hasEcho && echo !== words[at + Timing.timedTsVal]) return;
    const rttNs = (batch.flows.timeNs[row] ?? 0) - (f64[(at + Timing.timedAt) >> 1] ?? 0);
    if (!(rttNs >= 0)) return;
    if ((state & TimesState.isTimingSyn) !== 0) {
      const wholeNs = this.#store.addClientLeg(tcp, rttNs);
      this.#sample("client", rttNs);
      if (wholeNs >= 0) this.#sample("handshake", wholeNs);
      return;
    }
    const sums = sumsOf(record, timed);
    const ticks = ticksOf(rttNs);
    const least = u32[sums + Sums.min] ?? 0;
    if (least === 0 || ticks < least) u32[sums + Sums.min] = ticks;
    u32[sums + Sums.last] = ticks;
    const samples = samplesOf(record, timed);
    words[samples] = (words[samples] ?? 0) + 1;
    const sum = (sums + Sums.sumNs) >> 1;
    f64[sum] = (f64[sum] ?? 0) + rttNs;
    this.#sample(timed === 0 ? "data_a" : "data_b", rttNs);
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
    let state = words[at + Timing.state] ?? 0;
    const isSeen = (state & TimesState.isSeen) !== 0;
    const next = words[at + Timing.next] ?? 0;
    if (isSeen && ((seq - next) | 0) < 0) {
      const isTimed = (((words[at + Timing.timedEnd] ?? 0) - seq) | 0) > 0;
      if (isTimed && (state & TimesState.hasTimedTsVal) === 0) {
        state &= ~(TimesState.isTiming | TimesState.isTimingSyn);
      }
    } else if ((state & TimesState.isTiming) === 0) {
      words[at + Timing.timedEnd] = end;
      words[at + Timing.timedTsVal] = options.tsVal[row] ?? 0;
      records.f64[(at + Timing.timedAt) >> 1] = flows.timeNs[row] ?? 0;
      state &= ~(TimesState.hasTimedTsVal | TimesState.isTimingSyn);
      state |= TimesState.isTiming;
      if (options.hasTimestamps[row] === 1) state |= TimesState.hasTimedTsVal;
      if ((flags & SYN) !== 0) state |= TimesState.isTimingSyn;
    }
    if (!isSeen || ((end - next) | 0) > 0) words[at + Timing.next] = end;
    words[at + Timing.state] = state | TimesState.isSeen;
  }

  #addTransfer(
    batch: PassBatch,
    row: number,
    tcp: number,
    record: number,
    direction: number,
  ): void {
    const words = this.#store.records.i32;
    const at = timingOf(record, direction) + Timing.state;
    const state = words[at] ?? 0;
    if (!isTransfer(state)) {
      const counted = state + (1 << SEGMENTS_SHIFT);
      words[at] = counted;
      if (!isTransfer(counted)) return;
      if (this.#store.limitsOf(tcp) < 0) this.#store.setLimits(tcp, this.#limits.open());
      this.#limits.setMss(this.#store.limitsOf(tcp), this.#mss(record));
    }
    const limits = this.#store.limitsOf(tcp);
    if (limits >= 0) this.#limits.addData(limits, tcp, batch, row);
  }

  /** Octets of a full segment, to the next {@link MSS_UNIT}. */
  #mss(record: number): number {
    const words = this.#store.records.i32;
    const a = (words[timingOf(record, 0) + Timing.state] ?? 0) >>> MSS_SHIFT;
    const b = (words[timingOf(record, 1) + Timing.state] ?? 0) >>> MSS_SHIFT;
    const units = a === 0 ? b : b === 0 ? a : Math.min(a, b);
    return units === 0 ? MSS_ASSUMED : units * MSS_UNIT;
  }

  /** What a window field of a side means, octets, -1 if its scale is not known. */
  #windowOctets(record: number, direction: number, window: number): number {
    const words = this.#store.records.i32;
    const own = words[timingOf(record, direction) + Timing.state] ?? 0;
    const both = own & (words[timingOf(record, 1 - direction) + Timing.state] ?? 0);
    if (window === 0) return 0;
    if ((both & TimesState.hasSyn) === 0) return -1;
    // Scaling holds only if both offered it (RFC 7323 §2.2).
    const isScaled = (both & TimesState.hasScale) !== 0;
    return isScaled ? window << ((own >>> SCALE_SHIFT) & 15) : window;
  }

  /** For how long the window of a side was closed, nanoseconds, to the end if it still is. */
  #closedNs(record: number, direction: number): number {
    const { f64 } = this.#store.records;
    const sums = sumsOf(record, direction);
    const closedNs = f64[(sums + Sums.closedNs) >> 1] ?? 0;
    if (!this.#isClosed(record, direction)) return closedNs;
    const openNs = this.#lastNs - (f64[(sums + Sums.closedAt) >> 1] ?? 0);
    return openNs > 0 ? closedNs + openNs : closedNs;
  }

  #isClosed(record: number, direction: number): boolean {
    const state = this.#store.records.i32[timingOf(record, direction) + Timing.state] ?? 0;
    return (state & TimesState.isWindowClosed) !== 0;
  }

  #forget(tcp: number): void {
    const record = this.#store.recordOf(tcp);
    for (const direction of record < 0 ? [] : [0, 1]) {
      this.#zeroWindowsGone += this.#store.zeroWindows(record, direction);
      this.#zeroWindowNsGone += this.#closedNs(record, direction);
    }
    const limits = this.#store.limitsOf(tcp);
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

  #waitedMs(tcp: number, side: 0 | 1): number {
    const record = this.#store.recordOf(tcp);
    const limits = record < 0 ? -1 : this.#store.limitsOf(tcp);
    if (limits < 0) return NaN;
    const state = this.#store.records.i32[timingOf(record, side) + Timing.state] ?? 0;
    return isTransfer(state) ? this.#limits.waitedMs(limits, side) : NaN;
  }

  /** The side whose data waited longer; waiting for its own application is no fault of the path. */
  #slowerSide(tcp: number): 0 | 1 {
    if (!this.#store.hasLimits(tcp)) return 0;
    const a = this.#waitedMs(tcp, 0);
    return this.#waitedMs(tcp, 1) > a || Number.isNaN(a) ? 1 : 0;
  }

  #direction(tcp: number, direction: 0 | 1): DirectionTimes {
    const { i32, u32, f64 } = this.#store.records;
    const record = this.#store.recordOf(tcp);
    if (record < 0) return NOTHING_SEEN;
    const sums = sumsOf(record, direction);
    const samples = u32[samplesOf(record, direction)] ?? 0;
    const ticks = (word: number) => samples > 0 ? (u32[sums + word] ?? 0) * TICK_NS : null;
    const limits = this.#store.limitsOf(tcp);
    const toReceiver = this.#store.legNs(tcp, direction);
    const toSender = this.#store.legNs(tcp, 1 - direction);
    const isNearSender = toSender <= AT_SENDER_NS || toReceiver >= NEAR_SENDER * toSender;
    return {
      rtt: {
        samples,
        minNs: ticks(Sums.min),
        meanNs: samples > 0 ? (f64[(sums + Sums.sumNs) >> 1] ?? 0) / samples : null,
        lastNs: ticks(Sums.last),
      },
      zeroWindows: this.#store.zeroWindows(record, direction),
      zeroWindowNs: this.#closedNs(record, direction),
      isWindowClosed: this.#isClosed(record, direction),
      limits: limits >= 0 && isTransfer(i32[timingOf(record, direction) + Timing.state] ?? 0)
        ? this.#limits.verdict(limits, direction, isNearSender)
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

/** True if the state of a direction counts enough segments with data. */
function isTransfer(state: number): boolean {
  return ((state >>> SEGMENTS_SHIFT) & SEGMENTS_MASK) >= TRANSFER_SEGMENTS;
}

function known(ns: number): number | null {
  return Number.isNaN(ns) ? null : ns;
}

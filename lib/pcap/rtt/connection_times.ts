/**
 * What is kept of connections' times: a few words for each, and a record for those of which
 * more than a SYN was seen, so that a flood of SYNs costs little.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";

/** Words of the index: what a connection has elsewhere, and its handshake. */
const Index = {
  /** One more than the number of its record, 0 if it has none. */
  record: 0,
  /** One more than the number of its limits, 0 if it has none. */
  limits: 1,
} as const;

/** Words of the index that tell of the handshake of a connection. */
const Opening = {
  /** Bits of {@link Handshake}; from bit 8 one more than the window scale of the client's SYN; from bit 16 its MSS. */
  state: 2,
  /** The leg to the client, in {@link TICK_NS}. */
  clientLeg: 3,
  /** Time of the SYN, then the leg to the server, as a double. */
  synTime: 4,
} as const;
/** A power of two, so that all of a connection lies in one line of the cache. */
const INDEX_WORDS = 8;

/** How far a handshake was seen: bits of a word. */
const Handshake = {
  /** `synTime` is there. */
  hasSyn: 1,
  /** The client is side B; else, if the handshake was seen, side A. */
  isClientB: 2,
  /** The SYN was sent again: its leg cannot be told (Karn's rule). */
  isAmbiguous: 4,
  /** `synTime` is the leg to the server. */
  hasServerLeg: 8,
  hasClientLeg: 16,
} as const;

/**
 * Words of a record. What every packet needs of both directions lies in its first 64 octets, one
 * line of the cache.
 */
export const RECORD_WORDS = 32;

/** Words of a direction that every packet needs, from {@link timingOf}; doubles take two. */
export const Timing = {
  /** Sequence number after the highest octet sent. */
  next: 0,
  /** What is being timed: the acknowledgment number that ends it, its TSval, when it was sent. */
  timedEnd: 1,
  timedTsVal: 2,
  /** {@link TimesState}; from bit 8 the window scale; from bit 16 segments with data, to ten; from bit 20 the MSS in {@link MSS_UNIT}. */
  state: 3,
  timedAt: 4,
} as const;
const TIMING_WORDS = 6;

/** Words of a direction that few packets need, from {@link sumsOf}; doubles take two. */
export const Sums = {
  /** When this side closed its window. */
  closedAt: 0,
  /** For how long in all, before. */
  closedNs: 2,
  sumNs: 4,
  /** Least and last sample, in {@link TICK_NS}. */
  min: 6,
  last: 7,
} as const;
const SUMS_FROM = 16;
const SUMS_WORDS = 8;

/** Counts of a direction: samples, and times that it closed its window. */
const SAMPLES_FROM = 12;
const ZERO_WINDOWS = 14;

/** First word of {@link Timing} of a direction. */
export function timingOf(record: number, direction: number): number {
  return record * RECORD_WORDS + direction * TIMING_WORDS;
}

/** First word of {@link Sums} of a direction. */
export function sumsOf(record: number, direction: number): number {
  return record * RECORD_WORDS + SUMS_FROM + direction * SUMS_WORDS;
}

/** Word of the number of samples of a direction. */
export function samplesOf(record: number, direction: number): number {
  return record * RECORD_WORDS + SAMPLES_FROM + direction;
}

/** Bits of `Timing.state`. */
export const TimesState = {
  isSeen: 1,
  isTiming: 2,
  hasTimedTsVal: 4,
  isTimingSyn: 8,
  isWindowClosed: 16,
  /** This side's SYN was seen: its window scale is known, if it offered one. */
  hasSyn: 32,
  hasScale: 64,
} as const;

export const SCALE_SHIFT = 8;
export const SEGMENTS_SHIFT = 16;
export const SEGMENTS_MASK = 15;
export const MSS_SHIFT = 20;
export const MSS_UNIT = 16;
/** Segments after which a direction is a transfer whose limits are looked for. */
export const TRANSFER_SEGMENTS = 10;

/** Largest shift of a window (RFC 7323 §2.3). */
const SCALE_MAX = 14;
const MSS_MAX = 0xffff;
const ZERO_WINDOWS_MAX = 0xffff;

/** Unit of times in one word: they end at 68 s. */
export const TICK_NS = 16;

/** A time in ticks, at least one. */
export function ticksOf(ns: number): number {
  return Math.min(Math.max(1, Math.round(ns / TICK_NS)), 0xffffffff);
}

/** Bits of a state that a SYN brings. */
const SYN_BITS = TimesState.hasSyn | TimesState.hasScale | (15 << SCALE_SHIFT) |
  (0xfff << MSS_SHIFT);

/** Those bits for the window scale and the MSS of a SYN's options, -1 if not there. */
function synBits(scale: number, mss: number): number {
  const scaleBits = scale < 0
    ? 0
    : TimesState.hasScale | (Math.min(scale, SCALE_MAX) << SCALE_SHIFT);
  const units = Math.ceil(Math.min(Math.max(mss, 0), MSS_MAX) / MSS_UNIT);
  return TimesState.hasSyn | scaleBits | (units << MSS_SHIFT);
}

/** Words of what is counted: connections that are known, room for them, records in use. */
const CONNECTIONS = 0, CONNECTIONS_MAX = 1, RECORDS = 2, COUNT_WORDS = 3;

/** Records and handshakes, by the number of the connection. */
export class TimesStore {
  readonly records: RecordHeap;
  readonly #counts: Int32Array;
  readonly #index: RecordHeap;

  /** Room for `connectionsMax` connections, in `arena` if there is one. */
  constructor(connectionsMax: number, arena: Arena | null) {
    this.#index = new RecordHeap(INDEX_WORDS * 4, connectionsMax, arena);
    this.records = new RecordHeap(RECORD_WORDS * 4, connectionsMax, arena);
    this.#counts = (arena ?? separateMemory).int32(COUNT_WORDS);
    this.#counts[CONNECTIONS_MAX] = this.#index.capacityMax;
  }

  /** Addresses in the arena: of what is counted, of the index, of the records. */
  get addresses(): readonly [counts: number, index: number, records: number] {
    return [this.#counts.byteOffset, this.#index.address, this.records.address];
  }

  /** Connections that are known: 0 to this, less one. */
  get connections(): number {
    return this.#counts[CONNECTIONS] ?? 0;
  }

  /** Records in use. */
  get recordCount(): number {
    return this.#counts[RECORDS] ?? 0;
  }

  /** Most connections. */
  get connectionsMax(): number {
    return this.#index.capacityMax;
  }

  /** Makes connection `tcp` and all before it known. */
  open(tcp: number): void {
    this.#index.ensure(tcp + 1);
    this.#counts[CONNECTIONS] = tcp + 1;
  }

  /** Number of the record of a connection, -1 if it has none. */
  recordOf(tcp: number): number {
    if (!(tcp >= 0 && tcp < this.connections)) return -1;
    return (this.#index.i32[tcp * INDEX_WORDS + Index.record] ?? 0) - 1;
  }

  /** Number of the limits of a connection, -1 if it has none. */
  limitsOf(tcp: number): number {
    return (this.#index.i32[tcp * INDEX_WORDS + Index.limits] ?? 0) - 1;
  }

  /** True if a connection has limits. */
  hasLimits(tcp: number): boolean {
    return tcp >= 0 && tcp < this.connections && this.limitsOf(tcp) >= 0;
  }

  /** Gives limits to a connection. */
  setLimits(tcp: number, limits: number): void {
    this.#index.i32[tcp * INDEX_WORDS + Index.limits] = limits + 1;
  }

  /** Makes the record of a connection, with what the client's SYN told. */
  makeRecord(tcp: number): number {
    const record = this.recordCount;
    this.records.ensure(record + 1);
    this.#counts[RECORDS] = record + 1;
    this.#index.i32[tcp * INDEX_WORDS + Index.record] = record + 1;
    const handshake = this.#handshake(tcp);
    if ((handshake & Handshake.hasSyn) !== 0) {
      const scale = ((handshake >>> SCALE_SHIFT) & 255) - 1;
      this.takeSyn(record, this.clientOf(tcp), scale, handshake >>> 16);
    }
    return record;
  }

  /** Keeps what the SYN of side `direction` offers; `scale` and `mss` are -1 if not there. */
  takeSyn(record: number, direction: number, scale: number, mss: number): void {
    const at = timingOf(record, direction) + Timing.state;
    const words = this.records.i32;
    words[at] = ((words[at] ?? 0) & ~SYN_BITS) | synBits(scale, mss);
  }

  /** Takes the client's SYN (RFC 9293 §3.5); `scale` and `mss` as in its options, -1 if not there. */
  addSyn(tcp: number, client: number, timeNs: number, scale: number, mss: number): void {
    const before = this.#handshake(tcp);
    const again = (before & Handshake.hasSyn) !== 0 ? Handshake.isAmbiguous : 0;
    const at = tcp * INDEX_WORDS;
    this.#index.i32[at + Opening.state] = Handshake.hasSyn | again |
      (client === 1 ? Handshake.isClientB : 0) |
      ((Math.min(scale, SCALE_MAX) + 1) << SCALE_SHIFT) |
      (Math.min(Math.max(mss, 0), MSS_MAX) << 16);
    this.#index.f64[(at + Opening.synTime) >> 1] = timeNs;
    const record = this.recordOf(tcp);
    if (record >= 0) this.takeSyn(record, client, scale, mss);
  }

  /** Takes the time of a SYN-ACK of side `server`; the leg to it, NaN if it cannot be told. */
  addSynAck(tcp: number, server: number, timeNs: number): number {
    const at = tcp * INDEX_WORDS;
    const words = this.#index.i32;
    const handshake = this.#handshake(tcp);
    if ((handshake & Handshake.hasSyn) === 0) {
      if (server === 0) words[at + Opening.state] = handshake | Handshake.isClientB;
      return NaN;
    }
    const legs = Handshake.isAmbiguous | Handshake.hasServerLeg;
    const legNs = timeNs - this.#synTime(tcp);
    if (this.clientOf(tcp) === server || (handshake & legs) !== 0 || !(legNs >= 0)) return NaN;
    words[at + Opening.state] = handshake | Handshake.hasServerLeg;
    this.#index.f64[(at + Opening.synTime) >> 1] = legNs;
    return legNs;
  }

  /** Takes the leg to the client; the whole handshake, NaN if the other leg is not known. */
  addClientLeg(tcp: number, legNs: number): number {
    const at = tcp * INDEX_WORDS;
    const handshake = this.#handshake(tcp);
    this.#index.i32[at + Opening.state] = handshake | Handshake.hasClientLeg;
    this.#index.u32[at + Opening.clientLeg] = ticksOf(legNs);
    return (handshake & Handshake.hasServerLeg) === 0 ? NaN : legNs + this.#synTime(tcp);
  }

  /** The side that opened the connection, as far as the handshake tells. */
  clientOf(tcp: number): 0 | 1 {
    return (this.#handshake(tcp) & Handshake.isClientB) !== 0 ? 1 : 0;
  }

  /** The leg of the handshake that a packet of side `direction` began, nanoseconds, NaN if unknown. */
  handshakeLegNs(tcp: number, direction: number): number {
    if (!(tcp >= 0 && tcp < this.connections)) return NaN;
    const handshake = this.#handshake(tcp);
    if (direction === this.clientOf(tcp)) {
      return (handshake & Handshake.hasServerLeg) === 0 ? NaN : this.#synTime(tcp);
    }
    if ((handshake & Handshake.hasClientLeg) === 0) return NaN;
    return (this.#index.u32[tcp * INDEX_WORDS + Opening.clientLeg] ?? 0) * TICK_NS;
  }

  /** Least time from a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown. */
  legNs(tcp: number, direction: number): number {
    const handshakeNs = this.handshakeLegNs(tcp, direction);
    const record = this.recordOf(tcp);
    if (record < 0) return handshakeNs;
    const ticks = this.records.u32[sumsOf(record, direction) + Sums.min] ?? 0;
    const dataNs = ticks * TICK_NS;
    return ticks === 0 || handshakeNs < dataNs ? handshakeNs : dataNs;
  }

  /** Times that a direction closed its window, to 65,535. */
  zeroWindows(record: number, direction: number): number {
    const both = this.records.i32[record * RECORD_WORDS + ZERO_WINDOWS] ?? 0;
    return (both >>> (direction * 16)) & ZERO_WINDOWS_MAX;
  }

  /** True if a side has closed its window at some time. */
  hasZeroWindows(record: number): boolean {
    return this.records.i32[record * RECORD_WORDS + ZERO_WINDOWS] !== 0;
  }

  /** Counts one. */
  addZeroWindow(record: number, direction: number): void {
    if (this.zeroWindows(record, direction) === ZERO_WINDOWS_MAX) return;
    const at = record * RECORD_WORDS + ZERO_WINDOWS;
    this.records.i32[at] = ((this.records.i32[at] ?? 0) + (1 << (direction * 16))) | 0;
  }

  /** Empties the handshake and the record of a connection; the record stays its own. */
  clear(tcp: number): void {
    const record = this.recordOf(tcp);
    this.#index.i32[tcp * INDEX_WORDS + Opening.state] = 0;
    if (record < 0) return;
    this.records.i32.fill(0, record * RECORD_WORDS, (record + 1) * RECORD_WORDS);
  }

  #handshake(tcp: number): number {
    return this.#index.i32[tcp * INDEX_WORDS + Opening.state] ?? 0;
  }

  #synTime(tcp: number): number {
    return this.#index.f64[(tcp * INDEX_WORDS + Opening.synTime) >> 1] ?? NaN;
  }
}

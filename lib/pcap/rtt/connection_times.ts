/**
 * What is kept of connections' times: a small entry for each, and a record for those of which more
 * than a SYN was seen, so that a flood of SYNs costs little.
 *
 * @module
 */
import { RecordHeap } from "../flow/record_heap.ts";

/** Words of the entry of a connection. */
export const Entry = {
  /** One more than the number of its record, 0 if it has none. */
  record: 0,
  /** Bits of {@link Handshake}; from bit 8 one more than the window scale of the client's SYN; from bit 16 its MSS. */
  handshake: 1,
  /** Time of the SYN, then the leg to the server, as a double. */
  synTime: 2,
  /** The leg to the client, in {@link TICK_NS}. */
  clientLeg: 4,
  /** One more than the number of its limits, 0 if it has none. */
  limits: 5,
} as const;

export const ENTRY_WORDS = 6;

/** How far a handshake was seen: bits of a word of the entry. */
export const Handshake = {
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

/** Words of a direction in the record; doubles take two. */
export const Times = {
  /** Sequence number after the highest octet sent. */
  next: 0,
  /** What is being timed: the acknowledgment number that ends it, its TSval, when it was sent. */
  timedEnd: 1,
  timedTsVal: 2,
  /** {@link TimesState}; from bit 8 the window scale; from bit 16 segments with data, to ten; from bit 20 the MSS in {@link MSS_UNIT}. */
  state: 3,
  timedAt: 4,
  /** When this side closed its window. */
  closedAt: 6,
  /** For how long in all, before. */
  closedNs: 8,
  sumNs: 10,
  samples: 12,
  /** Least and last sample, in {@link TICK_NS}. */
  min: 13,
  last: 14,
  zeroWindows: 15,
} as const;

export const DIRECTION_WORDS = 16;

/** Bits of `Times.state`. */
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

/** Entries and records, by the number of the connection. */
export class TimesStore {
  readonly entries: RecordHeap;
  readonly records: RecordHeap;
  /** Connections with an entry: 0 to this, less one. */
  connections = 0;
  /** Records in use. */
  recordCount = 0;

  /** Room for `connectionsMax` connections. */
  constructor(connectionsMax: number) {
    this.entries = new RecordHeap(ENTRY_WORDS * 4, connectionsMax);
    this.records = new RecordHeap(2 * DIRECTION_WORDS * 4, connectionsMax);
  }

  /** Number of the record of a connection, -1 if it has none. */
  recordOf(tcp: number): number {
    if (!(tcp >= 0 && tcp < this.connections)) return -1;
    return (this.entries.i32[tcp * ENTRY_WORDS + Entry.record] ?? 0) - 1;
  }

  /** Makes the record of a connection, with what the client's SYN told. */
  makeRecord(tcp: number): number {
    this.records.ensure(this.recordCount + 1);
    const record = this.recordCount++;
    const entry = tcp * ENTRY_WORDS;
    this.entries.i32[entry + Entry.record] = record + 1;
    const handshake = this.entries.i32[entry + Entry.handshake] ?? 0;
    if ((handshake & Handshake.hasSyn) !== 0) {
      const scale = ((handshake >>> SCALE_SHIFT) & 255) - 1;
      this.takeSyn(record, this.clientOf(tcp), scale, handshake >>> 16);
    }
    return record;
  }

  /** Keeps what the SYN of side `direction` offers; `scale` and `mss` are -1 if not there. */
  takeSyn(record: number, direction: number, scale: number, mss: number): void {
    const at = (record * 2 + direction) * DIRECTION_WORDS + Times.state;
    const words = this.records.i32;
    words[at] = ((words[at] ?? 0) & ~SYN_BITS) | synBits(scale, mss);
  }

  /** Takes the client's SYN (RFC 9293 §3.5); `scale` and `mss` as in its options, -1 if not there. */
  addSyn(tcp: number, client: number, timeNs: number, scale: number, mss: number): void {
    const entry = tcp * ENTRY_WORDS;
    const entries = this.entries.i32;
    const before = entries[entry + Entry.handshake] ?? 0;
    const again = (before & Handshake.hasSyn) !== 0 ? Handshake.isAmbiguous : 0;
    entries[entry + Entry.handshake] = Handshake.hasSyn | again |
      (client === 1 ? Handshake.isClientB : 0) |
      ((Math.min(scale, SCALE_MAX) + 1) << SCALE_SHIFT) |
      (Math.min(Math.max(mss, 0), MSS_MAX) << 16);
    this.entries.f64[(entry + Entry.synTime) >> 1] = timeNs;
    const record = this.recordOf(tcp);
    if (record >= 0) this.takeSyn(record, client, scale, mss);
  }

  /** Takes the time of a SYN-ACK of the other side; the leg to the server, NaN if it cannot be told. */
  addSynAck(tcp: number, server: number, timeNs: number): number {
    const entry = tcp * ENTRY_WORDS;
    const entries = this.entries.i32;
    const handshake = entries[entry + Entry.handshake] ?? 0;
    if ((handshake & Handshake.hasSyn) === 0) {
      if (server === 0) entries[entry + Entry.handshake] = handshake | Handshake.isClientB;
      return NaN;
    }
    const legs = Handshake.isAmbiguous | Handshake.hasServerLeg;
    const at = (entry + Entry.synTime) >> 1;
    const legNs = timeNs - (this.entries.f64[at] ?? 0);
    if (this.clientOf(tcp) === server || (handshake & legs) !== 0 || !(legNs >= 0)) return NaN;
    entries[entry + Entry.handshake] = handshake | Handshake.hasServerLeg;
    this.entries.f64[at] = legNs;
    return legNs;
  }

  /** Takes the leg to the client; the whole handshake, NaN if the other leg is not known. */
  addClientLeg(tcp: number, legNs: number): number {
    const entry = tcp * ENTRY_WORDS;
    const entries = this.entries.i32;
    const handshake = entries[entry + Entry.handshake] ?? 0;
    entries[entry + Entry.handshake] = handshake | Handshake.hasClientLeg;
    this.entries.u32[entry + Entry.clientLeg] = ticksOf(legNs);
    if ((handshake & Handshake.hasServerLeg) === 0) return NaN;
    return legNs + (this.entries.f64[(entry + Entry.synTime) >> 1] ?? NaN);
  }

  /** The side that opened the connection, as far as the handshake tells. */
  clientOf(tcp: number): 0 | 1 {
    const handshake = this.entries.i32[tcp * ENTRY_WORDS + Entry.handshake] ?? 0;
    return (handshake & Handshake.isClientB) !== 0 ? 1 : 0;
  }

  /** The leg of the handshake that a packet of side `direction` began, nanoseconds, NaN if unknown. */
  handshakeLegNs(tcp: number, direction: number): number {
    if (!(tcp >= 0 && tcp < this.connections)) return NaN;
    const entry = tcp * ENTRY_WORDS;
    const handshake = this.entries.i32[entry + Entry.handshake] ?? 0;
    if (direction === this.clientOf(tcp)) {
      if ((handshake & Handshake.hasServerLeg) === 0) return NaN;
      return this.entries.f64[(entry + Entry.synTime) >> 1] ?? NaN;
    }
    if ((handshake & Handshake.hasClientLeg) === 0) return NaN;
    return (this.entries.u32[entry + Entry.clientLeg] ?? 0) * TICK_NS;
  }

  /** Least time from a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown. */
  legNs(tcp: number, direction: number): number {
    const handshakeNs = this.handshakeLegNs(tcp, direction);
    const record = this.recordOf(tcp);
    if (record < 0) return handshakeNs;
    const ticks = this.records.u32[(record * 2 + direction) * DIRECTION_WORDS + Times.min] ?? 0;
    const dataNs = ticks * TICK_NS;
    return ticks === 0 || handshakeNs < dataNs ? handshakeNs : dataNs;
  }

  /** Empties the entry and the record of a connection; the record stays its own. */
  clear(tcp: number): void {
    const entry = tcp * ENTRY_WORDS;
    const record = this.recordOf(tcp);
    this.entries.i32[entry + Entry.handshake] = 0;
    if (record < 0) return;
    const at = record * 2 * DIRECTION_WORDS;
    this.records.i32.fill(0, at, at + 2 * DIRECTION_WORDS);
  }
}

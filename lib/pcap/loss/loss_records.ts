/**
 * The records of all connections: what is kept of each direction, what went wrong in some, and the
 * findings that come of it.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import { TopList } from "../flow/top_ids.ts";
import {
  CONNECTION_BYTES,
  DIRECTION_WORDS,
  isMssAssumed,
  State,
  Word,
} from "./direction_record.ts";
import type { ConnectionLoss, DirectionLoss, LossFindings } from "./loss_findings.ts";
import { LossTally } from "./loss_tally.ts";
import { TROUBLED_BYTES, TroubleMemory } from "./trouble_memory.ts";
import { TroubledDirection } from "./troubled_direction.ts";
import { captureVantage, connectionVantage, noEvidence, type SideEvidence } from "./vantage.ts";

/** Round-trip times of connections, as far as they are known; nanoseconds, NaN if not. */
export interface PathTimes {
  /** Of the whole path. */
  pathRttNs(tcp: number): number;
  /** From the point of capture to the side that answers side `direction`, and back. */
  legNs(tcp: number, direction: 0 | 1): number;
}

/** Bounds of what is kept. */
export interface LossBounds {
  /** Most connections with a record. */
  readonly connectionsMax: number;
  /** Most octets for what came late or again, over all connections. */
  readonly troubleBytes: number;
}

/** Connections that findings show. */
const WORST_MAX = 200;
/** Connections that the vantage of the capture is taken from: those of most segments, which weigh most. */
const VANTAGE_CONNECTIONS_MAX = 1_024;
/** Lengths of 32-bit numbers in bits: 0 to 32. */
const WEIGHTS = 33;

/** Connections by number; directions by the place of their words, see {@link Word}. */
export class LossRecords {
  /** The words of all directions; another array after {@link LossRecords.open}. */
  words: Int32Array;
  /** Connections that there was no record for. */
  untracked = 0;
  /** What came again where there was no room to decide why. */
  readonly undecided: LossTally = new LossTally();
  readonly #path: PathTimes;
  readonly #heap: RecordHeap;
  readonly #memory: TroubleMemory;
  readonly #troubled: (TroubledDirection | null)[] = [];
  readonly #freePlaces: number[] = [];
  /** What connections found whose number was given to another one. */
  readonly #gone = new LossTally();
  /** Connections that are known, room for them. */
  readonly #counts: Int32Array;
  #affectedGone = 0;
  /** Directions that there was no room for, and those of connections that are gone that were unknown. */
  #unknown = 0;

  /** Room within `bounds`; records lie in `arena` if there is one. */
  constructor(path: PathTimes, bounds: LossBounds, arena: Arena | null) {
    const { connectionsMax, troubleBytes } = bounds;
    this.#path = path;
    this.#heap = new RecordHeap(CONNECTION_BYTES, connectionsMax, arena);
    this.#memory = new TroubleMemory(troubleBytes, arena);
    this.#counts = (arena ?? separateMemory).int32(2);
    this.#counts[1] = this.#heap.capacityMax;
    this.words = this.#heap.i32;
  }

  /** Addresses in the arena: of what is counted, of records, of the progress of troubled directions. */
  get addresses(): readonly [counts: number, records: number, progress: number] {
    return [this.#counts.byteOffset, this.#heap.address, this.#memory.progress.address];
  }

  /** Connections that are known: 0 to this, less one. */
  get #connections(): number {
    return this.#counts[0] ?? 0;
  }

  /** Makes sure of a record, empty if the connection is new; false if there is no room. */
  open(tcp: number, isNew: boolean): boolean {
    if (tcp < this.#connections) {
      if (isNew) this.#forget(tcp);
      return true;
    }
    if (tcp >= this.#heap.capacityMax) {
      if (isNew) this.untracked++;
      return false;
    }
    if (this.#heap.ensure(tcp + 1)) this.words = this.#heap.i32;
    this.#counts[0] = tcp + 1;
    return true;
  }

  /** The troubled direction at these words, null if nothing went wrong there or there was no room. */
  troubledAt(at: number): TroubledDirection | null {
    return this.#troubled[(this.words[at + Word.trouble] ?? 0) - 1] ?? null;
  }

  /** The same, made if need be; null if there is no room for one. */
  trouble(tcp: number, at: number): TroubledDirection | null {
    const words = this.words;
    const have = this.troubledAt(at);
    if (have !== null) return have;
    const state = words[at + Word.state] ?? 0;
    const place = this.#freePlaces.at(-1) ?? this.#troubled.length;
    const memory = this.#memory;
    const hasPlace = place < memory.places;
    if ((state & State.isUnknown) !== 0 || !hasPlace || !memory.budget.take(TROUBLED_BYTES)) {
      if ((state & State.isUnknown) === 0) this.#unknown++;
      words[at + Word.state] = state | State.isUnknown;
      return null;
    }
    const seen = (state & State.isFar) !== 0
      ? Infinity
      : ((words[at + Word.next] ?? 0) - (words[at + Word.base] ?? 0)) >>> 0;
    const direction = at === tcp * 2 * DIRECTION_WORDS ? 0 : 1;
    this.#freePlaces.pop();
    memory.ensure(place + 1);
    const trouble = new TroubledDirection({ tcp, direction }, seen, memory, place);
    this.#troubled[place] = trouble;
    words[at + Word.trouble] = place + 1;
    return trouble;
  }

  /** Position up to which the other side acknowledged. */
  acknowledged(trouble: TroubledDirection): number {
    const words = this.words;
    const at = (trouble.tcp * 2 + trouble.direction) * DIRECTION_WORDS;
    const other = opposite(at);
    if (((words[other + Word.state] ?? 0) & State.hasAcked) === 0) return -Infinity;
    return trouble.position +
      (((words[other + Word.acked] ?? 0) - (words[at + Word.next] ?? 0)) | 0);
  }

  /** What was found so far. */
  findings(): LossFindings {
    const total = new LossTally();
    total.add(this.#gone);
    total.add(this.undecided);
    const words = this.words;
    let unknown = this.#unknown;
    const end = this.#connections * 2 * DIRECTION_WORDS;
    for (let at = Word.segments; at < end; at += DIRECTION_WORDS) {
      total.segments += (words[at] ?? 0) >>> 0;
    }
    const affected = new Map<number, number>();
    for (const trouble of this.#troubled) {
      if (trouble === null) continue;
      const { tally, tcp } = trouble;
      if (trouble.isUnknown) unknown++;
      total.add(tally);
      this.#addOpenHoles(trouble, total);
      const badness = tally.retransmissions * 1000 + tally.ambiguous + tally.reordered +
        tally.networkDuplicates;
      affected.set(tcp, (affected.get(tcp) ?? 0) + badness);
    }
    // Made when somebody asks: few questions do, and it takes longer than the rest.
    const vantage = once(() => captureVantage(this.#heaviestEvidence()));
    const worst = once(() => {
      const worst = new TopList(WORST_MAX);
      // Few of all connections, in the order that the list wants.
      for (const tcp of Uint32Array.from(affected.keys()).sort()) {
        worst.add(tcp, affected.get(tcp) ?? 0);
      }
      return worst.ids.flatMap((tcp) => this.#connection(tcp) ?? []);
    });
    return {
      total,
      get vantage() {
        return vantage();
      },
      get worst() {
        return worst();
      },
      affected: affected.size + this.#affectedGone,
      unknownDirections: unknown,
      untracked: this.untracked,
      memoryBytes: this.#memory.budget.usedBytes,
      connection: (tcp) => this.#connection(tcp),
    };
  }

  /** Gives the record of a connection to another one. */
  #forget(tcp: number): void {
    const from = tcp * 2 * DIRECTION_WORDS;
    let isAffected = false;
    for (let at = from; at < from + 2 * DIRECTION_WORDS; at += DIRECTION_WORDS) {
      this.#gone.segments += (this.words[at + Word.segments] ?? 0) >>> 0;
      const trouble = this.troubledAt(at);
      if (trouble === null) continue;
      isAffected = true;
      if (trouble.isUnknown) this.#unknown++;
      trouble.settle(this.acknowledged(trouble));
      this.#gone.add(trouble.tally);
      const place = (this.words[at + Word.trouble] ?? 0) - 1;
      this.#troubled[place] = null;
      this.#freePlaces.push(place);
      this.#memory.budget.give(TROUBLED_BYTES);
    }
    if (isAffected) this.#affectedGone++;
    this.words.fill(0, from, from + 2 * DIRECTION_WORDS);
  }

  #addOpenHoles(trouble: TroubledDirection, tally: LossTally): void {
    const { missed, missing } = trouble.open(this.acknowledged(trouble));
    tally.missedOctets += missed;
    tally.missingOctets += missing;
  }

  #isUnknown(at: number): boolean {
    if (((this.words[at + Word.state] ?? 0) & State.isUnknown) !== 0) return true;
    return this.troubledAt(at)?.isUnknown === true;
  }

  #direction(tcp: number, direction: 0 | 1): DirectionLoss {
    const words = this.words;
    const at = (tcp * 2 + direction) * DIRECTION_WORDS;
    const trouble = this.troubledAt(at);
    const tally = new LossTally();
    if (trouble !== null) {
      tally.add(trouble.tally);
      this.#addOpenHoles(trouble, tally);
    }
    tally.segments = (words[at + Word.segments] ?? 0) >>> 0;
    return {
      ...tally,
      isUnknown: this.#isUnknown(at),
      isMssAssumed: isMssAssumed(words, at, opposite(at)),
      evidence: trouble === null ? [] : trouble.evidence,
    };
  }

  #connection(tcp: number): ConnectionLoss | null {
    if (!(tcp >= 0 && tcp < this.#connections)) return null;
    const directions = [this.#direction(tcp, 0), this.#direction(tcp, 1)] as const;
    // Made when somebody asks: it is put in words.
    const vantage = once(() => connectionVantage(this.#evidence(tcp)));
    return {
      tcp,
      directions: [...directions],
      get vantage() {
        return vantage();
      },
    };
  }

  #evidence(tcp: number): readonly [SideEvidence, SideEvidence] {
    const sides = [noEvidence(), noEvidence()] as const;
    this.#fillEvidence(tcp, 0, sides[0]);
    this.#fillEvidence(tcp, 1, sides[1]);
    return sides;
  }

  #fillEvidence(tcp: number, direction: 0 | 1, side: SideEvidence): void {
    const words = this.words;
    const at = (tcp * 2 + direction) * DIRECTION_WORDS;
    const state = words[at + Word.state] ?? 0;
    const tally = this.troubledAt(at)?.tally;
    side.segments = (words[at + Word.segments] ?? 0) >>> 0;
    side.ttl = (state >>> 16) & 255;
    side.hasSuperSegments = (state & State.hasSuperSegments) !== 0;
    side.lostUpstream = tally?.lostUpstream ?? 0;
    side.lostDownstream = tally?.lostDownstream ?? 0;
    side.legNs = this.#path.legNs(tcp, direction);
  }

  /** Evidence of the heaviest connections, one after the other in the same two objects. */
  *#heaviestEvidence(): Generator<readonly [SideEvidence, SideEvidence]> {
    const { least, room } = this.#weigh();
    const sides = [noEvidence(), noEvidence()] as const;
    let left = room;
    for (let tcp = 0; tcp < this.#connections; tcp++) {
      const weight = this.#weightOf(tcp);
      if (weight < least || (weight === least && left-- <= 0)) continue;
      this.#fillEvidence(tcp, 0, sides[0]);
      this.#fillEvidence(tcp, 1, sides[1]);
      yield sides;
    }
  }

  /** The least weight of the heaviest connections, and how many of that weight there is room for. */
  #weigh(): { readonly least: number; readonly room: number } {
    const counts = new Uint32Array(WEIGHTS);
    for (let tcp = 0; tcp < this.#connections; tcp++) {
      const weight = this.#weightOf(tcp);
      counts[weight] = (counts[weight] ?? 0) + 1;
    }
    let room = VANTAGE_CONNECTIONS_MAX;
    let least = WEIGHTS - 1;
    for (; least > 0 && room >= (counts[least] ?? 0); least--) room -= counts[least] ?? 0;
    return { least, room };
  }

  /** How many segments a connection has, as the length of that number in bits. */
  #weightOf(tcp: number): number {
    const words = this.words;
    const at = tcp * 2 * DIRECTION_WORDS + Word.segments;
    return WEIGHTS - 1 - Math.clz32((words[at] ?? 0) + (words[at + DIRECTION_WORDS] ?? 0));
  }
}

/** Does something when it is first asked for, and keeps what came of it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Words of the other direction. */
export function opposite(at: number): number {
  return at ^ DIRECTION_WORDS;
}

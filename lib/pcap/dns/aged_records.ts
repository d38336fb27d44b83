/**
 * Records that wait for something: found by hash, kept in the order in which they began to wait, and
 * given again when nobody needs them. No object is made for one.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import type { DnsRecordPlaces } from "./dns_kernel.ts";
import { SearchIndex } from "./search_index.ts";

/** Octets at the start of a record that are the table's own: hash, newer and older record. */
export const OWN_BYTES = 12;
const HASH = 0, NEWER = 1, OLDER = 2;

/**
 * Words that the table has beside its records: how many are listed, the first and the last of them,
 * the first of those to be given again, which are linked by {@link NEWER}, how many were ever given
 * and how many can be, slots of the index less one.
 */
const SIZE = 0, OLDEST = 1, NEWEST = 2, FREE = 3, GIVEN = 4, CAPACITY = 5, MASK = 6, HEADS = 8;

/**
 * Most records for each that an arena says a capture has: a message has twelve octets at least, which
 * is a third of a packet with its header in the file.
 */
const PER_PACKET = 3;

/** What a table may hold. */
export interface AgedBounds {
  /** Most records. */
  readonly recordsMax: number;
  /** Most records that are listed. */
  readonly listedMax: number;
  /** Records for which the index is made at first; it grows for more. Default: the most. */
  readonly expected?: number;
}

/** A table of records of `strideBytes` each. A record is *listed* while it waits. */
export class AgedRecords {
  /** Words of all records, see {@link RecordHeap}; {@link AgedRecords.take} may replace them. */
  words: Int32Array;
  /** The same memory as doubles. */
  doubles: Float64Array;
  /** Finds listed records. */
  readonly index: SearchIndex;
  readonly #heap: RecordHeap;
  readonly #stride: number;
  readonly #heads: Int32Array;

  /** An empty table, in `arena` if there is one. */
  constructor(
    strideBytes: number,
    { recordsMax, listedMax, expected = listedMax }: AgedBounds,
    arena: Arena | null = null,
  ) {
    const memory = arena ?? separateMemory;
    this.#heap = new RecordHeap(strideBytes, recordsMax, arena, PER_PACKET);
    this.#stride = strideBytes / 4;
    this.words = this.#heap.i32;
    this.doubles = this.#heap.f64;
    this.index = new SearchIndex(
      (record) => this.words[record * this.#stride + HASH] ?? 0,
      { most: listedMax, expected },
      memory,
    );
    this.#heads = memory.int32(HEADS);
    this.#heads[CAPACITY] = this.#heap.capacityMax;
    this.#begin();
  }

  /** Addresses in the arena, for compiled code. */
  get places(): DnsRecordPlaces {
    return [this.#heads.byteOffset, this.#heap.address, this.index.slots.byteOffset];
  }

  /** Records that are listed. */
  get size(): number {
    return this.#head(SIZE);
  }

  /** The record that was listed first, -1 if none is. */
  get oldest(): number {
    return this.#head(OLDEST);
  }

  /** Records that were ever given: those below this number. */
  get given(): number {
    return this.#head(GIVEN);
  }

  /** A record that nobody has, with whatever its last owner left in it. */
  take(): number {
    const free = this.#head(FREE);
    if (free >= 0) {
      this.#heads[FREE] = this.newerThan(free);
      return free;
    }
    const record = this.given;
    if (this.#heap.ensure(record + 1)) {
      this.words = this.#heap.i32;
      this.doubles = this.#heap.f64;
    }
    this.#heads[GIVEN] = record + 1;
    return record;
  }

  /** Takes a record back that is not listed. */
  giveBack(record: number): void {
    this.words[record * this.#stride + NEWER] = this.#head(FREE);
    this.#heads[FREE] = record;
  }

  /** Lists a record as the newest. The record that had to make room in the index, -1 if none had. */
  list(record: number, hash: number): number {
    const { words, index } = this;
    const heads = this.#heads;
    const own = record * this.#stride;
    index.reserve(this.size + 1);
    heads[MASK] = index.mask;
    let crowdedOut = -1;
    if (index.hasRoom(hash)) index.insert(hash, record);
    else {
      crowdedOut = index.occupant(hash);
      this.#unlink(crowdedOut);
      index.replace(hash, record);
    }
    const newest = this.#head(NEWEST);
    words[own + HASH] = hash;
    words[own + NEWER] = -1;
    words[own + OLDER] = newest;
    if (newest >= 0) words[newest * this.#stride + NEWER] = record;
    else heads[OLDEST] = record;
    heads[NEWEST] = record;
    heads[SIZE] = this.size + 1;
    return crowdedOut;
  }

  /** Takes a record from the list. */
  unlist(record: number): void {
    this.index.remove(this.words[record * this.#stride + HASH] ?? 0, record);
    this.#unlink(record);
  }

  /** Forgets all records. */
  clear(): void {
    this.index.clear();
    this.#begin();
  }

  /** The record that was listed after this one, -1 if none was. */
  newerThan(record: number): number {
    return this.words[record * this.#stride + NEWER] ?? -1;
  }

  #begin(): void {
    const heads = this.#heads;
    heads[MASK] = this.index.mask;
    heads[SIZE] = heads[GIVEN] = 0;
    heads[OLDEST] = heads[NEWEST] = heads[FREE] = -1;
  }

  #unlink(record: number): void {
    const { words } = this;
    const own = record * this.#stride;
    const newer = words[own + NEWER] ?? -1;
    const older = words[own + OLDER] ?? -1;
    if (older >= 0) words[older * this.#stride + NEWER] = newer;
    else this.#heads[OLDEST] = newer;
    if (newer >= 0) words[newer * this.#stride + OLDER] = older;
    else this.#heads[NEWEST] = older;
    this.#heads[SIZE] = this.size - 1;
  }

  #head(head: number): number {
    return this.#heads[head] ?? 0;
  }
}

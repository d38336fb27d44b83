/**
 * Records that wait for something: found by hash, kept in the order in which they began to wait, and
 * given again when nobody needs them. No object is made for one.
 *
 * @module
 */
import { RecordHeap } from "../flow/record_heap.ts";
import { SearchIndex } from "./search_index.ts";

/** Octets at the start of a record that are the table's own: hash, newer and older record. */
export const OWN_BYTES = 16;
const HASH = 0, NEWER = 1, OLDER = 2;

/** A table of records of `strideBytes` each. A record is *listed* while it waits. */
export class AgedRecords {
  /** Words of all records, see {@link RecordHeap}; {@link AgedRecords.take} may replace them. */
  words: Int32Array;
  /** The same memory as doubles. */
  doubles: Float64Array;
  /** Finds listed records. */
  readonly index: SearchIndex;
  /** Records that are listed. */
  size = 0;
  /** The record that was listed first, -1 if none is. */
  oldest = -1;
  #newest = -1;
  readonly #heap: RecordHeap;
  readonly #stride: number;
  /** The first of the records to be given again, which are linked by {@link NEWER}. */
  #free = -1;
  /** Records that were ever given. */
  #given = 0;

  /** An empty table of at most `recordsMax` records, of which `expected` may be listed. */
  constructor(strideBytes: number, recordsMax: number, expected: number) {
    this.#heap = new RecordHeap(strideBytes, recordsMax);
    this.#stride = strideBytes / 4;
    this.words = this.#heap.i32;
    this.doubles = this.#heap.f64;
    this.index = new SearchIndex(
      (record) => this.words[record * this.#stride + HASH] ?? 0,
      expected,
    );
  }

  /** A record that nobody has, with whatever its last owner left in it. */
  take(): number {
    const free = this.#free;
    if (free >= 0) {
      this.#free = this.newerThan(free);
      return free;
    }
    if (this.#heap.ensure(this.#given + 1)) {
      this.words = this.#heap.i32;
      this.doubles = this.#heap.f64;
    }
    return this.#given++;
  }

  /** Takes a record back that is not listed. */
  giveBack(record: number): void {
    this.words[record * this.#stride + NEWER] = this.#free;
    this.#free = record;
  }

  /** Lists a record as the newest. The record that had to make room in the index, -1 if none had. */
  list(record: number, hash: number): number {
    const { words, index } = this;
    const own = record * this.#stride;
    index.reserve(this.size + 1);
    let crowdedOut = -1;
    if (index.hasRoom(hash)) index.insert(hash, record);
    else {
      crowdedOut = index.occupant(hash);
      this.#unlink(crowdedOut);
      index.replace(hash, record);
    }
    words[own + HASH] = hash;
    words[own + NEWER] = -1;
    words[own + OLDER] = this.#newest;
    if (this.#newest >= 0) words[this.#newest * this.#stride + NEWER] = record;
    else this.oldest = record;
    this.#newest = record;
    this.size++;
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
    this.size = this.#given = 0;
    this.oldest = this.#newest = this.#free = -1;
  }

  /** The record that was listed after this one, -1 if none was. */
  newerThan(record: number): number {
    return this.words[record * this.#stride + NEWER] ?? -1;
  }

  #unlink(record: number): void {
    const { words } = this;
    const own = record * this.#stride;
    const newer = words[own + NEWER] ?? -1;
    const older = words[own + OLDER] ?? -1;
    if (older >= 0) words[older * this.#stride + NEWER] = newer;
    else this.oldest = newer;
    if (newer >= 0) words[newer * this.#stride + OLDER] = older;
    else this.#newest = older;
    this.size--;
  }
}

/**
 * The holes in what was captured of one direction: ranges of octets that later octets were seen
 * before. Everything below the highest octet that is in no hole was captured.
 *
 * @module
 */
import type { ByteBudget } from "./byte_budget.ts";

/** What was known when a hole was seen. */
export interface Reveal {
  /** Time of the segment beyond the hole, nanoseconds. */
  timeNs: number;
  /** True if that segment had the timestamps option. */
  hasTimestamps: boolean;
  /** TSval of that segment. */
  tsVal: number;
  /** IP identification of the segment before the hole and of the one beyond it, -1 if of no use. */
  idBefore: number;
  idBeyond: number;
}

export function noReveal(): Reveal {
  return { timeNs: 0, hasTimestamps: false, tsVal: 0, idBefore: -1, idBeyond: -1 };
}

/** A hole as doubles: start, end, time, TSval (-1: none), the two identifications. */
const STRIDE = 6;
const HOLE_BYTES = STRIDE * 8;
/** Most directions have few at a time. */
const HOLES_AT_FIRST = 2;
/** Most holes of one direction: a window of four thousand segments of which every other is lost. */
const HOLES_MAX = 2048;

/** Shared by all that have none. */
const NOTHING: number[] = [];
/** The memory that most sets need: copied, as a typed array costs many times what is done with it. */
const FIRST_HOLES: readonly number[] = Array<number>(HOLES_AT_FIRST * STRIDE).fill(NaN);

/** Sorted holes between positions (octets since the first one, doubles: they never wrap). */
export class HoleSet {
  /** Of the lowest hole that the last {@link HoleSet.fill} touched, of this set or one that shares it. */
  readonly touched: Reveal;
  readonly #budget: ByteBudget;
  #data = NOTHING;
  #first = 0;
  #count = 0;

  /** No holes; memory comes out of `budget`. Sets may share what `touched` is written to. */
  constructor(budget: ByteBudget, touched: Reveal) {
    this.#budget = budget;
    this.touched = touched;
  }

  /** Number of holes. */
  get count(): number {
    return this.#count;
  }

  /** Octets of holes that lie below `position`. */
  octetsBelow(position: number): number {
    let octets = 0;
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#first + index) * STRIDE;
      const start = this.#data[at] ?? 0;
      if (start >= position) break;
      octets += Math.min(position, this.#data[at + 1] ?? 0) - start;
    }
    return octets;
  }

  /** Adds a hole above all others, or below all others; false if there is no room. */
  add(start: number, end: number, reveal: Reveal): boolean {
    if (!this.#makeRoom()) return false;
    const isLowest = this.#count > 0 && start < (this.#data[this.#first * STRIDE] ?? 0);
    const index = isLowest ? 0 : this.#count;
    this.#insert(index);
    this.#write(index, start, end, reveal);
    return true;
  }

  /**
   * Takes `start` to `end` out of the holes. The octets that were in holes, or -1 if a hole had to be
   * split and there was no room.
   */
  fill(start: number, end: number): number {
    let index = this.#firstEndingAfter(start);
    let filled = 0;
    while (index < this.#count) {
      const at = (this.#first + index) * STRIDE;
      const holeStart = this.#data[at] ?? 0;
      const holeEnd = this.#data[at + 1] ?? 0;
      if (holeStart >= end) break;
      if (filled === 0) this.#read(at);
      const from = Math.max(start, holeStart);
      const to = Math.min(end, holeEnd);
      filled += to - from;
      if (from === holeStart && to === holeEnd) this.#remove(index);
      else if (from === holeStart) {
        this.#data[at] = to;
        index++;
      } else if (to === holeEnd) {
        this.#data[at + 1] = from;
        index++;
      } else return this.#split(index, from, to) ? filled : -1;
    }
    return filled;
  }

  /** Forgets all holes and gives their memory back. */
  clear(): void {
    this.#budget.give(this.#data.length * 8);
    this.#data = NOTHING;
    this.#first = 0;
    this.#count = 0;
  }

  #firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#data[(this.#first + middle) * STRIDE + 1] ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #split(index: number, from: number, to: number): boolean {
    if (!this.#makeRoom()) return false;
    this.#insert(index);
    const at = (this.#first + index) * STRIDE;
    this.#move(at, at + STRIDE, STRIDE);
    this.#data[at + 1] = from;
    this.#data[at + STRIDE] = to;
    return true;
  }

  /** Opens a place at `index`; there must be room at the end. */
  #insert(index: number): void {
    if (index === 0 && this.#first > 0) this.#first--;
    else {
      const at = (this.#first + index) * STRIDE;
      this.#move(at + STRIDE, at, (this.#count - index) * STRIDE);
    }
    this.#count++;
  }

  #remove(index: number): void {
    if (index === 0) this.#first++;
    else {
      const at = (this.#first + index) * STRIDE;
      this.#move(at, at + STRIDE, (this.#count - index - 1) * STRIDE);
    }
    this.#count--;
    if (this.#count === 0) this.#first = 0;
  }

  /** Makes room for one more at the end; false at the cap. */
  #makeRoom(): boolean {
    const capacity = this.#data.length / STRIDE;
    if (this.#first + this.#count < capacity) return true;
    const wanted = Math.max(HOLES_AT_FIRST, capacity * 2);
    if (this.#first > capacity >> 1 || (this.#first > 0 && wanted > HOLES_MAX)) {
      this.#move(0, this.#first * STRIDE, this.#count * STRIDE);
      this.#first = 0;
      return true;
    }
    if (wanted > HOLES_MAX || !this.#budget.take((wanted - capacity) * HOLE_BYTES)) return false;
    if (capacity === 0) this.#data = FIRST_HOLES.slice();
    else {
      const from = this.#first * STRIDE;
      const data = Array<number>(wanted * STRIDE).fill(NaN);
      for (let place = 0; place < this.#count * STRIDE; place++) {
        data[place] = this.#data[from + place] ?? NaN;
      }
      this.#data = data;
    }
    this.#first = 0;
    return true;
  }

  /** Moves `length` doubles; quicker than what arrays have for it. */
  #move(to: number, from: number, length: number): void {
    const data = this.#data;
    if (to < from) {
      for (let at = 0; at < length; at++) data[to + at] = data[from + at] ?? NaN;
    } else {
      for (let at = length - 1; at >= 0; at--) data[to + at] = data[from + at] ?? NaN;
    }
  }

  #write(index: number, start: number, end: number, reveal: Reveal): void {
    const at = (this.#first + index) * STRIDE;
    this.#data[at] = start;
    this.#data[at + 1] = end;
    this.#data[at + 2] = reveal.timeNs;
    this.#data[at + 3] = reveal.hasTimestamps ? reveal.tsVal : -1;
    this.#data[at + 4] = reveal.idBefore;
    this.#data[at + 5] = reveal.idBeyond;
  }

  #read(at: number): void {
    const { touched } = this;
    const tsVal = this.#data[at + 3] ?? -1;
    touched.timeNs = this.#data[at + 2] ?? 0;
    touched.hasTimestamps = tsVal >= 0;
    touched.tsVal = tsVal;
    touched.idBefore = this.#data[at + 4] ?? -1;
    touched.idBeyond = this.#data[at + 5] ?? -1;
  }
}

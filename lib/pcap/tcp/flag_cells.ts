/**
 * Counts of findings per connection, kept only where there is something to count: a chain of cells
 * for each connection, a cell for each kind of finding and direction, within a fixed bound.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import { TCP_FLAGS } from "./flags.ts";

const CELL_WORDS = 8;
/** Words of a cell: the next cell of the chain, what it counts, how many, and evidence. */
const NEXT = 0, TAG = 1, COUNT = 2, LAST_FRAME = 3, FRAMES = 4;
/** The first frames of each kind that are kept as evidence, beside the last. */
const FRAMES_KEPT = 4;
/** End of a chain; cells are numbered from 1. */
export const NO_CELL = 0;

/** Findings of one kind that one side of a connection sent. */
export interface FlagCount {
  /** Name of the kind of finding (`TCP_FLAGS`). */
  readonly name: string;
  /** Sender of the segments: 0, side A, or 1, side B. */
  readonly side: 0 | 1;
  readonly count: number;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Frame numbers as evidence: the first four, and the last. */
  readonly frames: readonly number[];
}

/** Addresses in the arena: of what is counted of cells, of the cells, of the totals of findings. */
export type CellPlaces = readonly [counts: number, cells: number, totals: number];

/** Words of what is counted of cells: those ever used, room for them, the first one given back. */
const USED = 0, CELLS_MAX = 1, FREE = 2, COUNT_WORDS = 3;

/** Cells of all connections. */
export class FlagCells {
  readonly #heap: RecordHeap;
  #u32: Uint32Array;
  readonly #counts: Int32Array;

  /** A table of at most `cellsMax` cells of 32 octets, in `arena` if there is one. */
  constructor(cellsMax: number, arena: Arena | null = null) {
    // A packet has at most one finding of each kind.
    this.#heap = new RecordHeap(CELL_WORDS * 4, cellsMax, arena, TCP_FLAGS.length);
    this.#u32 = this.#heap.u32;
    this.#counts = (arena ?? separateMemory).int32(COUNT_WORDS);
    this.#counts[CELLS_MAX] = this.#heap.capacityMax;
  }

  /** Addresses in the arena: of what is counted of cells, of the cells. */
  get addresses(): readonly [counts: number, cells: number] {
    return [this.#counts.byteOffset, this.#heap.address];
  }

  /** Octets of memory in use. */
  get sizeBytes(): number {
    return this.#heap.sizeBytes;
  }

  /** The cell of `tag` in the chain that begins with `head`, {@link NO_CELL} if it is not there. */
  find(head: number, tag: number): number {
    let cell = head;
    while (cell !== NO_CELL && this.#word(cell, TAG) !== tag) cell = this.#word(cell, NEXT);
    return cell;
  }

  /** A new cell in front of the chain, which it begins now; {@link NO_CELL} if there is no room. */
  add(head: number, tag: number): number {
    const counts = this.#counts;
    let cell = counts[FREE] ?? NO_CELL;
    if (cell !== NO_CELL) counts[FREE] = this.#word(cell, NEXT);
    else {
      const used = counts[USED] ?? 0;
      if (used >= this.#heap.capacityMax) return NO_CELL;
      cell = counts[USED] = used + 1;
      if (this.#heap.ensure(cell)) this.#u32 = this.#heap.u32;
    }
    const at = (cell - 1) * CELL_WORDS;
    this.#u32.fill(0, at, at + CELL_WORDS);
    this.#u32[at + NEXT] = head;
    this.#u32[at + TAG] = tag;
    return cell;
  }

  /** Counts a frame. */
  count(cell: number, frame: number): void {
    const at = (cell - 1) * CELL_WORDS;
    const count = this.#u32[at + COUNT] ?? 0;
    if (count < FRAMES_KEPT) this.#u32[at + FRAMES + count] = frame;
    this.#u32[at + COUNT] = count + 1;
    this.#u32[at + LAST_FRAME] = frame;
  }

  /** How many frames of a chain are of the kinds in `flags`, a set of `TcpFlag` bits. */
  sum(head: number, flags: number): number {
    let sum = 0;
    for (let cell = head; cell !== NO_CELL; cell = this.#word(cell, NEXT)) {
      if ((flags >>> (this.#word(cell, TAG) >> 1) & 1) === 1) sum += this.#word(cell, COUNT);
    }
    return sum;
  }

  /** Adds what a chain counted to `counts`, by kind; the kinds, a set of `TcpFlag` bits. */
  addTo(counts: Float64Array, head: number): number {
    let kinds = 0;
    for (let cell = head; cell !== NO_CELL; cell = this.#word(cell, NEXT)) {
      const kind = this.#word(cell, TAG) >> 1;
      kinds |= 1 << kind;
      counts[kind] = (counts[kind] ?? 0) + this.#word(cell, COUNT);
    }
    return kinds;
  }

  /** What a chain counted, by kind and side. */
  read(head: number): FlagCount[] {
    const counts: { readonly tag: number; readonly count: FlagCount }[] = [];
    for (let cell = head; cell !== NO_CELL; cell = this.#word(cell, NEXT)) {
      const tag = this.#word(cell, TAG);
      counts.push({ tag, count: this.#describe(cell, tag) });
    }
    return counts.sort((a, b) => a.tag - b.tag).map(({ count }) => count);
  }

  /** Gives the cells of a chain back. */
  release(head: number): void {
    const counts = this.#counts;
    let cell = head;
    while (cell !== NO_CELL) {
      const next = this.#word(cell, NEXT);
      this.#u32[(cell - 1) * CELL_WORDS + NEXT] = counts[FREE] ?? NO_CELL;
      counts[FREE] = cell;
      cell = next;
    }
  }

  #describe(cell: number, tag: number): FlagCount {
    const count = this.#word(cell, COUNT);
    const lastFrame = this.#word(cell, LAST_FRAME);
    const frames: number[] = [];
    for (let index = 0; index < Math.min(count, FRAMES_KEPT); index++) {
      frames.push(this.#word(cell, FRAMES + index));
    }
    if (count > FRAMES_KEPT) frames.push(lastFrame);
    return {
      name: TCP_FLAGS[tag >> 1]?.name ?? "",
      side: (tag & 1) === 0 ? 0 : 1,
      count,
      firstFrame: frames[0] ?? 0,
      lastFrame,
      frames,
    };
  }

  #word(cell: number, word: number): number {
    return this.#u32[(cell - 1) * CELL_WORDS + word] ?? 0;
  }
}

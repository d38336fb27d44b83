/**
 * Fixed-size records in one page-aligned heap that grows in place. A plain array buffer would be
 * copied to grow and begins 16 octets off a cache line; WebAssembly memory does neither.
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";
import type { Arena } from "../arena.ts";

const PAGE_BYTES = 65_536;
/** WebAssembly memory ends here (32-bit addresses). */
const PAGES_MAX = 65_536;
/** Records are added in steps of this many pages at least. */
const STEP_PAGES = 16;

/** A table of records of `strideBytes` each. Growing replaces the views: read them again. */
export class RecordHeap {
  /** Length of a record, octets; a multiple of 8. */
  readonly strideBytes: number;
  /** Most records that will ever be there: what was asked for, or what the arena has fewer. */
  readonly capacityMax: number;
  /** Address of record 0 in the arena, 0 without one. */
  readonly address: number;
  readonly #memory: WebAssembly.Memory | null;
  #capacity = 0;
  #ensured = 0;
  #i32: Int32Array = new Int32Array(0);
  #u32: Uint32Array = new Uint32Array(0);
  #f64: Float64Array = new Float64Array(0);

  /**
   * An empty table, with memory of its own or in `arena`, where compiled code reaches it: there all
   * of its room is set apart at once, as address space, and the views never change. `perRecord`: most
   * records of this table for each of the arena's (`Arena.recordsMax`).
   * @throws {RangeError} if the stride is no multiple of 8, or the whole could exceed 4 GiB
   * @throws {Unavailable} `env.memory`
   */
  constructor(
    strideBytes: number,
    capacityMax: number,
    arena: Arena | null = null,
    perRecord = 1,
  ) {
    if (strideBytes <= 0 || strideBytes % 8 !== 0) {
      throw new RangeError(
        `Cannot make records of ${strideBytes} octets: a multiple of 8 is needed`,
      );
    }
    const most = Math.min(capacityMax, perRecord * (arena?.recordsMax ?? Infinity));
    const maximum = Math.ceil(strideBytes * most / PAGE_BYTES);
    if (maximum > PAGES_MAX) throw new RangeError("Cannot make a table of more than 4 GiB");
    this.strideBytes = strideBytes;
    this.capacityMax = most;
    if (arena === null) {
      this.address = 0;
      this.#memory = new WebAssembly.Memory({ initial: 0, maximum });
      this.#view(this.#memory.buffer, 0, 0);
    } else {
      this.address = arena.take(strideBytes * most);
      this.#memory = null;
      this.#view(arena.memory.buffer, this.address, strideBytes * most);
    }
  }

  /** Records that there is room for now. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Octets in use by the table; in an arena, those up to the last record that was made room for. */
  get sizeBytes(): number {
    return this.#memory?.buffer.byteLength ?? this.#ensured * this.strideBytes;
  }

  /** The records as signed words; record `id` starts at `id * strideBytes / 4`. */
  get i32(): Int32Array {
    return this.#i32;
  }

  /** The records as unsigned words. */
  get u32(): Uint32Array {
    return this.#u32;
  }

  /** The records as doubles; record `id` starts at `id * strideBytes / 8`. */
  get f64(): Float64Array {
    return this.#f64;
  }

  /**
   * Makes room for records 0 to `count` - 1; new ones are all zero. True if the views changed.
   * @throws {Unavailable} `env.memory` if `count` is past the cap or the system gives no more
   */
  ensure(count: number): boolean {
    if (count > this.#ensured) this.#ensured = count;
    if (count <= this.#capacity) return false;
    if (count > this.capacityMax) {
      throw noMemory(`${count} records, the cap is ${this.capacityMax}`);
    }
    const memory = this.#memory;
    if (memory === null) return false;
    const have = memory.buffer.byteLength / PAGE_BYTES;
    const need = Math.ceil(count * this.strideBytes / PAGE_BYTES);
    const cap = Math.ceil(this.capacityMax * this.strideBytes / PAGE_BYTES);
    const pages = Math.min(cap, Math.max(need, have + STEP_PAGES, Math.ceil(have * 1.25)));
    try {
      memory.grow(pages - have);
    } catch {
      throw noMemory(`${pages * PAGE_BYTES} bytes`);
    }
    this.#view(memory.buffer, 0, memory.buffer.byteLength);
    return true;
  }

  #view(buffer: ArrayBufferLike, start: number, octets: number): void {
    this.#i32 = new Int32Array(buffer, start, octets / 4);
    this.#u32 = new Uint32Array(buffer, start, octets / 4);
    this.#f64 = new Float64Array(buffer, start, octets / 8);
    this.#capacity = Math.min(this.capacityMax, Math.floor(octets / this.strideBytes));
  }
}

function noMemory(wanted: string): Unavailable {
  return new Unavailable("memory", `Cannot go on with the capture: no memory for ${wanted}`, {
    hint: "Narrow the question with max_packets, or use a host with more memory.",
  });
}

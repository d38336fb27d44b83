/**
 * Fixed-size records in one page-aligned heap that grows in place. A plain array buffer would be
 * copied to grow and begins 16 octets off a cache line; WebAssembly memory does neither.
 *
 * @module
 */
import { Unavailable } from "../../errors/mod.ts";

const PAGE_BYTES = 65_536;
/** WebAssembly memory ends here (32-bit addresses). */
const PAGES_MAX = 65_536;
/** Records are added in steps of this many pages at least. */
const STEP_PAGES = 16;

/** A table of records of `strideBytes` each. Growing replaces the views: read them again. */
export class RecordHeap {
  /** Length of a record, octets; a multiple of 8. */
  readonly strideBytes: number;
  /** Most records that will ever be there. */
  readonly capacityMax: number;
  #memory: WebAssembly.Memory;
  #capacity = 0;
  #i32: Int32Array = new Int32Array(0);
  #u32: Uint32Array = new Uint32Array(0);
  #f64: Float64Array = new Float64Array(0);

  /**
   * An empty table.
   * @throws {RangeError} if the stride is no multiple of 8, or the whole could exceed 4 GiB
   */
  constructor(strideBytes: number, capacityMax: number) {
    if (strideBytes <= 0 || strideBytes % 8 !== 0) {
      throw new RangeError(
        `Cannot make records of ${strideBytes} octets: a multiple of 8 is needed`,
      );
    }
    const maximum = Math.ceil(strideBytes * capacityMax / PAGE_BYTES);
    if (maximum > PAGES_MAX) throw new RangeError("Cannot make a table of more than 4 GiB");
    this.strideBytes = strideBytes;
    this.capacityMax = capacityMax;
    this.#memory = new WebAssembly.Memory({ initial: 0, maximum });
    this.#view();
  }

  /** Records that there is room for now. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Octets in use by the table. */
  get sizeBytes(): number {
    return this.#memory.buffer.byteLength;
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
    if (count <= this.#capacity) return false;
    if (count > this.capacityMax) {
      throw noMemory(`${count} records, the cap is ${this.capacityMax}`);
    }
    const have = this.sizeBytes / PAGE_BYTES;
    const need = Math.ceil(count * this.strideBytes / PAGE_BYTES);
    const cap = Math.ceil(this.capacityMax * this.strideBytes / PAGE_BYTES);
    const pages = Math.min(cap, Math.max(need, have + STEP_PAGES, Math.ceil(have * 1.25)));
    try {
      this.#memory.grow(pages - have);
    } catch {
      throw noMemory(`${pages * PAGE_BYTES} bytes`);
    }
    this.#view();
    return true;
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.#i32 = new Int32Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#f64 = new Float64Array(buffer);
    this.#capacity = Math.min(
      this.capacityMax,
      Math.floor(buffer.byteLength / this.strideBytes),
    );
  }
}

function noMemory(wanted: string): Unavailable {
  return new Unavailable("memory", `Cannot go on with the capture: no memory for ${wanted}`, {
    hint: "Narrow the question with max_packets, or use a host with more memory.",
  });
}

/**
 * One block of memory that the columns of a pass, its window of bytes and its tables share, so that
 * compiled code and TypeScript work on the same numbers. It grows without moving: views stay valid.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";

const PAGE_BYTES = 65_536;
/** WebAssembly memory ends here (32-bit addresses); address space only, pages come when touched. */
const PAGES_MAX = 65_536;
/**
 * Tables that are set apart in whole ask for this many pages at least, and more come with them: V8
 * takes every step for memory in use, and collects garbage over it.
 */
const LARGE_PAGES = 1024, LARGE_STEP_PAGES = 32_768;
/** What is handed out begins on a cache line. */
const ALIGNMENT = 64;

/** Where columns come from. */
export interface ColumnMemory {
  uint8(length: number): Uint8Array;
  int16(length: number): Int16Array;
  uint16(length: number): Uint16Array;
  int32(length: number): Int32Array;
  uint32(length: number): Uint32Array;
  float64(length: number): Float64Array;
}

/** Columns of their own, each; compiled code cannot reach them. */
export const separateMemory: ColumnMemory = {
  uint8: (length) => new Uint8Array(length),
  int16: (length) => new Int16Array(length),
  uint16: (length) => new Uint16Array(length),
  int32: (length) => new Int32Array(length),
  uint32: (length) => new Uint32Array(length),
  float64: (length) => new Float64Array(length),
};

/** How an arena is made; every field has a default. */
export interface ArenaOptions {
  /** The memory of another thread's arena; default: one of its own. */
  readonly memory?: WebAssembly.Memory;
  /** Address from which on it hands out. */
  readonly start?: number;
  /** See {@link Arena.recordsMax}; default: no such bound. */
  readonly recordsMax?: number;
}

/** Memory handed out once and never taken back. */
export class Arena implements ColumnMemory {
  /** The memory, for compiled code. */
  readonly memory: WebAssembly.Memory;
  /**
   * No table of records that is made from now on has more than these. Of a small capture it is known
   * how many it can have, and V8 collects garbage over what is set apart, used or not.
   */
  recordsMax: number;
  #end: number;

  /**
   * An empty arena; or, over the memory of another thread's, one that hands out from an address
   * on: asked for the same in the same order, it gives the same columns again.
   * @throws {Unavailable} `env.memory`
   */
  constructor(
    { memory = makeMemory(), start = ALIGNMENT, recordsMax = Infinity }: ArenaOptions = {},
  ) {
    this.memory = memory;
    this.recordsMax = recordsMax;
    this.#end = start; // address 0 stays free: it means "none"
  }

  /** Address after the last octet that was handed out, where the next one will be. */
  get end(): number {
    return this.#end;
  }

  /**
   * Hands out `octets` octets, zero, and returns their address.
   * @throws {Unavailable} `env.memory`
   */
  take(octets: number): number {
    const address = this.#end;
    const end = Math.ceil((address + octets) / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#grow(missing);
    this.#end = end;
    return address;
  }

  #grow(pages: number): void {
    const left = PAGES_MAX - this.memory.buffer.byteLength / PAGE_BYTES;
    const step = Math.max(pages, Math.min(left, LARGE_STEP_PAGES));
    if (pages >= LARGE_PAGES && tryGrow(this.memory, step)) return;
    if (!tryGrow(this.memory, pages)) throw noMemory();
  }

  /** `length` octets. */
  uint8(length: number): Uint8Array {
    const address = this.take(length);
    return new Uint8Array(this.memory.buffer, address, length);
  }

  /** `length` signed 16-bit numbers. */
  int16(length: number): Int16Array {
    const address = this.take(length * 2);
    return new Int16Array(this.memory.buffer, address, length);
  }

  /** `length` unsigned 16-bit numbers. */
  uint16(length: number): Uint16Array {
    const address = this.take(length * 2);
    return new Uint16Array(this.memory.buffer, address, length);
  }

  /** `length` signed 32-bit numbers. */
  int32(length: number): Int32Array {
    const address = this.take(length * 4);
    return new Int32Array(this.memory.buffer, address, length);
  }

  /** `length` unsigned 32-bit numbers. */
  uint32(length: number): Uint32Array {
    const address = this.take(length * 4);
    return new Uint32Array(this.memory.buffer, address, length);
  }

  /** `length` doubles. */
  float64(length: number): Float64Array {
    const address = this.take(length * 8);
    return new Float64Array(this.memory.buffer, address, length);
  }
}

function tryGrow(memory: WebAssembly.Memory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}

function makeMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 16, maximum: PAGES_MAX, shared: true });
  } catch {
    throw noMemory();
  }
}

function noMemory(): Unavailable {
  return new Unavailable("memory", "Cannot read the capture: the system gives no more memory", {
    hint: "Ask again when other work has ended, or use a host with more memory.",
    retryable: true,
  });
}

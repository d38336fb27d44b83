/**
 * Batches on their way from the thread that makes them to the one that analyzes them: a ring of slots
 * in shared memory, and the rooms that hold the bytes which they point to.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import type { PathTable, PathWords } from "../dissect/path_table.ts";
import type { Slot } from "../kernel/slot.ts";
import { type Rooms, WINDOW_BYTES_MAX } from "../window.ts";

/** Slots of a ring. Measured: more of them help neither side. */
const SLOTS = 8;
/** Rooms for bytes: one that is being filled, the next, and those that slots on their way point to. */
export const ROOMS = 5;

/**
 * Words of the head: the state, slots filled and taken (modulo 2^32), a bell for each side, and the
 * count at which each side wants to be woken. A side reads its bell, says what it wants, looks, and
 * waits only if the bell has not rung since.
 */
const STATE = 0, FILLED = 1, TAKEN = 2, FILLER_BELL = 3, TAKER_BELL = 4;
const FILLER_WANTS = 5, TAKER_WANTS = 6, HEAD_WORDS = 7;

/** Doubles of the note on a slot. */
const COUNT = 0, FIRST_FRAME = 1, STREAM_OFFSET = 2, BASE_SEC = 3, BYTES = 4, LENGTH = 5;
const BYTES_READ = 6, PATHS = 7, PATHS_OVERFLOWED = 8, NOTE_DOUBLES = 9;

/** States of a ring. */
const State = { open: 0, ended: 1, givenUp: 2 } as const;

/** Thrown in the filling thread once nobody takes its slots any more. */
export class GivenUp extends Error {}

/** The parts of a ring, the same for both sides. */
class RingParts {
  readonly address: number;
  readonly head: Int32Array;
  readonly notes: Float64Array;
  readonly slots: readonly Slot[];

  constructor(arena: Arena, makeSlot: () => Slot) {
    this.address = arena.end;
    this.head = arena.int32(HEAD_WORDS);
    this.notes = arena.float64(SLOTS * NOTE_DOUBLES);
    this.slots = Array.from({ length: SLOTS }, makeSlot);
  }

  /** The slot that is filled after `count` others. */
  slot(count: number): Slot {
    const slot = this.slots[(count >>> 0) % SLOTS];
    if (slot === undefined) throw new RangeError(`There is no slot ${count}`);
    return slot;
  }

  note(count: number): Float64Array {
    const start = (count >>> 0) % SLOTS * NOTE_DOUBLES;
    return this.notes.subarray(start, start + NOTE_DOUBLES);
  }

  ring(bell: number): void {
    ringBell(this.head, bell);
  }
}

function ringBell(head: Int32Array, bell: number): void {
  Atomics.add(head, bell, 1);
  Atomics.notify(head, bell);
}

/** Tells the filler of the ring at an address that nobody takes its slots any more. */
export function giveUpSlots(memory: WebAssembly.Memory, address: number): void {
  const head = new Int32Array(memory.buffer, address, HEAD_WORDS);
  Atomics.store(head, STATE, State.givenUp);
  ringBell(head, FILLER_BELL);
}

/** The side that makes batches, in a thread that may block for a while. */
export class SlotFiller {
  /** Where the window of the reader lies: to be asked between {@link SlotFiller.ready} and `publish`. */
  readonly rooms: Rooms = () => this.#enterRoom();
  readonly #parts: RingParts;
  readonly #rooms: readonly Uint8Array[];
  /** Slots that were filled when each room was left. */
  readonly #leftAt = new Int32Array(ROOMS);
  #room = 0;
  /** Slots that were filled when the present room was entered. */
  #enteredAt = 0;
  #filled = 0;

  /** A new ring in `arena`, of slots that are made there. */
  constructor(arena: Arena, makeSlot: () => Slot) {
    this.#parts = new RingParts(arena, makeSlot);
    this.#rooms = Array.from({ length: ROOMS }, () => arena.uint8(WINDOW_BYTES_MAX));
  }

  /** Where the ring begins in its arena; what the other side has to be told. */
  get address(): number {
    return this.#parts.address;
  }

  /** The slot to fill next, once it is {@link SlotFiller.ready}. */
  get slot(): Slot {
    return this.#parts.slot(this.#filled);
  }

  /**
   * Waits until the next slot is free, and the next room; false if they are not after `waitMs`
   * milliseconds.
   * @throws {GivenUp}
   */
  ready(waitMs: number): boolean {
    const { head } = this.#parts;
    const bell = Atomics.load(head, FILLER_BELL);
    if (Atomics.load(head, STATE) === State.givenUp) throw new GivenUp();
    const forRoom = this.#leftAt[(this.#room + 1) % ROOMS] ?? 0;
    const forSlot = (this.#filled - SLOTS + 1) | 0;
    const needed = isPast(forRoom, forSlot) ? forRoom : forSlot;
    if (isPast(Atomics.load(head, TAKEN), needed)) return true;
    // Woken for every slot, it would sleep and wake all the time.
    const wanted = (this.#filled - SLOTS / 2) | 0;
    Atomics.store(head, FILLER_WANTS, isPast(needed, wanted) ? needed : wanted);
    if (!isPast(Atomics.load(head, TAKEN), needed)) Atomics.wait(head, FILLER_BELL, bell, waitMs);
    return isPast(Atomics.load(head, TAKEN), needed);
  }

  /** Hands {@link SlotFiller.slot} over; `bytesRead` of the file made it, its paths are in `paths`. */
  publish(bytesRead: number, paths: PathTable): void {
    const { packets, flows } = this.#parts.slot(this.#filled);
    const note = this.#parts.note(this.#filled);
    note[COUNT] = packets.count;
    note[FIRST_FRAME] = packets.firstFrame;
    note[STREAM_OFFSET] = packets.streamOffset;
    note[BASE_SEC] = flows.baseSec;
    note[BYTES] = packets.bytes.byteOffset;
    note[LENGTH] = packets.bytes.length;
    note[BYTES_READ] = bytesRead;
    note[PATHS] = paths.size;
    note[PATHS_OVERFLOWED] = paths.overflowed;
    this.#filled = (this.#filled + 1) | 0;
    const { head } = this.#parts;
    Atomics.store(head, FILLED, this.#filled);
    if (Atomics.load(head, TAKER_WANTS) === this.#filled) this.#parts.ring(TAKER_BELL);
  }

  /** No more will come. */
  end(): void {
    Atomics.compareExchange(this.#parts.head, STATE, State.open, State.ended);
    this.#parts.ring(TAKER_BELL);
  }

  /** The room to go on in: the present one if no slot points into it, else the next. */
  #enterRoom(): Uint8Array {
    if (this.#enteredAt !== this.#filled) {
      this.#leftAt[this.#room] = this.#filled;
      this.#room = (this.#room + 1) % ROOMS;
      this.#enteredAt = this.#filled;
    }
    const room = this.#rooms[this.#room];
    if (room === undefined) throw new RangeError(`There is no room ${this.#room}`);
    return room;
  }
}

/** True if a count modulo 2^32 has come to another. */
function isPast(count: number, other: number): boolean {
  return ((count - other) | 0) >= 0;
}

/** The paths of the slots that are taken. */
export interface FollowedPaths {
  /** Gets them, from an empty table on. */
  readonly table: PathTable;
  /** Where the other side has them. */
  readonly words: PathWords;
}

function followPaths({ table, words }: FollowedPaths, note: Float64Array): void {
  const size = note[PATHS] ?? 0;
  const overflowed = note[PATHS_OVERFLOWED] ?? 0;
  if (size === table.size && overflowed === table.overflowed) return;
  table.follow({ words, size, overflowed });
}

/** The side that analyzes batches; it never waits for long. */
export class SlotTaker {
  /** True once everything was taken. */
  ended = false;
  /** Bytes of the file that made what was taken so far. */
  bytesRead = 0;
  readonly #paths: FollowedPaths | null;
  readonly #parts: RingParts;
  readonly #buffer: ArrayBufferLike;
  /** The window as it was last seen at an address. */
  readonly #windows = new Map<number, { readonly bytes: Uint8Array; readonly view: DataView }>();
  #taken = 0;

  /**
   * The ring at the start of `arena`, whose slots `makeSlot` makes again there; `paths`: null if the
   * slots have none.
   */
  constructor(arena: Arena, paths: FollowedPaths | null, makeSlot: () => Slot) {
    this.#paths = paths;
    this.#parts = new RingParts(arena, makeSlot);
    this.#buffer = arena.memory.buffer;
  }

  /**
   * The next slot, to be given back before the next is taken; null if there is none yet after
   * `waitMs` milliseconds, or once {@link SlotTaker.ended}.
   */
  take(waitMs: number): Slot | null {
    const { head } = this.#parts;
    const bell = Atomics.load(head, TAKER_BELL);
    if (this.#look()) return this.#open();
    if (this.ended || waitMs <= 0) return null;
    Atomics.store(head, TAKER_WANTS, (this.#taken + 1) | 0);
    if (!this.#look() && !this.ended) Atomics.wait(head, TAKER_BELL, bell, waitMs);
    return this.#look() ? this.#open() : null;
  }

  /** Gives the slot back that was taken: what it points to is gone. */
  giveBack(): void {
    const { head } = this.#parts;
    this.#taken = (this.#taken + 1) | 0;
    Atomics.store(head, TAKEN, this.#taken);
    if (Atomics.load(head, FILLER_WANTS) === this.#taken) this.#parts.ring(FILLER_BELL);
  }

  /** True if a slot is there. */
  #look(): boolean {
    const { head } = this.#parts;
    // Before the slots: what was filled before the state changed is still taken.
    const state = Atomics.load(head, STATE);
    if (Atomics.load(head, FILLED) !== this.#taken) return true;
    this.ended = state !== State.open;
    return false;
  }

  #open(): Slot {
    const slot = this.#parts.slot(this.#taken);
    const note = this.#parts.note(this.#taken);
    const { packets, flows } = slot;
    const { bytes, view } = this.#window(note[BYTES] ?? 0, note[LENGTH] ?? 0);
    packets.bytes = bytes;
    packets.view = view;
    packets.count = note[COUNT] ?? 0;
    packets.firstFrame = note[FIRST_FRAME] ?? 0;
    packets.streamOffset = note[STREAM_OFFSET] ?? 0;
    flows.baseSec = note[BASE_SEC] ?? 0;
    this.bytesRead = note[BYTES_READ] ?? 0;
    if (this.#paths !== null) followPaths(this.#paths, note);
    return slot;
  }

  #window(address: number, length: number): { bytes: Uint8Array; view: DataView } {
    const known = this.#windows.get(address);
    if (known?.bytes.length === length) return known;
    const bytes = new Uint8Array(this.#buffer, address, length);
    const window = { bytes, view: new DataView(this.#buffer, address, length) };
    this.#windows.set(address, window);
    return window;
  }
}

/**
 * Bytes from a thread that may read a file to one that may not: a ring of pieces in shared memory.
 * The reader waits for pieces without a turn of its event loop, the filler never blocks its own.
 *
 * @module
 */
import type { CaptureFile } from "../../io/capture_file.ts";
import { captureChanged, type CaptureSource } from "./held_capture.ts";
import { errorFromWire, errorToWire, type WireError } from "../../errors/error_wire.ts";
import { turn } from "./turn.ts";

/** Pieces of a ring: the file is read while earlier pieces are parsed. */
const PIECES = 4;
/** Octets of a piece; measured: larger reads fall out of the second-level cache. */
const PIECE_BYTES = 262_144;

/**
 * Words of the head: the state, pieces filled and taken (modulo 2^32), a bell for each side, the
 * length of each piece. A side reads its bell, looks, and waits only if it has not rung since.
 */
const STATE = 0, FILLED = 1, TAKEN = 2, READER_BELL = 3, FILLER_BELL = 4, LENGTHS = 5;
const HEAD_BYTES = 4 * (LENGTHS + PIECES);
/** Room for an error as JSON, behind the pieces. */
const ERROR_BYTES = 16_384;

/** States of a ring. */
const State = { open: 0, ended: 1, failed: 2, closed: 3 } as const;

/** The parts of a ring, the same for both sides. */
class RingParts {
  readonly head: Int32Array;
  readonly error: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #pieceBytes: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#pieceBytes = (buffer.byteLength - HEAD_BYTES - ERROR_BYTES) / PIECES;
    this.head = new Int32Array(buffer, 0, LENGTHS + PIECES);
    this.#bytes = new Uint8Array(buffer, HEAD_BYTES, PIECES * this.#pieceBytes);
    this.error = new Uint8Array(buffer, HEAD_BYTES + this.#bytes.length);
  }

  piece(count: number): Uint8Array {
    const start = this.slot(count) * this.#pieceBytes;
    return this.#bytes.subarray(start, start + this.#pieceBytes);
  }

  slot(count: number): number {
    return (count >>> 0) % PIECES;
  }
}

/** A new ring for a file of this size. */
export function makeRing(sizeBytes: number): SharedArrayBuffer {
  const pieceBytes = Math.min(PIECE_BYTES, Math.max(1, sizeBytes));
  return new SharedArrayBuffer(HEAD_BYTES + PIECES * pieceBytes + ERROR_BYTES);
}

/**
 * The reading side, in a thread that may block.
 * Its `readSync` throws what the filler failed with.
 */
export function readRing(buffer: SharedArrayBuffer, sizeBytes: number): CaptureSource {
  const parts = new RingParts(buffer);
  const { head } = parts;
  let taken = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let isHolding = false;
  /** Gives the piece back that was read to its end. */
  const giveBack = (): void => {
    if (!isHolding) return;
    isHolding = false;
    taken = (taken + 1) | 0;
    Atomics.store(head, TAKEN, taken);
    ring(head, FILLER_BELL);
  };
  return {
    sizeBytes,
    readSync(into) {
      if (into.length === 0) return 0;
      if (rest.length === 0) {
        giveBack();
        for (;;) {
          const bell = Atomics.load(head, READER_BELL);
          // Before the pieces: what was filled before the state changed is still read.
          const state = Atomics.load(head, STATE);
          if (state === State.failed) throw readError(parts.error);
          if (Atomics.load(head, FILLED) !== taken) break;
          if (state !== State.open) return null;
          Atomics.wait(head, READER_BELL, bell);
        }
        isHolding = true;
        rest = parts.piece(taken).subarray(0, head[LENGTHS + parts.slot(taken)]);
      }
      const length = Math.min(into.length, rest.length);
      into.set(rest.subarray(0, length));
      rest = rest.subarray(length);
      return length;
    },
    close: () => closeRing(buffer),
  };
}

/** Fills a ring with a file from its first byte on, until its end or until the ring is closed. */
export async function fillRing(buffer: SharedArrayBuffer, file: CaptureFile): Promise<void> {
  const parts = new RingParts(buffer);
  const { head } = parts;
  let filled = 0;
  let position = 0;
  const finish = (state: number): void => {
    Atomics.compareExchange(head, STATE, State.open, state);
    ring(head, READER_BELL);
  };
  try {
    for (;;) {
      const bell = Atomics.load(head, FILLER_BELL);
      if (Atomics.load(head, STATE) !== State.open) return;
      if (((filled - Atomics.load(head, TAKEN)) | 0) === PIECES) {
        const waiting = Atomics.waitAsync(head, FILLER_BELL, bell);
        if (waiting.async) await waiting.value;
        continue;
      }
      // A reader as fast as the file must not keep this thread from its other work.
      if (filled % PIECES === 0) await turn();
      const read = file.readAtSync(parts.piece(filled), position);
      // Asked after the read: what was read is of the file that was opened.
      if (file.hasChanged()) throw captureChanged(file.identity.realPath);
      if (read === null) return finish(State.ended);
      head[LENGTHS + parts.slot(filled)] = read;
      position += read;
      filled = (filled + 1) | 0;
      Atomics.store(head, FILLED, filled);
      // Said with the last piece, not when there is room for one more.
      if (position === file.sizeBytes) return finish(State.ended);
      ring(head, READER_BELL);
    }
  } catch (error) {
    writeError(parts.error, errorToWire(error));
    finish(State.failed);
  }
}

/** Ends a ring from either side; who waits on it goes on. */
export function closeRing(buffer: SharedArrayBuffer): void {
  const { head } = new RingParts(buffer);
  Atomics.store(head, STATE, State.closed);
  ring(head, READER_BELL);
  ring(head, FILLER_BELL);
}

function ring(head: Int32Array, bell: number): void {
  Atomics.add(head, bell, 1);
  Atomics.notify(head, bell);
}

function writeError(into: Uint8Array, error: WireError): void {
  const text = JSON.stringify(error);
  const { written, read } = new TextEncoder().encodeInto(text, into);
  // The paths in an error are bounded, so it fits; if not, say that much.
  if (read < text.length) return writeError(into, errorToWire(new Error("An error is too long")));
  into.fill(0, written);
}

function readError(from: Uint8Array): Error {
  // A text cannot be decoded from shared memory.
  const bytes = from.slice();
  const text = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  return errorFromWire(JSON.parse(text) as WireError);
}

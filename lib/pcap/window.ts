/**
 * A sliding window over the bytes of a capture: whole records lie in one piece, the rest of a cut
 * one is carried to the start of the next room, which may be the same, once a room has been filled.
 *
 * @module
 */

/** Where a capture's bytes come from; the file door satisfies it. */
export interface ByteSource {
  /** Size in bytes as stored. */
  readonly sizeBytes: number;
  /** Reads the next bytes; null at the end. */
  readSync(into: Uint8Array): number | null;
}

/** Bytes on their way into the window. */
export interface Feed {
  /** True if no byte will come any more. */
  readonly ended: boolean;
  /** Bytes taken from the source so far. */
  readonly bytesRead: number;
  /** True if the source has more, but it cannot be had; the reason has been filed. */
  readonly cutShort: boolean;
  /** Reads without waiting; 0 if there is nothing at the moment or nothing any more. */
  read(into: Uint8Array): number;
  /** Waits until {@link Feed.read} has something, or the end. */
  fill(): Promise<void>;
  /** Gives up what the feed holds. */
  close(): void;
}

/** Largest record that is held in one piece: a jumbo of 16 MiB with its header and options. */
export const MAX_RECORD_BYTES = 16 * 1_048_576 + 65_536;

/** Measured: larger reads fall out of the second-level cache, smaller ones cost calls. */
const READ_BYTES = 262_144;

/** The largest window. */
export const WINDOW_BYTES_MAX = MAX_RECORD_BYTES + READ_BYTES;

/**
 * Rooms that a window lies in, of {@link WINDOW_BYTES_MAX} octets each. Every call gives the one to
 * go on in; what lies in those before stays as it is until they are given again.
 */
export type Rooms = () => Uint8Array;

/** A feed that reads a plain file. */
export class PlainFeed implements Feed {
  ended = false;
  bytesRead = 0;
  readonly cutShort = false;
  readonly #source: ByteSource;

  /** Reads `source` from where it stands. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Reads the next bytes of the file. */
  read(into: Uint8Array): number {
    if (this.ended) return 0;
    const read = this.#source.readSync(into);
    if (read === null) this.ended = true;
    else this.bytesRead += read;
    return read ?? 0;
  }

  /** A plain file never waits. */
  fill(): Promise<void> {
    return Promise.resolve();
  }

  /** The file belongs to the caller. */
  close(): void {}
}

/** The window. `start` to `end` are the bytes not yet consumed. */
export class ByteWindow {
  bytes: Uint8Array;
  view: DataView;
  start = 0;
  end = 0;
  /** Offset of `bytes[0]` in the capture. */
  base = 0;
  readonly #feed: Feed;
  readonly #rooms: Rooms | null;
  #room: Uint8Array | null;
  #skipLeft = 0;

  /** An empty window over `feed`, in `rooms` if given, else in memory of its own. */
  constructor(feed: Feed, rooms: Rooms | null = null) {
    this.#feed = feed;
    this.#rooms = rooms;
    this.#room = rooms?.() ?? null;
    this.bytes = this.#room?.subarray(0, READ_BYTES) ?? new Uint8Array(READ_BYTES);
    this.view = viewOf(this.bytes);
  }

  /** Bytes at hand. */
  get available(): number {
    return this.end - this.start;
  }

  /** Offset in the capture of the first byte not yet consumed. */
  get offset(): number {
    return this.base + this.start;
  }

  /** True if nothing more will come than what is at hand. */
  get ended(): boolean {
    return this.#feed.ended;
  }

  /** Bytes of a {@link ByteWindow.skip} that the capture did not have (yet). */
  get skipLeft(): number {
    return this.#skipLeft;
  }

  /** Consumes `length` bytes without holding them. */
  skip(length: number): void {
    const now = Math.min(length, this.available);
    this.start += now;
    this.#skipLeft = length - now;
  }

  /**
   * Makes `needed` bytes available from `start`; where the rest of the window lies may change.
   * False if they are not there (yet). Memory grows with what arrives, never with what a length
   * field claims. `needed` is at most {@link MAX_RECORD_BYTES}.
   */
  require(needed: number): boolean {
    while (this.#skipLeft > 0 || this.available < needed) {
      if (this.start > 0 && this.end >= READ_BYTES) this.#carry();
      if (this.end === this.bytes.length) this.#grow();
      const room = Math.min(this.bytes.length - this.end, READ_BYTES);
      const read = this.#feed.read(this.bytes.subarray(this.end, this.end + room));
      if (read === 0) return false;
      this.end += read;
      if (this.#skipLeft > 0) this.skip(this.#skipLeft);
    }
    return true;
  }

  /** Carries what is not consumed to the start of the next room. */
  #carry(): void {
    const rest = this.bytes.subarray(this.start, this.end);
    const room = this.#rooms?.() ?? null;
    if (room !== this.#room) {
      this.#room = room;
      this.bytes = room?.subarray(0, this.bytes.length) ?? this.bytes;
      this.view = viewOf(this.bytes);
    }
    this.bytes.set(rest);
    this.base += this.start;
    this.end -= this.start;
    this.start = 0;
  }

  #grow(): void {
    const length = Math.min(2 * this.bytes.length, WINDOW_BYTES_MAX);
    const held = this.bytes.subarray(0, this.end);
    this.bytes = this.#room?.subarray(0, length) ?? new Uint8Array(length);
    if (this.#room === null) this.bytes.set(held);
    this.view = viewOf(this.bytes);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

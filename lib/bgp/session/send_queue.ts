/**
 * What waits to be written to one connection: bounded, in order, several messages to a write.
 *
 * @module
 */
import type { TcpConnection } from "../../io/io.ts";

/** Most octets of one write: what is in it cannot be taken back. */
const WRITE_BYTES_MAX = 65_536;

/** What the queue tells. */
export interface SendQueueEvents {
  /** The kernel took so many octets. */
  onProgress(count: number): void;
  /** There is room again after `push` was refused. */
  onDrain(): void;
  onFailure(error: unknown): void;
}

interface Entry {
  readonly message: Uint8Array;
  readonly onWritten: (() => void) | null;
}

/** The queue. */
export class SendQueue {
  readonly #connection: Pick<TcpConnection, "write">;
  readonly #limitBytes: number;
  readonly #events: SendQueueEvents;
  #waiting: Entry[] = [];
  /** Entries of `#waiting` that were taken already. */
  #taken = 0;
  #bytes = 0;
  #wasRefused = false;
  #isFinished = false;
  #writing: Promise<void> | null = null;

  constructor(
    connection: Pick<TcpConnection, "write">,
    limitBytes: number,
    events: SendQueueEvents,
  ) {
    this.#connection = connection;
    this.#limitBytes = limitBytes;
    this.#events = events;
  }

  /** Octets that the kernel has not taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A message was refused and nobody was told since that there is room. */
  get isFull(): boolean {
    return this.#wasRefused;
  }

  /** Queues a message; false: there is no room. An empty queue takes any. */
  push(message: Uint8Array, onWritten: (() => void) | null): boolean {
    if (this.#bytes > 0 && this.#bytes + message.length > this.#limitBytes) {
      this.#wasRefused = true;
      return false;
    }
    this.add(message, onWritten);
    return true;
  }

  /** Queues a message that the bound is not for. */
  add(message: Uint8Array, onWritten: (() => void) | null): void {
    this.#waiting.push({ message, onWritten });
    this.#bytes += message.length;
    this.#writing ??= this.#writeAll();
  }

  /**
   * Drops what no write has begun with, puts `last` in its place, and resolves when it is out or
   * cannot be. Nothing is reported as written from now on.
   */
  async finish(last: Uint8Array): Promise<void> {
    this.#isFinished = true;
    for (const { message } of this.#waiting.slice(this.#taken)) this.#bytes -= message.length;
    this.#waiting = [];
    this.#taken = 0;
    this.#wasRefused = false;
    this.add(last, null);
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#taken < this.#waiting.length) await this.#write(this.#take());
    } catch (error) {
      this.#waiting = [];
      this.#taken = 0;
      this.#events.onFailure(error);
    } finally {
      this.#writing = null;
    }
  }

  /** The entries of the next write. */
  #take(): readonly Entry[] {
    const first = this.#taken;
    let size = 0;
    for (let at = first; at < this.#waiting.length; at++) {
      const length = this.#waiting[at]?.message.length ?? 0;
      if (size > 0 && size + length > WRITE_BYTES_MAX) break;
      size += length;
      this.#taken = at + 1;
    }
    const entries = this.#waiting.slice(first, this.#taken);
    if (this.#taken === this.#waiting.length || this.#taken > 1024) {
      this.#waiting = this.#waiting.slice(this.#taken);
      this.#taken = 0;
    }
    return entries;
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const octets = joined(entries);
    for (let sent = 0; sent < octets.length;) {
      const count = await this.#connection.write(octets.subarray(sent));
      sent += count;
      this.#bytes -= count;
      this.#events.onProgress(count);
    }
    if (this.#isFinished) return;
    for (const { onWritten } of entries) onWritten?.();
    if (this.#wasRefused && this.#bytes <= this.#limitBytes / 2) {
      this.#wasRefused = false;
      this.#events.onDrain();
    }
  }
}

function joined(entries: readonly Entry[]): Uint8Array {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return only.message;
  const octets = new Uint8Array(entries.reduce((sum, { message }) => sum + message.length, 0));
  let at = 0;
  for (const { message } of entries) {
    octets.set(message, at);
    at += message.length;
  }
  return octets;
}

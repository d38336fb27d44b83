/**
 * A connection and a clock in virtual time: pauses take none, so that a conversation can be had
 * thousands of times, split anew each time.
 *
 * @module
 */
import type { Clock, Connection } from "../../lib/io/io.ts";
import { linesOf } from "./telnet_lines.ts";

/** Octets that arrive together, and how long after the ones before, milliseconds. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly afterMs: number;
}

/** What a far side says at once. */
export interface Said {
  readonly bytes: Uint8Array;
  /** Then it ends the connection. */
  readonly closes: boolean;
}

/** The far side of a {@link VirtualWire}. */
export interface VirtualPeer {
  /** What it says first. */
  start(): Said;
  /** What it says to `bytes`. */
  receive(bytes: Uint8Array): Said;
}

/** Cuts what the peer says into pieces; `offset`: octets said before. */
export type Splitter = (bytes: Uint8Array, offset: number) => readonly Piece[];

/** In one piece. */
export const unsplit: Splitter = (bytes) => [{ bytes, afterMs: 0 }];

/** In pieces of `size` octets. */
export function inPiecesOf(size: number): Splitter {
  return (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => ({
      bytes: bytes.subarray(index * size, (index + 1) * size),
      afterMs: 0,
    }));
}

/** Cut once, before octet `place` of the stream, with a pause there. */
export function splitAt(place: number, afterMs = 0): Splitter {
  return (bytes, offset) => {
    const at = place - offset;
    return at <= 0 || at >= bytes.length ? [{ bytes, afterMs: 0 }] : [
      { bytes: bytes.subarray(0, at), afterMs: 0 },
      { bytes: bytes.subarray(at), afterMs },
    ];
  };
}

/** Turns of the microtask queue after which nothing goes on by itself. */
const TURNS = 60;

/** Both. Time stands still while anything can go on, then goes to the next event. */
export class VirtualWire implements Connection, Clock {
  readonly remoteAddress = "192.0.2.1";
  readonly remotePort = 23;
  readonly localAddress = "192.0.2.2";
  readonly #peer: VirtualPeer;
  readonly #split: Splitter;
  #nowMs = 0;
  #saidOctets = 0;
  /** What was said and not yet read, from `#next` on; null: the end. */
  readonly #pieces: { readonly bytes: Uint8Array | null; readonly atMs: number }[] = [];
  #next = 0;
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  #reader: { readonly into: Uint8Array; readonly resolve: (count: number | null) => void } | null =
    null;
  #isRunning = false;
  readonly #written: Uint8Array[] = [];
  isClosed = false;

  constructor(peer: VirtualPeer, split: Splitter) {
    this.#peer = peer;
    this.#split = split;
    this.#say(peer.start());
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.add(sleeper);
      this.#go();
    });
  }

  /** A deadline in virtual time; it keeps time going until it is over or `stop` is called. */
  deadline(ms: number): { readonly signal: AbortSignal; stop(): void } {
    const deadline = new AbortController(), timer = new AbortController();
    this.sleep(ms, timer.signal).then(
      () => deadline.abort(new DOMException("Time is over", "TimeoutError")),
      () => {},
    );
    return { signal: deadline.signal, stop: () => timer.abort() };
  }

  read(into: Uint8Array): Promise<number | null> {
    return new Promise((resolve) => {
      this.#reader = { into, resolve };
      this.#go();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#written.push(bytes.slice());
    this.#say(this.#peer.receive(bytes));
    return Promise.resolve(bytes.length);
  }

  /** The lines that were written to the peer. */
  lines(): string[] {
    return this.#written.flatMap(linesOf);
  }

  close(): void {
    this.isClosed = true;
    this.#reader?.resolve(null);
    this.#reader = null;
  }

  #say({ bytes, closes }: Said): void {
    for (const piece of bytes.length === 0 ? [] : this.#split(bytes, this.#saidOctets)) {
      const lastMs = this.#pieces.at(-1)?.atMs ?? 0;
      const atMs = Math.max(this.#nowMs, lastMs) + piece.afterMs;
      this.#pieces.push({ bytes: piece.bytes, atMs });
    }
    this.#saidOctets += bytes.length;
    if (closes) {
      const atMs = Math.max(this.#nowMs, this.#pieces.at(-1)?.atMs ?? 0);
      this.#pieces.push({ bytes: null, atMs });
    }
  }

  /** Lets everything go on that can; then moves time. */
  async #go(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (;;) {
      let isDelivered = this.#deliver();
      for (let turn = 0; turn < TURNS && !isDelivered; turn++) {
        await null;
        isDelivered = this.#deliver();
      }
      if (isDelivered) continue;
      const piece = this.#pieces[this.#next];
      const times = [...this.#sleepers].map(({ atMs }) => atMs);
      if (piece !== undefined && this.#reader !== null) times.push(piece.atMs);
      if (times.length === 0) break;
      this.#nowMs = Math.max(this.#nowMs, Math.min(...times));
      if (this.#deliver()) continue;
      for (const sleeper of [...this.#sleepers]) if (sleeper.atMs <= this.#nowMs) sleeper.wake();
    }
    this.#isRunning = false;
  }

  /** Hands the next piece to who reads, if there are both. */
  #deliver(): boolean {
    const piece = this.#pieces[this.#next], reader = this.#reader;
    if (piece === undefined || reader === null || piece.atMs > this.#nowMs) return false;
    this.#reader = null;
    if (piece.bytes === null) {
      this.#next++;
      reader.resolve(null);
      return true;
    }
    const taken = piece.bytes.subarray(0, reader.into.length);
    reader.into.set(taken);
    if (taken.length < piece.bytes.length) {
      const rest = piece.bytes.subarray(taken.length);
      this.#pieces[this.#next] = { bytes: rest, atMs: piece.atMs };
    } else this.#next++;
    reader.resolve(taken.length);
    return true;
  }
}

/**
 * One connection to a peer: read in turns, framed, written through a bounded queue, and ended so that
 * the last message arrives.
 *
 * @module
 */
import { asNetglassError, type NetglassError } from "../../errors/mod.ts";
import type { Clock, TcpConnection } from "../../io/io.ts";
import type { MessageFault } from "../codec/fault.ts";
import { Framer } from "../codec/frame.ts";
import type { Pump } from "./pump.ts";
import { SendQueue } from "./send_queue.ts";

/** Patience at the end, for the last message to leave and the peer to close, milliseconds. */
const FAREWELL_MS = 700;
/** One read of what is dropped, octets. */
const DRAIN_BYTES = 16_384;

/** What a wire tells; never after `end`. */
export interface WireEvents {
  /** A whole message: `octets` from `start` to `end` is its body, valid during the call. */
  onMessage(type: number, octets: Uint8Array, start: number, end: number): void;
  /** The stream is not BGP; nothing more will come. */
  onFault(fault: MessageFault): void;
  /** The connection is gone; null: the peer closed it. */
  onLost(error: NetglassError | null): void;
  /** A fault of ours while a message was dealt with. */
  onBug(error: unknown): void;
  /** So many octets came. */
  onOctets(count: number): void;
  /** The kernel took so many. */
  onProgress(count: number): void;
  onDrain(): void;
}

/** The wire. */
export class Wire {
  readonly framer = new Framer();
  readonly queue: SendQueue;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly #reading: Promise<void>;
  readonly #markClosed: () => void;
  #isOver = false;

  constructor(
    readonly connection: TcpConnection,
    limitBytes: number,
    readonly clock: Pick<Clock, "sleep">,
    readonly pump: Pump,
    readonly events: WireEvents,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#markClosed = resolve;
    this.queue = new SendQueue(connection, limitBytes, {
      onProgress: (count) => this.#isOver || events.onProgress(count),
      onDrain: () => this.#isOver || events.onDrain(),
      onFailure: (error) => this.#lost(error),
    });
    this.#reading = this.#read();
  }

  /** No event comes from now on. `last` is sent, then the connection is closed; null: closed at once. */
  async end(last: Uint8Array | null): Promise<void> {
    if (this.#isOver) return await this.closed;
    this.#isOver = true;
    if (last !== null) {
      const patience = new AbortController();
      const farewell = async (): Promise<void> => {
        await this.queue.finish(last);
        // Closing with octets unread would reset the connection, and the last message with it.
        await this.connection.endWrite();
        await this.#reading;
      };
      await Promise.race([
        farewell(),
        this.clock.sleep(FAREWELL_MS, patience.signal).catch(() => {}),
      ]);
      patience.abort();
    }
    this.connection.close();
    await this.#reading;
    this.#markClosed();
  }

  #lost(error: unknown): void {
    if (!this.#isOver) this.events.onLost(error === null ? null : asNetglassError(error));
  }

  async #read(): Promise<void> {
    try {
      while (true) {
        if (this.#isOver) return await this.#drain();
        const count = await this.connection.read(this.framer.room());
        if (count === null) return this.#lost(null);
        this.framer.filled(count);
        if (this.#isOver) continue;
        this.events.onOctets(count);
        await new Promise<void>((resolve) =>
          this.pump.submit(() => {
            this.#takeMessages();
            resolve();
          })
        );
      }
    } catch (error) {
      this.#lost(error);
    }
  }

  /** Reads and drops what comes behind the end, in turns as before. */
  async #drain(): Promise<void> {
    const dropped = new Uint8Array(DRAIN_BYTES);
    while (await this.connection.read(dropped) !== null) {
      await new Promise<void>((resolve) => this.pump.submit(resolve));
    }
  }

  #takeMessages(): void {
    const { framer } = this;
    try {
      while (!this.#isOver && framer.next()) {
        this.events.onMessage(framer.type, framer.octets, framer.bodyStart, framer.bodyEnd);
      }
      if (!this.#isOver && framer.fault !== null) this.events.onFault(framer.fault);
    } catch (error) {
      if (!this.#isOver) this.events.onBug(error);
    }
  }
}

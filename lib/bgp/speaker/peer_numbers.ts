/**
 * Numbers of all peers in shared memory: the thread of the sessions writes them, any other reads
 * them without asking it.
 *
 * @module
 */
import { noCounts } from "../session/no_counts.ts";
import type { SessionCounters } from "../session/session.ts";

/** What is read of a peer. */
export interface PeerNumbersRead {
  readonly counters: Readonly<SessionCounters>;
  /** Routes in its Adj-RIB-Out, by family. */
  readonly sent: readonly [number, number];
}

/** Order of the numbers of a peer in memory, which `noCounts` has all of; the two of `sent` are behind them. */
const COUNTERS = Object.keys(noCounts()) as readonly (keyof SessionCounters)[];

/** Numbers of a peer, each a double. */
const WIDTH = COUNTERS.length + 2;

/** A write takes less than a microsecond; one that is never finished is of a thread that was ended. */
const TRIES = 10_000;

/** Octets of a number, and of what stands in front of the numbers of a peer. */
const CELL = 8;

/**
 * The numbers. In front of each peer's stands how often they were written, twice for each write:
 * odd while a write is under way, so that a reader knows to read again.
 */
export class PeerNumbers {
  readonly #writes: Int32Array;
  readonly #values: Float64Array;

  /** Over `memory`, which was made by `memoryOf`. */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#writes = new Int32Array(memory);
    this.#values = new Float64Array(memory);
  }

  /** Memory for so many peers. */
  static memoryOf(peers: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.max(1, peers) * (WIDTH + 1) * CELL);
  }

  write(peer: number, counters: Readonly<SessionCounters>, sent: readonly [number, number]): void {
    const at = peer * (WIDTH + 1);
    const lock = at * (CELL / Int32Array.BYTES_PER_ELEMENT);
    Atomics.add(this.#writes, lock, 1);
    COUNTERS.forEach((name, index) => this.#values[at + 1 + index] = counters[name]);
    this.#values[at + 1 + COUNTERS.length] = sent[0];
    this.#values[at + 2 + COUNTERS.length] = sent[1];
    Atomics.add(this.#writes, lock, 1);
  }

  read(peer: number): PeerNumbersRead {
    const at = peer * (WIDTH + 1);
    const lock = at * (CELL / Int32Array.BYTES_PER_ELEMENT);
    let values = this.#values;
    for (let tries = 0; tries < TRIES; tries++) {
      const before = Atomics.load(this.#writes, lock);
      values = this.#values.slice(at + 1, at + 1 + WIDTH);
      if ((before & 1) === 0 && Atomics.load(this.#writes, lock) === before) break;
    }
    const number = (index: number): number => values[index] ?? 0;
    const counters = Object.fromEntries(COUNTERS.map((name, index) => [name, number(index)]));
    return {
      // COUNTERS names every member.
      counters: counters as unknown as SessionCounters,
      sent: [number(COUNTERS.length), number(COUNTERS.length + 1)],
    };
  }
}

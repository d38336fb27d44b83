/**
 * TLS hellos that do not fit into one segment: a bounded number of directions, collected until the
 * hello is whole.
 *
 * @module
 */
import { oldestEntries } from "../oldest_entries.ts";
import { HeldBudget, StreamAssembler, type StreamSink } from "../stream/stream_assembler.ts";
import { type ClientHello, readHello, type ServerHello } from "./tls.ts";

/** One segment of a connection. */
export interface HelloSegment {
  readonly flow: number;
  readonly direction: number;
  readonly seq: number;
  readonly octets: Uint8Array;
  readonly wireLength: number;
  readonly frame: number;
}

/** Directions that wait for the rest of a hello at the same time. */
const WAITING_MAX = 1024;
/** Longest hello that is collected; real ones have some thousand octets. */
const HELLO_BYTES_MAX = 16_384;
const HELD_BYTES_MAX = 1_048_576;

/** Collects the octets up to the first gap. */
class Collector implements StreamSink {
  octets: Uint8Array = new Uint8Array(0);
  isOver = false;

  data(octets: Uint8Array): void {
    if (this.isOver) return;
    const joined = new Uint8Array(Math.min(HELLO_BYTES_MAX, this.octets.length + octets.length));
    joined.set(this.octets);
    joined.set(octets.subarray(0, joined.length - this.octets.length), this.octets.length);
    this.octets = joined;
    this.isOver = joined.length === HELLO_BYTES_MAX;
  }

  gap(): void {
    this.isOver = true;
  }
}

interface Waiting {
  readonly collector: Collector;
  readonly assembler: StreamAssembler;
}

/** The hellos in the making of a pass. */
export class HelloStreams {
  /** Hellos that had to make room for others before they were whole. */
  givenUp = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #budget = new HeldBudget(HELD_BYTES_MAX);

  /** The hello that a segment begins or goes on with, whole or not; null if it is none. */
  read(segment: HelloSegment): ClientHello | ServerHello | null {
    const key = segment.flow * 2 + segment.direction;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      const hello = readHello(segment.octets);
      if (hello !== null && !hello.whole) add(this.#begin(key), segment);
      return hello;
    }
    add(waiting, segment);
    const hello = readHello(waiting.collector.octets);
    if (hello?.whole !== false || waiting.collector.isOver) this.#drop(key);
    return hello;
  }

  /** True if any hello is not whole yet. */
  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** True if a side of a flow began a hello that is not whole yet. */
  isWaiting(flow: number, direction: number): boolean {
    return this.#waiting.size > 0 && this.#waiting.has(flow * 2 + direction);
  }

  /** Forgets what a side of a flow began. */
  forget(flow: number, direction: number): void {
    this.#drop(flow * 2 + direction);
  }

  #begin(key: number): Waiting {
    for (const [oldest] of oldestEntries(this.#waiting, WAITING_MAX)) {
      this.givenUp++;
      this.#drop(oldest);
    }
    const collector = new Collector();
    const waiting = { collector, assembler: new StreamAssembler(collector, this.#budget) };
    this.#waiting.set(key, waiting);
    return waiting;
  }

  #drop(key: number): void {
    this.#waiting.get(key)?.assembler.drop();
    this.#waiting.delete(key);
  }
}

function add({ assembler }: Waiting, { seq, octets, wireLength, frame }: HelloSegment): void {
  assembler.add(seq, octets, wireLength, frame);
}

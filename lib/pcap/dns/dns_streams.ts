/**
 * DNS over TCP: a bounded number of connections, each direction put in order and split into
 * messages.
 *
 * @module
 */
import { oldestEntries } from "../oldest_entries.ts";
import { HeldBudget, StreamAssembler } from "../stream/stream_assembler.ts";
import { type MessageHandler, MessageSplitter } from "./message_splitter.ts";

/** One segment of a connection with port 53. */
export interface DnsSegment {
  readonly flow: number;
  readonly direction: number;
  /** True if the flow's id was given to it with this packet. */
  readonly isNew: boolean;
  readonly seq: number;
  readonly isSyn: boolean;
  /** FIN or RST. */
  readonly isEnd: boolean;
  readonly octets: Uint8Array;
  readonly wireLength: number;
  readonly frame: number;
}

interface Stream {
  readonly splitter: MessageSplitter;
  readonly assembler: StreamAssembler;
  /** Whom messages of the segment being added go to. */
  onMessage: MessageHandler;
}

/** Directions that are followed at the same time: half as many connections. */
const STREAMS_MAX = 512;
/** Octets that all of them hold out of order. */
const HELD_BYTES_MAX = 4_194_304;

/** The connections of a pass. */
export class DnsStreams {
  /** Connections seen. */
  connections = 0;
  /** Directions that had to make room for others before they ended. */
  givenUp = 0;
  readonly #streams = new Map<number, Stream>();
  readonly #budget = new HeldBudget(HELD_BYTES_MAX);
  #gaps = 0;

  /** Gaps in what was followed. */
  get gaps(): number {
    return this.#gaps + [...this.#streams.values()].reduce((n, one) => n + one.splitter.gaps, 0);
  }

  /** Takes a segment, and tells the messages that it completes. */
  add(segment: DnsSegment, onMessage: MessageHandler): void {
    const { flow, direction, isNew, seq, isSyn, isEnd, octets, wireLength, frame } = segment;
    const key = flow * 2 + direction;
    if (isNew) {
      this.connections++;
      this.#drop(flow * 2);
      this.#drop(flow * 2 + 1);
    }
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      if (!isSyn && wireLength === 0) return;
      stream = this.#open(key, isSyn);
    }
    stream.onMessage = onMessage;
    const first = isSyn ? (seq + 1) >>> 0 : seq;
    if (isSyn) stream.assembler.begin(first);
    if (wireLength > 0) stream.assembler.add(first, octets, wireLength, frame);
    if (isEnd) {
      stream.assembler.end();
      this.#drop(key);
    }
  }

  #open(key: number, isFromStart: boolean): Stream {
    for (const [oldest] of oldestEntries(this.#streams, STREAMS_MAX)) {
      this.givenUp++;
      this.#drop(oldest);
    }
    const splitter = new MessageSplitter(
      isFromStart,
      (octets, frame) => stream.onMessage(octets, frame),
    );
    const stream: Stream = {
      splitter,
      assembler: new StreamAssembler(splitter, this.#budget),
      onMessage: () => {},
    };
    this.#streams.set(key, stream);
    return stream;
  }

  #drop(key: number): void {
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    this.#gaps += stream.splitter.gaps;
    stream.assembler.drop();
    this.#streams.delete(key);
  }
}

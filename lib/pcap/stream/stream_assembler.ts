/**
 * One direction of a TCP connection put back in order: segments in any order in, octets in sequence
 * out, with the frame that brought them. What came first counts; what never came is told as a gap.
 *
 * @module
 */

/** Who gets the octets. */
export interface StreamSink {
  /** The next octets in sequence, valid until this returns. */
  data(octets: Uint8Array, frame: number): void;
  /** `length` octets are not in the capture; `frame` is the one that goes on after them. */
  gap(length: number, frame: number): void;
}

/** Octets held out of order by all assemblers that share it. */
export class HeldBudget {
  readonly maxBytes: number;
  heldBytes = 0;
  /** Gaps that were declared for want of room. */
  givenUp = 0;

  /** A budget of `maxBytes` for payload out of order. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }
}

/** What an assembler counted. */
export interface StreamCounts {
  /** Octets delivered. */
  delivered: number;
  /** Octets that had come before: retransmitted, or overlapping. */
  repeated: number;
  /** Octets in gaps. */
  missing: number;
  gaps: number;
}

interface HeldPiece {
  /** Position in the stream, octets from the first one. */
  readonly at: number;
  readonly octets: Uint8Array;
  /** Octets at the end that the capture cut off. */
  readonly cut: number;
  readonly frame: number;
}

/** Most octets that one direction holds: a window of usual size. */
const HELD_BYTES_MAX = 1_048_576;
/** Most pieces that one direction holds, so that tiny segments cost no more than large ones. */
const HELD_PIECES_MAX = 1024;
/** What a piece costs beside its octets. */
const PIECE_BYTES = 128;

/** Puts the segments of one direction in order. */
export class StreamAssembler {
  readonly counts: StreamCounts = { delivered: 0, repeated: 0, missing: 0, gaps: 0 };
  readonly #sink: StreamSink;
  readonly #budget: HeldBudget;
  /** Sequence number of position `#position`, -1 before the first segment. */
  #nextSeq = -1;
  #position = 0;
  #held: HeldPiece[] = [];
  #heldBytes = 0;

  /** An assembler that begins at the first segment it is given, unless {@link begin} says where. */
  constructor(sink: StreamSink, budget: HeldBudget = new HeldBudget(HELD_BYTES_MAX)) {
    this.#sink = sink;
    this.#budget = budget;
  }

  /** Octets of the stream before the next one. */
  get position(): number {
    return this.#position;
  }

  /** True once it is known where the stream begins. */
  get isBegun(): boolean {
    return this.#nextSeq >= 0;
  }

  /** Sets the sequence number of the first octet (that of the SYN plus one). */
  begin(seq: number): void {
    if (this.#nextSeq < 0) this.#nextSeq = seq >>> 0;
  }

  /** Takes a segment: `octets` as captured, of `wireLength` octets that were sent. */
  add(seq: number, octets: Uint8Array, wireLength: number, frame: number): void {
    this.begin(seq);
    const ahead = (seq - this.#nextSeq) | 0;
    const cut = Math.max(0, wireLength - octets.length);
    const at = this.#position + ahead;
    if (ahead > 0) this.#hold({ at, octets, cut, frame });
    else {
      this.#pass({ at, octets, cut, frame });
      this.#drain();
    }
  }

  /**
   * The receiver has all octets before `seq`: what is missing between them and what is held was not
   * captured and will not come.
   */
  acknowledge(seq: number): void {
    if (this.#nextSeq < 0) return;
    const until = this.#position + ((seq - this.#nextSeq) | 0);
    while ((this.#held[0]?.at ?? until) < until) this.#jump();
  }

  /** Delivers what is held, with its gaps: nothing more will come. */
  end(): void {
    while (this.#held.length > 0) this.#jump();
  }

  /** Forgets what is held and says how much it was. */
  drop(): number {
    const bytes = this.#heldBytes;
    this.#budget.heldBytes -= bytes;
    this.#heldBytes = 0;
    this.#held = [];
    return bytes;
  }

  /** Delivers the part of a piece that lies at or after the position; it begins at or before it. */
  #pass(piece: HeldPiece): void {
    const old = this.#position - piece.at;
    const all = piece.octets.length + piece.cut;
    this.counts.repeated += Math.min(old, all);
    if (old >= all) return;
    const fresh = piece.octets.subarray(old);
    if (fresh.length > 0) {
      this.counts.delivered += fresh.length;
      this.#advance(fresh.length);
      this.#sink.data(fresh, piece.frame);
    }
    if (piece.cut > 0) this.#gap(piece.at + all - this.#position, piece.frame);
  }

  #gap(length: number, frame: number): void {
    this.counts.missing += length;
    this.counts.gaps++;
    this.#advance(length);
    this.#sink.gap(length, frame);
  }

  #advance(length: number): void {
    this.#position += length;
    this.#nextSeq = (this.#nextSeq + length) >>> 0;
  }

  /** Delivers held pieces as long as they join on. */
  #drain(): void {
    let first = this.#held[0];
    while (first !== undefined && first.at <= this.#position) {
      this.#release(first);
      this.#pass(first);
      first = this.#held[0];
    }
  }

  #release(piece: HeldPiece): void {
    this.#held.shift();
    const bytes = piece.octets.length + PIECE_BYTES;
    this.#heldBytes -= bytes;
    this.#budget.heldBytes -= bytes;
  }

  /** Gives up on the octets before the first held piece. */
  #jump(): void {
    const [first] = this.#held;
    if (first === undefined) return;
    if (first.at > this.#position) this.#gap(first.at - this.#position, first.frame);
    this.#drain();
  }

  /** Keeps what no held piece has, in order. */
  #hold(piece: HeldPiece): void {
    const end = piece.at + piece.octets.length + piece.cut;
    let from = piece.at;
    let index = this.#held.findLastIndex((held) => held.at <= from) + 1;
    const before = this.#held[index - 1];
    if (before !== undefined) {
      const covered = before.at + before.octets.length + before.cut;
      if (covered > from) {
        this.counts.repeated += Math.min(covered, end) - from;
        from = covered;
      }
    }
    while (from < end) {
      const next = this.#held[index];
      const until = next === undefined ? end : Math.min(end, next.at);
      if (until > from) {
        this.#insert(index++, piece, from, until);
      }
      if (next === undefined) break;
      const covered = next.at + next.octets.length + next.cut;
      this.counts.repeated += Math.max(0, Math.min(end, covered) - Math.max(from, next.at));
      from = Math.max(until, covered);
      index++;
    }
    while (this.#isOverFull()) {
      this.#budget.givenUp++;
      this.#jump();
    }
  }

  #insert(index: number, piece: HeldPiece, from: number, until: number): void {
    const octets = piece.octets.slice(from - piece.at, until - piece.at);
    const held = { at: from, octets, cut: until - from - octets.length, frame: piece.frame };
    this.#held.splice(index, 0, held);
    const bytes = octets.length + PIECE_BYTES;
    this.#heldBytes += bytes;
    this.#budget.heldBytes += bytes;
  }

  #isOverFull(): boolean {
    if (this.#held.length === 0) return false;
    return this.#held.length > HELD_PIECES_MAX || this.#heldBytes > HELD_BYTES_MAX ||
      this.#budget.heldBytes > this.#budget.maxBytes;
  }
}

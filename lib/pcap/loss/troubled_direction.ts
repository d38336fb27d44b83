/**
 * A direction of a connection whose data came late or again: its holes, its retransmissions and
 * what was counted of them. Positions are octets from where the trouble began; they never wrap.
 *
 * @module
 */
import { HoleSet, type Reveal } from "./hole_set.ts";
import type { LossEvidence, LossKind } from "./loss_findings.ts";
import { LossTally } from "./loss_tally.ts";
import { SentAgain } from "./sent_again.ts";
import {
  type Covered,
  EVIDENCE_MAX,
  PROGRESS_DOUBLES,
  PROGRESS_WORDS,
  type TroubleMemory,
} from "./trouble_memory.ts";

const LAST_ACK = 2, DUPLICATE_ACKS = 3, HOLES = 4;

/** Kinds of evidence by number: `frame * 4 + number` is kept, as a double. */
const KINDS: readonly LossKind[] = [
  "retransmission",
  "reordered",
  "network_duplicate",
  "ambiguous",
];

/** A troubled direction. */
export class TroubledDirection {
  /** Number of the connection. */
  readonly tcp: number;
  /** 0: data of side A, 1: of side B. */
  readonly direction: 0 | 1;
  readonly tally: LossTally = new LossTally();
  readonly holes: HoleSet;
  /** True once there was no room for a hole: nothing is decided any more. */
  isUnknown = false;
  readonly #memory: TroubleMemory;
  readonly #place: number;
  readonly #sentAgain: SentAgain;
  #evidenceCount = 0;
  #lowest: number;

  /**
   * A direction of which the `octetsSeen` last octets were captured without a hole. It has `place` in
   * the tables of `memory`.
   */
  constructor(
    { tcp, direction }: { readonly tcp: number; readonly direction: 0 | 1 },
    octetsSeen: number,
    memory: TroubleMemory,
    place: number,
  ) {
    this.tcp = tcp;
    this.direction = direction;
    this.#memory = memory;
    this.#place = place;
    memory.progress.i32.fill(0, place * PROGRESS_WORDS, (place + 1) * PROGRESS_WORDS);
    this.#lowest = -octetsSeen;
    this.holes = new HoleSet(memory.budget, memory.touched);
    this.#sentAgain = new SentAgain(memory.budget, memory.proof);
  }

  /** The first frames that were counted. */
  get evidence(): readonly LossEvidence[] {
    const { f64 } = this.#memory.evidence;
    return Array.from({ length: this.#evidenceCount }, (_, index) => {
      const kept = f64[this.#place * EVIDENCE_MAX + index] ?? 0;
      const kind = kept % KINDS.length;
      return { frame: (kept - kind) / KINDS.length, kind: KINDS[kind] ?? "ambiguous" };
    });
  }

  /** Position after the highest octet seen. */
  get position(): number {
    return this.#memory.progress.f64[this.#place * PROGRESS_DOUBLES] ?? 0;
  }

  /** Acknowledgments in a row that repeat one while there is a hole. */
  get duplicateAcks(): number {
    return this.#memory.progress.i32[this.#place * PROGRESS_WORDS + DUPLICATE_ACKS] ?? 0;
  }

  /** Moves on by `octets` octets that were captured in order. */
  advance(octets: number): void {
    this.#memory.progress.f64[this.#place * PROGRESS_DOUBLES] = this.position + octets;
  }

  /** The next `octets` octets were not captured, those after them were. */
  skip(octets: number, reveal: Reveal): void {
    const start = this.position;
    this.advance(octets);
    if (this.isUnknown) return;
    if (!this.holes.add(start, this.position, reveal)) this.giveUp();
    this.#tellHoles();
  }

  /**
   * Takes `octets` octets from `behind` octets before the highest one. Those beyond the highest are
   * left out. `before` stands in for what revealed octets below the first ones seen. The answer is
   * valid until the next call, of any direction.
   */
  cover(behind: number, octets: number, before: Reveal): Covered {
    const { covered } = this.#memory;
    const start = this.position - behind;
    const end = Math.min(start + octets, this.position);
    covered.start = start;
    covered.end = end;
    covered.filled = 0;
    if (this.isUnknown) return covered;
    if (start < this.#lowest && !this.holes.add(start, this.#lowest, before)) this.giveUp();
    else {
      if (start < this.#lowest) this.#lowest = start;
      covered.filled = this.holes.fill(start, end);
      if (covered.filled < 0) this.giveUp();
    }
    this.#tellHoles();
    return covered;
  }

  /** The receiver acknowledged up to `ack` in a segment without data. */
  addAck(ack: number): void {
    const at = this.#place * PROGRESS_WORDS;
    const words = this.#memory.progress.i32;
    const isRepeated = ack === words[at + LAST_ACK] && this.holes.count > 0;
    words[at + DUPLICATE_ACKS] = isRepeated ? (words[at + DUPLICATE_ACKS] ?? 0) + 1 : 0;
    words[at + LAST_ACK] = ack;
  }

  /** Counts what a packet carried as `kind`; a full segment has `segmentOctets` octets. */
  count(kind: LossKind, covered: Covered, segmentOctets: number, frame: number): void {
    const { tally } = this;
    const segments = segmentsOf(covered.end - covered.start, segmentOctets);
    this.#keepEvidence(kind, frame);
    if (kind === "ambiguous") tally.ambiguous += segments;
    else if (kind === "network_duplicate") tally.networkDuplicates += segments;
    else if (kind === "reordered") {
      tally.reordered += segments;
      if (covered.filled === 0) this.#prove(covered.start, covered.end, segmentOctets);
    } else {
      const hasFilled = covered.filled > 0;
      tally.retransmissions += segments;
      tally.retransmittedOctets += covered.end - covered.start;
      if (hasFilled) tally.lostUpstream += segments;
      else tally.lostDownstream += segments;
      this.#sentAgain.add(covered.start, covered.end, hasFilled);
    }
  }

  /** The receiver says that it got `start` to `end` twice. */
  dsack(start: number, end: number, segmentOctets: number): void {
    if (this.#prove(start, end, segmentOctets)) return;
    this.tally.duplicatedDownstream += segmentsOf(end - start, segmentOctets);
  }

  /** Closes the books on all holes: those below `acknowledged` were received. */
  settle(acknowledged: number): void {
    const all = this.holes.octetsBelow(this.position);
    const missed = this.holes.octetsBelow(acknowledged);
    this.tally.missedOctets += missed;
    this.tally.missingOctets += all - missed;
    this.release();
  }

  /** Octets in holes: below `acknowledged`, and in all. */
  open(acknowledged: number): { readonly missed: number; readonly missing: number } {
    const missed = this.holes.octetsBelow(acknowledged);
    return { missed, missing: this.holes.octetsBelow(this.position) - missed };
  }

  /** Stops deciding: there is no room. */
  giveUp(): void {
    this.isUnknown = true;
    this.release();
  }

  /** Gives back all memory that grew; data begin anew at the highest octet seen. */
  release(): void {
    this.holes.clear();
    this.#sentAgain.clear();
    this.#lowest = this.position;
    this.#tellHoles();
  }

  #keepEvidence(kind: LossKind, frame: number): void {
    if (this.#evidenceCount === EVIDENCE_MAX) return;
    const at = this.#place * EVIDENCE_MAX + this.#evidenceCount++;
    this.#memory.evidence.f64[at] = frame * KINDS.length + KINDS.indexOf(kind);
  }

  #tellHoles(): void {
    this.#memory.progress.i32[this.#place * PROGRESS_WORDS + HOLES] = this.holes.count;
  }

  /** Takes the proof that `start` to `end` arrived twice; false if they were not seen sent again. */
  #prove(start: number, end: number, segmentOctets: number): boolean {
    const { tally } = this;
    const proof = this.#sentAgain.prove(start, end);
    if (proof.octets === 0) return proof.isKnown;
    const lost = proof.hasFilled ? tally.lostUpstream : tally.lostDownstream;
    const segments = Math.min(lost, segmentsOf(proof.octets, segmentOctets));
    tally.spurious += segments;
    if (proof.hasFilled) tally.lostUpstream -= segments;
    else tally.lostDownstream -= segments;
    return true;
  }
}

/** Segments that `octets` octets take. */
function segmentsOf(octets: number, segmentOctets: number): number {
  return Math.max(1, Math.ceil(octets / segmentOctets));
}

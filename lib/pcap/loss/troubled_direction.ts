/**
 * A direction of a connection whose data came late or again: its holes, its retransmissions and
 * what was counted of them. Positions are octets from where the trouble began; they never wrap.
 *
 * @module
 */
import type { ByteBudget } from "./byte_budget.ts";
import { HoleSet, type Reveal } from "./hole_set.ts";
import type { LossEvidence, LossKind } from "./loss_findings.ts";
import { LossTally } from "./loss_tally.ts";
import { SentAgain } from "./sent_again.ts";

/** Most frames that are kept as evidence. */
const EVIDENCE_MAX = 8;

/** Octets that a troubled direction takes beside holes and retransmissions, about. */
export const TROUBLED_BYTES = 512;

/** What {@link TroubledDirection.cover} found. */
export interface Covered {
  /** Where the octets begin and end that are not beyond the highest seen. */
  start: number;
  end: number;
  /** Of those, octets that had not been seen. */
  filled: number;
}

/** A troubled direction. */
export class TroubledDirection {
  /** Number of the connection. */
  readonly tcp: number;
  /** 0: data of side A, 1: of side B. */
  readonly direction: 0 | 1;
  readonly tally: LossTally = new LossTally();
  readonly evidence: LossEvidence[] = [];
  readonly holes: HoleSet;
  /** True once there was no room for a hole: nothing is decided any more. */
  isUnknown = false;
  /** Position after the highest octet seen. */
  position = 0;
  /** Acknowledgments in a row that repeat one while there is a hole. */
  duplicateAcks = 0;
  #lastAck = 0;
  readonly #sentAgain: SentAgain;
  readonly #covered: Covered = { start: 0, end: 0, filled: 0 };
  #lowest: number;

  /** A direction of which the `octetsSeen` last octets were captured without a hole. */
  constructor(tcp: number, direction: 0 | 1, octetsSeen: number, budget: ByteBudget) {
    this.tcp = tcp;
    this.direction = direction;
    this.#lowest = -octetsSeen;
    this.holes = new HoleSet(budget);
    this.#sentAgain = new SentAgain(budget);
  }

  /** The next `octets` octets were not captured, those after them were. */
  skip(octets: number, reveal: Reveal): void {
    const start = this.position;
    this.position += octets;
    if (this.isUnknown) return;
    if (!this.holes.add(start, this.position, reveal)) this.giveUp();
  }

  /**
   * Takes `octets` octets from `behind` octets before the highest one. Those beyond the highest are
   * left out. `before` stands in for what revealed octets below the first ones seen. The answer is
   * valid until the next call.
   */
  cover(behind: number, octets: number, before: Reveal): Covered {
    const covered = this.#covered;
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
    return covered;
  }

  /** The receiver acknowledged up to `ack` in a segment without data. */
  addAck(ack: number): void {
    this.duplicateAcks = ack === this.#lastAck && this.holes.count > 0 ? this.duplicateAcks + 1 : 0;
    this.#lastAck = ack;
  }

  /** Counts what a packet carried as `kind`; a full segment has `segmentOctets` octets. */
  count(kind: LossKind, covered: Covered, segmentOctets: number, frame: number): void {
    const { tally } = this;
    const segments = segmentsOf(covered.end - covered.start, segmentOctets);
    if (this.evidence.length < EVIDENCE_MAX) this.evidence.push({ frame, kind });
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

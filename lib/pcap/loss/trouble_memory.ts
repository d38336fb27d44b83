/**
 * What the troubled directions of a scan have in common: there may be many of them, so that nothing
 * is in each that one for all can be.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { RecordHeap } from "../flow/record_heap.ts";
import { ByteBudget } from "./byte_budget.ts";
import { noReveal, type Reveal } from "./hole_set.ts";
import { noProof, type Proof } from "./sent_again.ts";

/** Octets that a troubled direction takes beside holes and retransmissions, about. */
export const TROUBLED_BYTES = 512;

/** Most frames of a direction that are kept as evidence, a double each. */
export const EVIDENCE_MAX = 8;

/**
 * Of what moves on with every packet: the first double is the position; then words, with the number
 * of holes, so that compiled code can count duplicate ACKs.
 */
export const PROGRESS_DOUBLES = 4, PROGRESS_WORDS = 8;

/** What `TroubledDirection.cover` found. */
export interface Covered {
  /** Where the octets begin and end that are not beyond the highest seen. */
  start: number;
  end: number;
  /** Of those, octets that had not been seen. */
  filled: number;
}

/** Tables with a place for each troubled direction, and answers that are valid until the next one. */
export class TroubleMemory {
  readonly budget: ByteBudget;
  readonly progress: RecordHeap;
  readonly evidence: RecordHeap;
  readonly covered: Covered = { start: 0, end: 0, filled: 0 };
  readonly touched: Reveal = noReveal();
  readonly proof: Proof = noProof();

  /** Within `bytes` octets; tables lie in `arena` if there is one. */
  constructor(bytes: number, arena: Arena | null) {
    const most = Math.floor(bytes / TROUBLED_BYTES);
    this.budget = new ByteBudget(bytes);
    this.progress = new RecordHeap(PROGRESS_DOUBLES * 8, most, arena);
    this.evidence = new RecordHeap(EVIDENCE_MAX * 8, most, arena);
  }

  /** Places that there are. */
  get places(): number {
    return this.progress.capacityMax;
  }

  /** Makes sure of the first `count` places. */
  ensure(count: number): void {
    this.progress.ensure(count);
    this.evidence.ensure(count);
  }
}

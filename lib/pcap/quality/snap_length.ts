/**
 * Packets of which the capture kept only the beginning.
 *
 * @module
 */
import type { BatchSurvey } from "../batch_survey.ts";
import { Cut } from "../dissect/columns.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** What the snap length did. */
export interface SnapLengthFacts {
  /** Packets that lack payload only. */
  readonly payloadCut: Counted;
  /** Packets of which a header is not whole. */
  readonly headersCut: Counted;
  /** Least and greatest captured length of a packet that was cut, octets; null if none was. */
  readonly leastBytes: number | null;
  readonly mostBytes: number | null;
}

/** Watches for packets that were cut. */
export class SnapLengthWatch implements Analyzer {
  readonly #payload = new Evidence();
  readonly #headers = new Evidence();
  #least = Infinity;
  #most = -1;

  /** Takes the next batch; with a survey, its rows are looked at only while there is evidence to keep. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    if (survey === null || !this.#addSurvey(survey)) this.#addRows(batch);
  }

  /** False if a packet of the batch is evidence. */
  #addSurvey({ payloadCut, headersCut, leastCut, greatestCut }: BatchSurvey): boolean {
    if (payloadCut + headersCut === 0) return true;
    if (payloadCut > 0 && !this.#payload.isFull) return false;
    if (headersCut > 0 && !this.#headers.isFull) return false;
    this.#payload.addUnshown(payloadCut);
    this.#headers.addUnshown(headersCut);
    if (leastCut < this.#least) this.#least = leastCut;
    if (greatestCut > this.#most) this.#most = greatestCut;
    return true;
  }

  #addRows({ packets, dissected }: PassBatch): void {
    const { cut } = dissected;
    for (let row = 0; row < packets.count; row++) {
      const kind = cut[row];
      if (kind === Cut.nothing) continue;
      const kept = packets.capturedLength[row] ?? 0;
      if (kept < this.#least) this.#least = kept;
      if (kept > this.#most) this.#most = kept;
      (kind === Cut.header ? this.#headers : this.#payload).add(packets.firstFrame + row);
    }
  }

  /** What was seen. */
  finish(): SnapLengthFacts {
    return {
      payloadCut: this.#payload.counted(),
      headersCut: this.#headers.counted(),
      leastBytes: this.#most < 0 ? null : this.#least,
      mostBytes: this.#most < 0 ? null : this.#most,
    };
  }
}

/**
 * The progress of one question over everything that it reads, as one rising number of bytes.
 *
 * @module
 */

/** Told of bytes done and of all bytes known of so far. */
export type ReportProgress = (doneBytes: number, totalBytes: number) => void;

/** Time between two reports, milliseconds. */
const REPORT_EVERY_MS = 100;

/** Adds up the readings of one question. */
export class ProgressMeter {
  readonly #report: ReportProgress;
  #doneBytes = 0;
  #totalBytes = 0;
  #reportedMs = -Infinity;

  /** Reports to `report`, not too often. */
  constructor(report: ReportProgress) {
    this.#report = report;
  }

  /** Begins one more reading; the function returned takes its progress. */
  begin(): ReportProgress {
    let done = 0;
    let total = 0;
    return (doneBytes, totalBytes) => {
      this.#doneBytes += doneBytes - done;
      this.#totalBytes += totalBytes - total;
      done = doneBytes;
      total = totalBytes;
      const now = performance.now();
      if (now - this.#reportedMs < REPORT_EVERY_MS) return;
      this.#reportedMs = now;
      this.#report(this.#doneBytes, this.#totalBytes);
    };
  }
}

/**
 * Times and losses of transfers in one pass: the part of it that compiled code does where it can.
 *
 * @module
 */
import type { Arena } from "./arena.ts";
import { AnalysisKernel } from "./kernel/analysis_kernel.ts";
import { LossAnalyzer } from "./loss/loss_analyzer.ts";
import type { LossFindings } from "./loss/loss_findings.ts";
import type { Analyzer, PassBatch } from "./pass.ts";
import { RttAnalyzer } from "./rtt/rtt_analyzer.ts";
import type { RttFindings } from "./rtt/rtt_findings.ts";

/**
 * Rows that one analyzer takes before the other does: losses are judged by round trips, of which so
 * few rows ahead may be known.
 */
const STEP = 256;

/** The analyzers, and the kernel that they share; null where columns are out of its reach. */
interface Parts {
  readonly kernel: AnalysisKernel | null;
  readonly rtt: RttAnalyzer;
  readonly loss: LossAnalyzer;
}

/** Looks at transfers. */
export class TransferPass implements Analyzer {
  /** Made at the first batch, which tells where the columns lie. */
  #parts: Parts | null = null;

  addBatch(batch: PassBatch): void {
    const { kernel, rtt, loss } = this.#parts ??= makeParts(batch.arena ?? null);
    kernel?.turnTo(batch);
    const { count } = batch.packets;
    for (let from = 0; from < count; from += STEP) {
      const to = Math.min(count, from + STEP);
      rtt.addRows(batch, from, to);
      loss.addRows(batch, from, to);
    }
  }

  /** What was found so far. */
  finish(): { readonly rtt: RttFindings; readonly loss: LossFindings } {
    const { rtt, loss } = this.#parts ?? makeParts(null);
    return { rtt: rtt.finish(), loss: loss.finish() };
  }
}

function makeParts(arena: Arena | null): Parts {
  const kernel = arena === null ? null : new AnalysisKernel(arena);
  const rtt = new RttAnalyzer({ kernel });
  return { kernel, rtt, loss: new LossAnalyzer(rtt, {}, kernel) };
}

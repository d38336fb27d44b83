/**
 * First messages of applications in one pass: the part of it that compiled code does where it can.
 *
 * @module
 */
import type { AppScan } from "./app/app_facts.ts";
import { AppTraffic } from "./app/app_traffic.ts";
import type { Arena } from "./arena.ts";
import { AnalysisKernel } from "./kernel/analysis_kernel.ts";
import type { Analyzer, PassBatch } from "./pass.ts";

/** The analyzer and its kernel; null where columns are out of its reach. */
interface Parts {
  readonly kernel: AnalysisKernel | null;
  readonly apps: AppTraffic;
}

/** Reads first messages; needs the columns of flows. */
export class AppPass implements Analyzer {
  /** Made at the first batch, which tells where the columns lie. */
  #parts: Parts | null = null;

  addBatch(batch: PassBatch): void {
    const { kernel, apps } = this.#parts ??= makeParts(batch.arena ?? null);
    kernel?.turnTo(batch);
    apps.addBatch(batch);
  }

  /** What was read so far. */
  finish(): AppScan {
    return (this.#parts ?? makeParts(null)).apps.finish();
  }
}

function makeParts(arena: Arena | null): Parts {
  const kernel = arena === null ? null : new AnalysisKernel(arena);
  return { kernel, apps: new AppTraffic(kernel) };
}

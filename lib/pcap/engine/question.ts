/**
 * Questions to captures: what a question may do, wherever it runs. A question is a pure function of
 * its parameters and the captures; its answer is plain data that can be sent between threads.
 *
 * @module
 */
import type { IndexPlace } from "../index/index_shelf.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import type { CaptureScan } from "../scan.ts";

/** Which columns a walk needs beside framing and dissection. */
export interface WalkNeeds {
  /** Fill {@link PassBatch.flows}; ids equal those of {@link Capture.scan}. */
  readonly flows?: boolean;
  /** Fill {@link PassBatch.options}. */
  readonly options?: boolean;
  /** Fill {@link PassBatch.tcpFlags}, and with it flows and options. */
  readonly tcpFlags?: boolean;
}

/** What a visitor returns to end the walk at once. */
export const STOP_WALK = false;

/** One capture, as a question sees it. */
export interface Capture {
  /** Real path. */
  readonly path: string;
  readonly fileBytes: number;
  /** Where the index of its packets is kept between questions. */
  readonly index: IndexPlace;
  /** The result of the one pass that all analyzers share; runs it if it is not there yet. */
  scan(): Promise<CaptureScan>;
  /**
   * Walks over the packets once more. `visit` gets every batch; {@link STOP_WALK} ends the walk.
   * The facts returned are of the packets walked.
   */
  walk(
    needs: WalkNeeds,
    visit: (batch: PassBatch) => typeof STOP_WALK | void,
  ): Promise<PassFacts>;
  /** The same to the last packet: what dissects a large capture can be another thread's work then. */
  walkAll(needs: WalkNeeds, visit: (batch: PassBatch) => void): Promise<PassFacts>;
}

/** What else a question has. */
export interface QuestionContext {
  /** Aborts when nobody waits for the answer any more; long loops of a question look at it. */
  readonly signal: AbortSignal;
}

/** A question: its parameters, the captures it is about (one or two), its answer. */
export type Question<P, A> = (
  params: P,
  captures: readonly Capture[],
  cx: QuestionContext,
) => Promise<A>;

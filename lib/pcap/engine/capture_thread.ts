/**
 * A thread that answers questions, as the service sees it: this one or a worker.
 *
 * @module
 */
import type { CaptureFile, CaptureIdentity } from "../../io/capture_file.ts";
import type { Order, Orderer } from "./question_runner.ts";

/** An answer, and the captures that it is about as they were when they were read. */
export interface Reply {
  readonly answer: unknown;
  readonly identities: readonly CaptureIdentity[];
}

/** What a thread is handed beside the order. */
export interface OrderedFiles {
  /** Opened and checked; the thread closes them. */
  readonly files: readonly CaptureFile[];
  /** Real paths of the allowed directories, for a thread that opens files itself. */
  readonly roots: readonly string[];
}

/** The thread. */
export interface CaptureThread {
  /** Questions that it has not answered yet. */
  readonly outstanding: number;
  /**
   * Answers a question.
   * @throws the signal's reason once it aborts; {@link NetglassError} as the question throws it
   */
  ask(order: Order, files: OrderedFiles, orderer: Orderer): Promise<Reply>;
  /** Ends it; what it has not answered fails. */
  stop(): void;
}

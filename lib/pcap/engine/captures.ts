/**
 * Captures as the tools see them: questions by name, answered in another thread or in this one.
 *
 * @module
 */
import type { Questions } from "../questions/mod.ts";

/** Names of the questions. */
export type QuestionName = keyof Questions;
/** Parameters of a question. */
export type ParamsOf<Q extends QuestionName> = Parameters<Questions[Q]>[0];
/** Answer of a question. */
export type AnswerOf<Q extends QuestionName> = Awaited<ReturnType<Questions[Q]>>;

/** How a question is asked. */
export interface Ask {
  /** Deadline and cancellation. */
  readonly signal: AbortSignal;
  /** Most packets to read from each capture; 0 or absent: `pcap.max_packets` decides. Never more than that. */
  readonly maxPackets?: number;
  /** Told of bytes read, of all bytes to read. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** The captures service. */
export interface Captures {
  /**
   * Asks `question` about the captures at `paths` (one or two).
   * @throws {PolicyDenied} `policy.allowed_paths`
   * @throws {Unavailable} `env.file_*`, `env.memory`, `env.capture_queue`, `env.capture_worker`
   * @throws {DecodeError} `decode.*`: it is no capture
   */
  ask<Q extends QuestionName>(
    question: Q,
    paths: readonly string[],
    params: ParamsOf<Q>,
    call: Ask,
  ): Promise<AnswerOf<Q>>;
  /** Ends every scan and thread. */
  stop(): Promise<void>;
}

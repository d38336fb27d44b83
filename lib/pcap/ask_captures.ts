/**
 * How a tool asks about captures: with the call's deadline, cancellation and progress.
 *
 * @module
 */
import type { AnswerOf, Captures, ParamsOf, QuestionName } from "./engine/captures.ts";
import { type Coverage, sayCoverage } from "./questions/coverage.ts";

/** What of a tool's context asking takes. */
export interface AskingContext {
  readonly captures: Captures;
  /** Deadline and cancellation. */
  readonly signal: AbortSignal;
  /** Told of bytes read, of all bytes to read. */
  progress(done: number, total?: number): void;
}

/** A question about one capture, or about two. */
export interface Asked<Q extends QuestionName> {
  readonly question: Q;
  readonly paths: readonly [string, ...string[]];
  readonly params: ParamsOf<Q>;
  /** Most packets to read of each; 0 or absent: as many as `pcap.max_packets` allows. */
  readonly max_packets?: number;
}

/**
 * Asks, and returns the answer.
 * @throws what {@link Captures.ask} throws
 */
export function askCaptures<Q extends QuestionName>(
  cx: AskingContext,
  { question, paths, params, max_packets }: Asked<Q>,
): Promise<AnswerOf<Q>> {
  return cx.captures.ask(question, paths, params, {
    signal: cx.signal,
    ...(max_packets === undefined ? {} : { maxPackets: max_packets }),
    onProgress: (done, total) => cx.progress(done, total),
  });
}

/**
 * Asks, and returns what a tool answers: `say` makes the sentence of the answer; what of the file
 * was not read is said after it.
 * @throws what {@link Captures.ask} throws
 */
export async function reportOn<Q extends QuestionName>(
  cx: AskingContext,
  asked: Asked<Q>,
  say: (answer: AnswerOf<Q>) => string,
) {
  const answer: AnswerOf<Q> & Coverage = await askCaptures(cx, asked);
  const summary = `${say(answer)}${sayCoverage(answer)}`;
  return { success: true, summary, file_path: asked.paths[0], ...answer };
}

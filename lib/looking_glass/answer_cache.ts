/**
 * Answers that are young enough to be given again, and questions under way that others wait for.
 *
 * @module
 */
import type { Clock } from "../io/io.ts";
import { orAborted } from "../io/or_aborted.ts";
import type { ServerAnswer } from "./looking_glass.ts";

/** How long an answer is given again, milliseconds. */
const KEEP_MS = 60_000;
const MAX_ANSWERS = 256;
/** Characters of all raw outputs together; what is parsed of them takes several times as much. */
const MAX_CHARS = 4 * 1_048_576;

interface Kept {
  readonly answer: ServerAnswer;
  readonly atMs: number;
}

/** How a question is put to the cache. */
export interface CachedQuestion {
  /** The same for questions that have the same answer. */
  readonly key: string;
  /** True: neither a kept answer does, nor one that was begun before. */
  readonly isFresh: boolean;
  readonly signal: AbortSignal;
}

/** Keeps whole answers only. */
export class AnswerCache {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #kept = new Map<string, Kept>();
  #chars = 0;
  readonly #underWay = new Map<string, Promise<ServerAnswer | null>>();

  /** `clock` tells the age of answers. */
  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /**
   * A kept answer, that of an equal question under way, or what `ask` answers. An answer or a
   * failure is shared unless the one who asked ended it: then the next in line asks.
   */
  async get(
    { key, isFresh, signal }: CachedQuestion,
    ask: () => Promise<ServerAnswer>,
  ): Promise<ServerAnswer> {
    while (!isFresh) {
      const kept = this.#keptOf(key);
      if (kept !== null) return kept;
      const underWay = this.#underWay.get(key);
      if (underWay === undefined) break;
      const shared = await orAborted(underWay, signal);
      if (shared !== null) return shared;
    }
    const asking = ask();
    const underWay = asking.then(
      (answer) => answer.complete || !signal.aborted ? answer : null,
      (error) => {
        if (signal.aborted) return null;
        throw error;
      },
    );
    // Nobody may be waiting for it.
    underWay.catch(() => {});
    this.#underWay.set(key, underWay);
    try {
      const answer = await asking;
      this.#keep(key, answer);
      return answer;
    } finally {
      if (this.#underWay.get(key) === underWay) this.#underWay.delete(key);
    }
  }

  #keptOf(key: string): ServerAnswer | null {
    this.#forgetOld();
    const kept = this.#kept.get(key);
    return kept === undefined
      ? null
      : { ...kept.answer, cachedMs: this.#clock.monotonicMs() - kept.atMs };
  }

  #keep(key: string, answer: ServerAnswer): void {
    if (!answer.complete || answer.parsed.answer.kind === "refused") return;
    this.#forget(key);
    this.#kept.set(key, { answer, atMs: this.#clock.monotonicMs() });
    this.#chars += answer.raw.length;
    this.#forgetOld();
  }

  /** Answers stand in the order of their age. */
  #forgetOld(): void {
    const oldestMs = this.#clock.monotonicMs() - KEEP_MS;
    for (const [key, { atMs }] of this.#kept) {
      const isTooMuch = this.#kept.size > MAX_ANSWERS || this.#chars > MAX_CHARS;
      if (atMs > oldestMs && !isTooMuch) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#chars -= this.#kept.get(key)?.answer.raw.length ?? 0;
    this.#kept.delete(key);
  }
}

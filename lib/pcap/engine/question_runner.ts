/**
 * Answers questions about captures in the thread that it is made in.
 *
 * @module
 */
import { IndexShelf } from "../index/index_shelf.ts";
import { questions as allQuestions } from "../questions/mod.ts";
import type { isWorthFeeding } from "./feed_size.ts";
import type { Feeder } from "./feeder.ts";
import { Gate } from "./gate.ts";
import { type HeldCapture, identityKey } from "./held_capture.ts";
import { ProgressMeter, type ReportProgress } from "./progress_meter.ts";
import type { Capture, Question, WalkNeeds } from "./question.ts";
import { ScanCache } from "./scan_cache.ts";
import type { CacheBounds } from "./sized_cache.ts";
import { Walker } from "./walker.ts";

/** Walks of one thread at once: two, so that a small capture does not wait for a large one. */
const WALKS_AT_ONCE = 2;

/** Scans that a thread keeps. */
const SCANS_KEPT: CacheBounds = { entries: 8, bytes: 128 * 2 ** 20 };

/** One question, ready to be run. */
export interface Order {
  readonly question: string;
  readonly params: unknown;
  /** Most packets to read of each capture; 0: all. */
  readonly maxPackets: number;
  /** Most octets of all indexes of packets of this thread; default 0: none are made. */
  readonly indexBytes?: number;
}

/** Who ordered it. */
export interface Orderer {
  readonly signal: AbortSignal;
  readonly onProgress: ReportProgress;
}

/** Questions by name, their types erased. */
export type QuestionTable = Readonly<Record<string, Question<unknown, unknown>>>;

/** Runs questions; results of passes are kept between them. */
export class QuestionRunner {
  readonly #questions: QuestionTable;
  readonly #gate = new Gate(WALKS_AT_ONCE);
  readonly #walker = new Walker();
  readonly #scans = new ScanCache(this.#gate, this.#walker, SCANS_KEPT);
  readonly #indexes = new IndexShelf();

  /** Runs questions of `questions`; default: all there are. */
  constructor(questions: QuestionTable = allQuestions as unknown as QuestionTable) {
    this.#questions = questions;
  }

  /**
   * Answers `order` about `captures`, which it releases at the end.
   * @throws the signal's reason once it aborts; what reading and the question throw
   */
  async run(order: Order, captures: readonly HeldCapture[], orderer: Orderer): Promise<unknown> {
    const { signal } = orderer;
    const meter = new ProgressMeter(orderer.onProgress);
    try {
      signal.throwIfAborted();
      const ask = this.#questions[order.question];
      if (ask === undefined) throw new TypeError(`There is no question "${order.question}"`);
      const views = captures.map((one) => this.#view(one, order, signal, meter));
      return await ask(order.params, views, { signal });
    } finally {
      for (const capture of captures) capture.release();
    }
  }

  /** Has walks fed from now on: those that are worth it, or all that `isWorth` says. */
  useFeeder(feeder: Feeder, isWorth: typeof isWorthFeeding | null = null): void {
    this.#walker.useFeeder(feeder, isWorth);
  }

  #view(
    capture: HeldCapture,
    { maxPackets, indexBytes = 0 }: Order,
    signal: AbortSignal,
    meter: ProgressMeter,
  ): Capture {
    const { store } = capture;
    const optionsOf = (needs: WalkNeeds) => ({
      needs,
      maxPackets,
      signal,
      onProgress: meter.begin(),
    });
    return {
      path: store.identity.realPath,
      fileBytes: store.identity.sizeBytes,
      index: this.#indexes.place(`${maxPackets} ${identityKey(store.identity)}`, indexBytes),
      scan: () => this.#scans.scan(capture, maxPackets, { signal, onProgress: meter.begin() }),
      walk: (needs, visit) =>
        this.#gate.pass(signal, () => this.#walker.walk(store, optionsOf(needs), visit)),
      walkAll: (needs, visit) =>
        this.#gate.pass(signal, () => this.#walker.walkAll(store, optionsOf(needs), visit)),
    };
  }
}

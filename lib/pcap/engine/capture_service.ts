/**
 * The captures service: opens and checks files, answers again what it has answered already, and
 * hands everything else to threads.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { Unavailable } from "../../errors/mod.ts";
import { type CaptureFile, openCapture } from "../../io/capture_file.ts";
import { realPathSync } from "../../io/files.ts";
import { enclosingRoot } from "../../policy/paths.ts";
import type { CaptureThread } from "./capture_thread.ts";
import type { AnswerOf, Ask, Captures, ParamsOf, QuestionName } from "./captures.ts";
import { stopping } from "./create_captures.ts";
import { identityKey } from "./held_capture.ts";
import { freezeDeep, memorySize } from "./memory_size.ts";
import type { Order } from "./question_runner.ts";
import { SizedCache } from "./sized_cache.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** Questions that may wait for an answer at once; what is answered already does not count. */
const QUESTIONS_AT_ONCE = 64;

/** Answers that are kept. */
const ANSWERS_KEPT = { entries: 256, bytes: 32 * 2 ** 20 };

/** The service. */
export class CaptureService implements Captures {
  readonly #pcap: Config["pcap"];
  readonly #threads: ThreadPool;
  readonly #answers = new SizedCache<unknown>(ANSWERS_KEPT);
  #waiting = 0;
  #isStopped = false;

  /** Answers by `threads`, within the limits of `pcap`. */
  constructor(pcap: Config["pcap"], threads: ThreadPool) {
    this.#pcap = pcap;
    this.#threads = threads;
  }

  async ask<Q extends QuestionName>(
    question: Q,
    paths: readonly string[],
    params: ParamsOf<Q>,
    call: Ask,
  ): Promise<AnswerOf<Q>> {
    call.signal.throwIfAborted();
    if (this.#isStopped) throw stopping();
    const roots = this.#pcap.allowed_paths.map(realPathSync).filter((root) => root !== null);
    const files = openAll(paths, roots);
    const maxPackets = strictest(call.maxPackets ?? 0, this.#pcap.max_packets);
    const indexBytes = Math.floor(this.#pcap.index_bytes / this.#threads.size);
    const order: Order = { question, params, maxPackets, indexBytes };
    const key = answerKey(order, files.map(({ identity }) => identity));
    const known = this.#answers.get(key);
    if (known !== undefined) {
      closeAll(files);
      return known as AnswerOf<Q>;
    }
    const reply = await this.#askThread(order, files, roots, call);
    const answer = freezeDeep(reply.answer);
    const size = memorySize(answer);
    // An exported file would push out all other answers, and is not asked for again.
    if (size <= ANSWERS_KEPT.bytes) {
      this.#answers.set(answerKey(order, reply.identities), answer, size);
    }
    // The thread ran `question`, whose answer this is.
    return answer as AnswerOf<Q>;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#threads.stop();
    return Promise.resolve();
  }

  async #askThread(
    order: Order,
    files: readonly CaptureFile[],
    roots: readonly string[],
    call: Ask,
  ): ReturnType<CaptureThread["ask"]> {
    let thread: CaptureThread;
    try {
      if (this.#waiting >= QUESTIONS_AT_ONCE) throw queueFull();
      thread = this.#threads.threadFor(files.map(({ identity }) => identityKey(identity)));
    } catch (error) {
      closeAll(files);
      throw error;
    }
    this.#waiting++;
    try {
      const onProgress = call.onProgress ?? (() => {});
      return await thread.ask(order, { files, roots }, { signal: call.signal, onProgress });
    } finally {
      this.#waiting--;
    }
  }
}

/** Opens every file or none. */
function openAll(paths: readonly string[], roots: readonly string[]): readonly CaptureFile[] {
  const files: CaptureFile[] = [];
  try {
    for (const path of paths) {
      files.push(openCapture(path, (real) => enclosingRoot(real, roots) !== null));
    }
    return files;
  } catch (error) {
    closeAll(files);
    throw error;
  }
}

function closeAll(files: readonly CaptureFile[]): void {
  for (const file of files) file.close();
}

/** The lower of two limits, of which 0 is none. */
function strictest(first: number, second: number): number {
  return first === 0 || second === 0 ? Math.max(first, second) : Math.min(first, second);
}

/** Text that is equal for equal questions about equal captures. */
function answerKey(
  { question, params, maxPackets }: Order,
  identities: readonly CaptureFile["identity"][],
): string {
  return `${question} ${maxPackets} ${canonicalJson(params)} ${identities.map(identityKey)}`;
}

/** JSON with the keys of objects in order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))
        : part,
  ) ?? "";
}

function queueFull(): Unavailable {
  return new Unavailable(
    "capture_queue",
    `Cannot ask about the capture: ${QUESTIONS_AT_ONCE} questions about captures are waiting already`,
    { hint: "Ask again when some of them are answered.", retryable: true },
  );
}

/**
 * Questions answered in this thread, in slices (`pcap.isolation: inline`).
 *
 * @module
 */
import type { OrderedFiles, Reply } from "./capture_thread.ts";
import { stopping } from "./create_captures.ts";
import { HeldCapture, storeOfFile } from "./held_capture.ts";
import { type Order, type Orderer, QuestionRunner } from "./question_runner.ts";
import type { PooledThread } from "./thread_pool.ts";

/** This thread. */
export class InlineThread implements PooledThread {
  outstanding = 0;
  readonly isDead = false;
  readonly #runner = new QuestionRunner();
  readonly #stop = new AbortController();

  async ask(order: Order, { files }: OrderedFiles, orderer: Orderer): Promise<Reply> {
    const captures = files.map((file) => new HeldCapture(storeOfFile(file)));
    const signal = AbortSignal.any([orderer.signal, this.#stop.signal]);
    this.outstanding++;
    try {
      return {
        answer: await this.#runner.run(order, captures, { ...orderer, signal }),
        identities: files.map(({ identity }) => identity),
      };
    } finally {
      this.outstanding--;
    }
  }

  stop(): void {
    this.#stop.abort(stopping());
  }
}

/**
 * The threads that answer questions: made when they are needed, kept warm, replaced when they die.
 *
 * @module
 */
import type { CaptureThread } from "./capture_thread.ts";

/** A thread and what it can tell of its end. */
export interface PooledThread extends CaptureThread {
  /** True once it cannot answer any more. */
  readonly isDead: boolean;
}

/** Captures whose thread is remembered. */
const ROUTES_KEPT = 256;

/** A bounded number of threads. */
export class ThreadPool {
  readonly #launch: () => PooledThread;
  /** Most threads at once. */
  readonly size: number;
  #threads: PooledThread[] = [];
  /** The thread that read a capture, by its identity. */
  readonly #routes = new Map<string, PooledThread>();

  /** At most `size` threads made by `launch`. */
  constructor(size: number, launch: () => PooledThread) {
    this.size = size;
    this.#launch = launch;
  }

  /**
   * The thread for a question about these captures: the one that has read the first of them that any
   * has read, else the one with the least to do.
   */
  threadFor(keys: readonly string[]): CaptureThread {
    this.#threads = this.#threads.filter((one) => !one.isDead);
    const routed = keys.map((key) => this.#routes.get(key)).find((one) => one?.isDead === false);
    const thread = routed ?? this.#leastBusy();
    for (const key of keys) {
      this.#routes.delete(key);
      this.#routes.set(key, thread);
    }
    for (const oldest of this.#routes.keys()) {
      if (this.#routes.size <= ROUTES_KEPT) break;
      this.#routes.delete(oldest);
    }
    return thread;
  }

  /** Ends every thread. */
  stop(): void {
    for (const thread of this.#threads) thread.stop();
    this.#threads = [];
    this.#routes.clear();
  }

  #leastBusy(): PooledThread {
    const [least] = this.#threads.toSorted((a, b) => a.outstanding - b.outstanding);
    if (least !== undefined && (least.outstanding === 0 || this.#threads.length === this.size)) {
      return least;
    }
    const launched = this.#launch();
    this.#threads.push(launched);
    return launched;
  }
}

/**
 * Who may touch the tables: the thread that writes takes the lock for one UPDATE, a reader for one
 * question, and a reader that waits is let in before the next UPDATE.
 *
 * @module
 */
import { Bug } from "../../errors/mod.ts";
import { Head } from "./rib_memory.ts";

const FREE = 0, WRITING = 1, READING = 2;
/** Looks at the lock before a thread lies down to sleep: some ten microseconds. */
const SPINS = 2000;
const SLEEP_MS = 1;
/** An UPDATE takes microseconds: who holds the lock so long is dead. */
const READER_WAIT_MS = 5000;
/** Longest time that the writer leaves the lock to readers who want it but do not come, ms. */
const WRITER_COURTESY_MS = 2;

/** The lock at the beginning of the memory. One instance for each side; it is not taken twice. */
export class RibLock {
  readonly #head: Int32Array;
  #depth = 0;

  constructor(head: SharedArrayBuffer) {
    this.#head = new Int32Array(head);
  }

  /** True if a reader waits: the writer should leave and come again. */
  get isWanted(): boolean {
    return Atomics.load(this.#head, Head.want) > 0;
  }

  /** For the writer: waits for the reader that is in, and lets in those that wait. */
  enter(): void {
    const head = this.#head;
    if (this.isWanted) this.#letIn();
    while (Atomics.compareExchange(head, Head.lock, FREE, WRITING) !== FREE) {
      Atomics.wait(head, Head.lock, READING, SLEEP_MS);
    }
  }

  /** For the writer. */
  leave(): void {
    Atomics.store(this.#head, Head.lock, FREE);
    if (this.isWanted) Atomics.notify(this.#head, Head.lock);
  }

  /**
   * For a reader: runs `act` while nothing is written. May be nested.
   *
   * @throws {Bug} if the writer does not leave; what `act` throws
   */
  read<T>(act: () => T): T {
    if (this.#depth === 0) this.#enterReading();
    this.#depth++;
    try {
      return act();
    } finally {
      if (--this.#depth === 0) {
        Atomics.store(this.#head, Head.lock, FREE);
        Atomics.notify(this.#head, Head.lock);
      }
    }
  }

  #letIn(): void {
    const until = performance.now() + WRITER_COURTESY_MS;
    for (let spins = 0; this.isWanted; spins++) {
      if (spins % SPINS === SPINS - 1 && performance.now() > until) return;
    }
  }

  #enterReading(): void {
    const head = this.#head;
    if (Atomics.compareExchange(head, Head.lock, FREE, READING) === FREE) return;
    Atomics.add(head, Head.want, 1);
    try {
      const until = performance.now() + READER_WAIT_MS;
      for (let spins = 1;; spins++) {
        const holder = Atomics.compareExchange(head, Head.lock, FREE, READING);
        if (holder === FREE) return;
        if (spins < SPINS) continue;
        if (performance.now() > until) {
          throw new Bug(new Error("The thread that writes the BGP tables does not let go of them"));
        }
        Atomics.wait(head, Head.lock, holder, SLEEP_MS);
      }
    } finally {
      Atomics.sub(head, Head.want, 1);
    }
  }
}

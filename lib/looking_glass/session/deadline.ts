/**
 * Work that is over in time: under a signal that aborts at the deadline, and let go of if it does
 * not heed that.
 *
 * @module
 */

/** How long work may take to come to its end once its signal has aborted, milliseconds. */
const GRACE_MS = 150;

/** A signal that aborts with another one, or with a `TimeoutError` at a deadline. */
export class Deadline implements Disposable {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onAbort: () => void;
  readonly #timer: ReturnType<typeof setTimeout>;

  /** `ms` from now, milliseconds. */
  constructor(outer: AbortSignal, ms: number) {
    this.#outer = outer;
    this.#onAbort = () => this.#stop.abort(outer.reason);
    this.#timer = setTimeout(() => {
      this.#stop.abort(new DOMException("The deadline has passed", "TimeoutError"));
    }, ms);
    if (outer.aborted) this.#onAbort();
    else outer.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Aborts at the deadline or before. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Lets go of the timer and of the other signal. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#onAbort);
  }
}

/**
 * What `work` settles to; a rejection with what `late` makes if that has not happened 150 ms after
 * the signal aborted.
 */
export async function orLate<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: () => Error,
): Promise<T> {
  const isLate = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => {
    timer = setTimeout(() => isLate.reject(late()), GRACE_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, isLate.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

/**
 * The input that runs now, in memory that two threads share: one that loops for good cannot say so
 * itself.
 *
 * @module
 */

/** Two numbers in front: which execution it is, and how long the input is. */
const HEAD_BYTES = 8;
/** No target takes more. */
const MAX_INPUT_BYTES = 131_072;

/** Shared between the thread that runs inputs and the one that watches it. */
export class LastInput {
  readonly #head: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(readonly memory = new SharedArrayBuffer(HEAD_BYTES + MAX_INPUT_BYTES)) {
    this.#head = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, HEAD_BYTES);
  }

  /** Which execution runs now, from 1; 0 before the first. */
  get execution(): number {
    return Atomics.load(this.#head, 0);
  }

  set(input: Uint8Array, execution: number): void {
    this.#bytes.set(input.subarray(0, MAX_INPUT_BYTES));
    Atomics.store(this.#head, 1, input.length);
    Atomics.store(this.#head, 0, execution);
  }

  get(): Uint8Array {
    return this.#bytes.slice(0, Atomics.load(this.#head, 1));
  }
}

/**
 * Reading the entries of a stranger's document: one that is wrong is left out and said to be, and
 * a document full of them does not hold up everybody else.
 *
 * @module
 */
import { RemoteFailure } from "../errors/mod.ts";
import type { Clock } from "./io.ts";
import type { JsonValue } from "./json_value.ts";

/** Most entries that are read of one document; collectors have some thousand peers together. */
const ENTRIES_MAX = 50_000;
/** Wrong entries after which the document is read no further. */
const FAULTS_MAX = 200;
/** Most problems that are told; that there are some is what counts. */
const PROBLEMS_MAX = 20;
/** Longest work before others have their turn, milliseconds. */
const WORK_MS = 10;

/** The reading of one document: what was left out of it, and how much more may be read. */
export class EntryReader {
  readonly #problems: string[] = [];
  #entriesLeft = ENTRIES_MAX;
  #faultsLeft = FAULTS_MAX;
  #turnEndsMs: number;

  /** An abort of `signal` ends the reading. */
  constructor(
    readonly clock: Pick<Clock, "monotonicMs" | "sleep">,
    readonly signal: AbortSignal,
  ) {
    this.#turnEndsMs = clock.monotonicMs() + WORK_MS;
  }

  /** What was left out, each in one line (remote words); empty if nothing was. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Something of the answer is missing. */
  note(problem: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }

  /**
   * What `read` makes of each entry of an array. Rejects with the signal's reason if that aborts.
   *
   * @throws {RemoteFailure} `remote.answer` if entries were read and all of them are wrong: the
   *   document has another form than we know
   */
  async read<T>(list: JsonValue, read: (entry: JsonValue) => T | Promise<T>): Promise<T[]> {
    const made: T[] = [];
    let first: RemoteFailure | null = null;
    let leftOut = 0;
    for (const entry of list.items()) {
      if (this.#entriesLeft <= 0 || this.#faultsLeft <= 0) break;
      this.#entriesLeft--;
      if (this.clock.monotonicMs() > this.#turnEndsMs) await this.#giveTurn();
      try {
        made.push(await read(entry));
      } catch (error) {
        if (!(error instanceof RemoteFailure)) throw error;
        first ??= error;
        leftOut++;
        this.#faultsLeft--;
      }
    }
    const { length } = list;
    if (first !== null && made.length === 0) throw first;
    if (first !== null) {
      this.note(`${leftOut} of ${length} entries left out; the first: ${first.message}`);
    }
    const unread = length - made.length - leftOut;
    if (unread > 0) this.note(`${unread} of ${length} entries not read: the answer has too many`);
    return made;
  }

  async #giveTurn(): Promise<void> {
    await this.clock.sleep(0, this.signal);
    this.#turnEndsMs = this.clock.monotonicMs() + WORK_MS;
  }
}

/**
 * Answers that are too long for one message: whole items are held back, never cut, and a cursor
 * fetches them without running the tool again. Items are checked and escaped when they are shown.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import type { Clock } from "../io/io.ts";

/** What a paged answer says about itself. */
export interface Page {
  /** Items in this answer. */
  readonly shown: number;
  /** Items in all. */
  readonly total: number;
  /** Give it back as `cursor`, with the same other arguments, for the next items; null at the end. */
  readonly next_cursor: string | null;
}

/** Checks and escapes an answer, or a part of one that has all members and some of the items. */
export type Finish = (answer: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Items of one answer from one place on. */
interface Rest {
  readonly tool: string;
  readonly argsKey: string;
  /** The array that is cut. */
  readonly field: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly items: readonly unknown[];
  readonly offset: number;
  readonly finish: Finish;
}

interface Held extends Rest {
  readonly expiresAt: number;
  readonly chars: number;
}

/** Characters of the member `page` at its longest. */
const PAGE_CHARS = 120;
/** Items whose length stands for that of all held ones. */
const SAMPLE = 1_000;

/** How long held items can be fetched, milliseconds. */
const HOLD_MS = 10 * 60_000;
/** Most characters of JSON that are held for all callers together; the oldest go first. */
const MAX_HELD_CHARS = 16 * 1_048_576;

/** Held-back items, by cursor. */
export class Pages {
  readonly #held = new Map<string, Held>();
  #chars = 0;

  constructor(readonly clock: Pick<Clock, "monotonicMs">) {}

  /**
   * Returns `answer`, finished, with at most `maxChars` characters of JSON, holding back whole items
   * of the array `field`. At least one item is shown.
   *
   * @throws whatever `finish` throws
   */
  fit(
    tool: string,
    argsKey: string,
    answer: Readonly<Record<string, unknown>>,
    field: string,
    maxChars: number,
    finish: Finish,
  ): Record<string, unknown> {
    const items = answer[field];
    if (!Array.isArray(items)) return finish(answer);
    return this.#take({ tool, argsKey, field, answer, items, offset: 0, finish }, maxChars);
  }

  /**
   * The next items of an earlier answer.
   *
   * @throws {InputError} `input.cursor` if the cursor is unknown, expired or of another call
   */
  next(tool: string, argsKey: string, cursor: string, maxChars: number): Record<string, unknown> {
    const held = this.#held.get(cursor);
    if (held === undefined || held.expiresAt < this.clock.monotonicMs()) {
      throw new InputError(
        "cursor",
        `Cannot continue "${tool}": this cursor is unknown or expired`,
        {
          hint: "Call the tool again without cursor; cursors live for 10 minutes.",
        },
      );
    }
    if (held.tool !== tool || held.argsKey !== argsKey) {
      throw new InputError(
        "cursor",
        `Cannot continue "${tool}": this cursor belongs to another call`,
        {
          hint: "Give the same arguments as in the call that returned the cursor, plus cursor.",
        },
      );
    }
    return this.#take(held, maxChars);
  }

  #take(rest: Rest, maxChars: number): Record<string, unknown> {
    const { items, offset, field } = rest;
    const first = finishItems(rest, offset, Math.min(offset + 1, items.length));
    const room = maxChars - lengthOf({ ...first.answer, [field]: [] }) - PAGE_CHARS;
    const most = offset + fitting(items, offset, room);
    const { answer, shown } = most <= offset + 1 ? first : finishItems(rest, offset, most);
    // Escapes may have made them longer.
    const count = fitting(shown, 0, room);
    const end = offset + count;
    const page: Page = {
      shown: count,
      total: items.length,
      next_cursor: end < items.length ? this.#hold({ ...rest, offset: end }) : null,
    };
    return { ...answer, [field]: shown.slice(0, count), page };
  }

  #hold(rest: Rest): string {
    const cursor = crypto.randomUUID();
    const chars = estimateChars(rest.items);
    this.#held.set(cursor, { ...rest, expiresAt: this.clock.monotonicMs() + HOLD_MS, chars });
    this.#chars += chars;
    for (const [oldest, held] of this.#held) {
      if (this.#chars <= MAX_HELD_CHARS || oldest === cursor) break;
      this.#held.delete(oldest);
      this.#chars -= held.chars;
    }
    return cursor;
  }
}

/** The answer with the items from `start` to `end` only, finished, and what became of those. */
function finishItems(
  { answer, field, items, finish }: Rest,
  start: number,
  end: number,
): { readonly answer: Record<string, unknown>; readonly shown: readonly unknown[] } {
  const finished = finish({ ...answer, [field]: items.slice(start, end) });
  const shown = finished[field];
  return { answer: finished, shown: Array.isArray(shown) ? shown : [] };
}

/** How many items from `offset` on have room; one at least, if there is one. */
function fitting(items: readonly unknown[], offset: number, room: number): number {
  let left = room;
  let end = offset;
  while (end < items.length) {
    left -= lengthOf(items[end]) + 1;
    if (left < 0 && end > offset) break;
    end++;
  }
  return end - offset;
}

/** Characters of JSON, measured on items that lie evenly among the others. */
function estimateChars(items: readonly unknown[]): number {
  const step = Math.max(1, Math.floor(items.length / SAMPLE));
  let chars = 0;
  let measured = 0;
  for (let index = 0; index < items.length; index += step) {
    chars += lengthOf(items[index]) + 1;
    measured++;
  }
  return measured === 0 ? 0 : Math.ceil(chars / measured * items.length);
}

/** Characters of JSON; what JSON cannot say takes none. */
function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

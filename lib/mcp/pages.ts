/**
 * Answers that are too long for one message: whole items are held back, never cut, and a cursor
 * fetches them without running the tool again.
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

interface Held {
  readonly tool: string;
  readonly argsKey: string;
  readonly rest: Readonly<Record<string, unknown>>;
  readonly items: readonly unknown[];
  readonly offset: number;
  readonly expiresAt: number;
  readonly chars: number;
}

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
   * Returns `answer` with at most `maxChars` characters of JSON, holding back whole items of the
   * array `field`. At least one item is shown.
   */
  fit(
    tool: string,
    argsKey: string,
    answer: Readonly<Record<string, unknown>>,
    field: string,
    maxChars: number,
  ): Record<string, unknown> {
    const items = answer[field];
    if (!Array.isArray(items)) return { ...answer };
    return this.#take({ tool, argsKey, rest: answer, items, offset: 0, maxChars, field });
  }

  /**
   * The next items of an earlier answer.
   *
   * @throws {InputError} `input.cursor` if the cursor is unknown, expired or of another call
   */
  next(
    tool: string,
    argsKey: string,
    cursor: string,
    field: string,
    maxChars: number,
  ): Record<string, unknown> {
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
    return this.#take({ ...held, maxChars, field });
  }

  #take(
    part: {
      tool: string;
      argsKey: string;
      rest: Readonly<Record<string, unknown>>;
      items: readonly unknown[];
      offset: number;
      maxChars: number;
      field: string;
    },
  ): Record<string, unknown> {
    const { items, offset, field, rest } = part;
    const fixed = JSON.stringify({ ...rest, [field]: [] }).length + 120; // 120: the page member itself
    let room = part.maxChars - fixed;
    let end = offset;
    while (end < items.length) {
      room -= JSON.stringify(items[end]).length + 1;
      if (room < 0 && end > offset) break;
      end++;
    }
    const page: Page = {
      shown: end - offset,
      total: items.length,
      next_cursor: end < items.length ? this.#hold({ ...part, offset: end }) : null,
    };
    return { ...rest, [field]: items.slice(offset, end), page };
  }

  #hold(part: Omit<Held, "expiresAt" | "chars">): string {
    const cursor = crypto.randomUUID();
    const chars = JSON.stringify(part.items).length;
    this.#held.set(cursor, {
      tool: part.tool,
      argsKey: part.argsKey,
      rest: part.rest,
      items: part.items,
      offset: part.offset,
      expiresAt: this.clock.monotonicMs() + HOLD_MS,
      chars,
    });
    this.#chars += chars;
    for (const [oldest, held] of this.#held) {
      if (this.#chars <= MAX_HELD_CHARS || oldest === cursor) break;
      this.#held.delete(oldest);
      this.#chars -= held.chars;
    }
    return cursor;
  }
}

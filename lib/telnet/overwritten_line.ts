/**
 * One line of a terminal in which the cursor went back: cells that are written again, and pager
 * marks that vanish.
 *
 * @module
 */

/** What a cell holds. */
const TEXT = 0;
/** A character of a pager mark: shown nowhere. */
const GHOST = 1;
/** A blank that wiped a pager mark: a space if text follows or the cursor passed it, else nothing. */
const WIPED = 2;

const SPACE = 0x20;

/** Reads what a `Uint16Array` holds; overwriting half of a pair of surrogates leaves U+FFFD. */
const DECODER = new TextDecoder("utf-16le", { ignoreBOM: true });

/** A line of at most `maxChars` cells, one UTF-16 unit each. */
export class OverwrittenLine {
  readonly #maxChars: number;
  #units = new Uint16Array(256);
  #kinds = new Uint8Array(256);
  #length = 0;
  #cursor = 0;

  /** Room grows with what is written, up to `maxChars`. */
  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  /** Place of the next character. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Moves it; nothing lies left of 0. */
  set cursor(to: number) {
    this.#cursor = Math.max(0, to);
  }

  /** Starts over with `text`, none of it wiped. */
  begin(text: string, cursor: number): void {
    this.#length = 0;
    this.#cursor = 0;
    this.put(text, 0, text.length);
    this.#cursor = cursor;
  }

  /** Writes `text` from `from` to `end` at the cursor; the caller has seen to it that there is room. */
  put(text: string, from: number, end: number): void {
    this.#grow(this.#cursor + end - from);
    for (let at = from; at < end; at++) {
      const cell = this.#cursor++, unit = text.charCodeAt(at);
      const isNew = cell >= this.#length;
      const isWipe = unit === SPACE &&
        (isNew ? this.#kindOf(cell - 1) === WIPED : this.#kindOf(cell) === GHOST);
      this.#units[cell] = unit;
      this.#kinds[cell] = isWipe ? WIPED : TEXT;
      if (isNew) this.#length = cell + 1;
    }
  }

  /** Makes the last `count` characters before the cursor a pager mark; with it at 0, of the line. */
  ghostTail(count: number): void {
    const end = this.#cursor === 0 ? this.#length : this.#cursor;
    for (let cell = end - 1, left = count; cell >= 0 && left > 0; cell--) {
      if (this.#kinds[cell] !== GHOST) left--;
      this.#kinds[cell] = GHOST;
    }
  }

  /** What stands left of the cursor. */
  beforeCursor(): string {
    return this.#render(this.#cursor);
  }

  /** What a reader of the whole line would see. */
  whole(): string {
    let end = this.#length;
    while (end > 0 && this.#kinds[end - 1] !== TEXT) end--;
    return this.#render(end);
  }

  #kindOf(cell: number): number {
    return cell < 0 ? TEXT : this.#kinds[cell] ?? TEXT;
  }

  #render(end: number): string {
    const shown = new Uint16Array(end);
    let length = 0;
    for (let cell = 0; cell < end; cell++) {
      if (this.#kinds[cell] !== GHOST) shown[length++] = this.#units[cell] ?? 0;
    }
    return DECODER.decode(shown.subarray(0, length));
  }

  #grow(wanted: number): void {
    if (wanted <= this.#units.length) return;
    const room = Math.min(this.#maxChars, Math.max(wanted, 2 * this.#units.length));
    const units = new Uint16Array(room), kinds = new Uint8Array(room);
    units.set(this.#units);
    kinds.set(this.#kinds);
    this.#units = units;
    this.#kinds = kinds;
  }
}

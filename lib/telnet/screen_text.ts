/**
 * What a terminal would show of a stream, as text: lines, with overwriting done and escape
 * sequences gone, the same however the stream was split.
 *
 * @module
 */
import { EscapeSkipper } from "./escape_skipper.ts";
import { OverwrittenLine } from "./overwritten_line.ts";

/** Longest line, UTF-16 units; a longer one is broken there. */
export const MAX_LINE_CHARS = 65_536;

// Everything that is not simply shown: C0 but TAB (BIRD indents with it), DEL, C1 and the BOM.
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\ufeff]/g;

const BS = 0x08, LF = 0x0a, CR = 0x0d, ESC = 0x1b, C1_FIRST = 0x80, C1_LAST = 0x9f;

/** The text of one connection. Each octet is looked at once; a line costs no more than its length. */
export class ScreenText {
  /** The BOM is kept here: a decoder that drops it does so at the start of every piece. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #escape = new EscapeSkipper();
  #finished = "";
  /** The current line as long as nothing in it was overwritten, else null. */
  #plain: string | null = "";
  /** The cursor in the plain line. */
  #cursor = 0;
  /** The current line since something in it was overwritten. */
  #overwritten = new OverwrittenLine(MAX_LINE_CHARS);

  /** Takes the next octets of data (telnet commands already removed), UTF-8. */
  write(data: Uint8Array): void {
    const text = this.#decoder.decode(data, { stream: true });
    for (let at = 0; at < text.length;) {
      if (this.#escape.isInside) {
        at = this.#escape.skip(text, at);
        continue;
      }
      CONTROL.lastIndex = at;
      const end = CONTROL.test(text) ? CONTROL.lastIndex - 1 : text.length;
      if (end > at) this.#put(text, at, end);
      if (end < text.length) this.#control(text.charCodeAt(end));
      at = end + 1;
    }
  }

  /** The unfinished line up to the cursor; a prompt's trailing space is kept, pager marks are not. */
  get currentLine(): string {
    return this.#plain === null
      ? this.#overwritten.beforeCursor()
      : this.#plain.slice(0, this.#cursor).toWellFormed();
  }

  /**
   * The unfinished line if the cursor went back to its start and nothing was written since (a pager
   * mark and CR, as BIRD has it), else empty; pager marks are not in it.
   */
  get returnedLine(): string {
    const cursor = this.#plain === null ? this.#overwritten.cursor : this.#cursor;
    return cursor === 0 ? this.#wholeLine().toWellFormed() : "";
  }

  /** Length of the finished lines that were not taken yet, line ends included. */
  get finishedLength(): number {
    return this.#finished.length;
  }

  /** The finished lines, each ended by `\n`, and forgets them. */
  takeFinished(): string {
    const taken = this.#finished;
    this.#finished = "";
    return taken;
  }

  /** As {@link takeFinished}, and the current line, which is then empty. */
  takeAll(): string {
    const taken = this.#finished + this.#wholeLine();
    this.#finished = "";
    this.#clearLine();
    return taken;
  }

  /**
   * Declares the last `count` characters before the cursor a pager mark; of the whole line if the
   * cursor went back to its start ({@link returnedLine}). The cursor stays; the router may go back
   * over them, wipe them with blanks and write on, and what it leaves of them leaves nothing behind.
   */
  ghostTail(count: number): void {
    this.#toOverwritten().ghostTail(count);
  }

  #put(text: string, from: number, end: number): void {
    while (from < end) {
      const cursor = this.#plain === null ? this.#overwritten.cursor : this.#cursor;
      const room = MAX_LINE_CHARS - cursor;
      // A line is not broken inside a pair of surrogates.
      const isPairCut = room < end - from && isHighSurrogate(text.charCodeAt(from + room - 1));
      const stop = Math.min(end, from + room - (isPairCut ? 1 : 0));
      if (this.#plain !== null && cursor === this.#plain.length) {
        this.#plain += text.slice(from, stop);
        this.#cursor = this.#plain.length;
      } else this.#toOverwritten().put(text, from, stop);
      if (isPairCut || stop === from + room) this.#finishLine();
      from = stop;
    }
  }

  #control(code: number): void {
    if (code === LF) this.#finishLine();
    else if (code === CR) {
      if (this.#plain === null) this.#overwritten.cursor = 0;
      else this.#cursor = 0;
    } else if (code === BS) {
      if (this.#plain === null) this.#overwritten.cursor--;
      else this.#cursor = Math.max(0, this.#cursor - 1);
    } else if (code === ESC) this.#escape.enter();
    else if (code >= C1_FIRST && code <= C1_LAST) this.#escape.enterC1(code);
  }

  #finishLine(): void {
    this.#finished += this.#wholeLine() + "\n";
    this.#clearLine();
  }

  #wholeLine(): string {
    return this.#plain ?? this.#overwritten.whole();
  }

  #clearLine(): void {
    this.#plain = "";
    this.#cursor = 0;
  }

  #toOverwritten(): OverwrittenLine {
    if (this.#plain !== null) {
      this.#overwritten.begin(this.#plain, this.#cursor);
      this.#plain = null;
    }
    return this.#overwritten;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

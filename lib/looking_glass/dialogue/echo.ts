/**
 * The echo of a command: taken off if it is the command, and the proof that what follows answers
 * this command and no earlier one.
 *
 * @module
 */
import type { LearnedPrompt } from "./prompt.ts";

/** `foreign`: where the echo belongs stands something else. */
export type EchoState = "awaited" | "seen" | "absent" | "foreign";

/** Shortest end of a command that counts as its echo on a line that scrolled sideways, characters. */
const MIN_SCROLLED_CHARS = 8;

/**
 * Reads the first lines behind a command. Blanks do not count, because terminals wrap: the echo may
 * take several lines. IOS instead scrolls a long line sideways and shows `$` and the end of it.
 *
 * A session that has echoed once must echo every command. In one that has not, a router that ended
 * the line of the prompt wrote text there only if it echoes, so text that is not the command is
 * foreign; any other text is output of a router that does not echo.
 */
export class Echo {
  #state: EchoState = "awaited";
  readonly #command: string;
  readonly #wanted: string;
  readonly #learned: LearnedPrompt;
  readonly #isSure: boolean;
  /** What stood before the cursor when the command was sent; taken off the first line. */
  #before: string;
  #got = "";
  #held: string[] = [];

  /** `before`: the line when the command was sent. `isSure`: this session has echoed before. */
  constructor(command: string, learned: LearnedPrompt, before: string, isSure: boolean) {
    this.#command = command;
    this.#wanted = squeeze(command);
    this.#learned = learned;
    this.#before = before;
    this.#isSure = isSure;
  }

  /** How it stands. */
  get state(): EchoState {
    return this.#state;
  }

  /** Takes finished lines, each ended by `\n`; gives those that are output. */
  take(finished: string): string {
    let at = 0;
    while (this.#state === "awaited" && at < finished.length) {
      const end = finished.indexOf("\n", at);
      this.#line(finished.slice(at, end));
      at = end + 1;
    }
    if (this.#state === "awaited" || this.#state === "foreign") return "";
    const held = this.#held.map((line) => `${line}\n`).join("");
    this.#held = [];
    return held + finished.slice(at);
  }

  /** The prompt came back without an echo: the router does not echo, and says nothing. */
  giveUp(): void {
    this.#state = "absent";
  }

  #line(line: string): void {
    const { prompt, echoesLineEnd } = this.#learned;
    let rest = line;
    if (rest.startsWith(this.#before)) rest = rest.slice(this.#before.length);
    while (rest.startsWith(prompt)) rest = rest.slice(prompt.length);
    this.#before = "";
    const squeezed = squeeze(rest);
    const got = this.#got + squeezed;
    if (got === this.#wanted || this.#isScrolled(rest)) {
      this.#state = "seen";
      this.#held = [];
    } else if (squeezed === "" || this.#wanted.startsWith(got)) {
      this.#got = got;
      this.#held.push(rest);
    } else if (this.#isSure || (echoesLineEnd && this.#held.length === 0)) {
      this.#state = "foreign";
    } else {
      this.#state = "absent";
      // The line end of the prompt's own line is not output.
      if (this.#held[0]?.trim() === "") this.#held.shift();
      this.#held.push(rest);
    }
  }

  #isScrolled(line: string): boolean {
    const shown = line.trim();
    return shown.startsWith("$") && shown.length > MIN_SCROLLED_CHARS &&
      this.#command.endsWith(shown.slice(1));
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}

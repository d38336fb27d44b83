/**
 * Learning the prompt: what stands alone on the last line is the prompt if it comes back as the
 * answer to an empty line. It is never guessed from a `>` or `#`, which banners have too.
 *
 * @module
 */

/** Longest prompt, characters: a host name has at most 253 (RFC 1035 §2.3.4 less its length octets). */
export const MAX_PROMPT_CHARS = 300;

/** Most lines that belong to a prompt. */
const MAX_PREAMBLE_LINES = 3;

/** What was learned. */
export interface LearnedPrompt {
  /** The last line, its trailing space included. */
  readonly prompt: string;
  /** Lines that come before it each time, each ended by `\n` (`{master}` of Junos), or empty. */
  readonly preamble: string;
  /** False if the router answers an empty line on the same line: it echoes nothing, not even CR LF. */
  readonly echoesLineEnd: boolean;
}

/** Compares what came before and after an empty line. */
export class PromptLearner {
  /** The unfinished line when the empty line was sent, or null: none was. */
  #asked: string | null = null;
  /** Lines finished since. */
  #lines: string[] = [];

  /** An empty line is sent while `line` stands unfinished. */
  ask(line: string): void {
    this.#asked = line;
    this.#lines = [];
  }

  /** A line was finished. */
  finish(line: string): void {
    if (this.#asked !== null) this.#lines.push(line);
  }

  /** True if nothing came since the empty line was sent. */
  isUnanswered(line: string): boolean {
    return this.#lines.length === 0 && this.#asked === line;
  }

  /** The prompt if `line`, unfinished, is the one that the empty line was sent to; else null. */
  learn(line: string): LearnedPrompt | null {
    const asked = this.#asked;
    if (asked === null || asked.trim() === "" || line !== asked) return null;
    if (this.#lines[0]?.trimEnd() !== asked.trimEnd()) return null;
    const last = this.#lines.findLastIndex((one) => one.trimEnd() === asked.trimEnd());
    const preamble = this.#lines.slice(last + 1);
    if (preamble.length > MAX_PREAMBLE_LINES) return null;
    return {
      prompt: line,
      preamble: preamble.map((one) => `${one}\n`).join(""),
      echoesLineEnd: true,
    };
  }

  /** As {@link learn}, of a router that has put the prompt behind itself. Sure only after a pause. */
  learnInLine(line: string): LearnedPrompt | null {
    const asked = this.#asked;
    if (asked === null || this.#lines.length > 0 || !line.startsWith(asked)) return null;
    const prompt = line.slice(asked.length);
    if (prompt.trim() === "" || !asked.endsWith(prompt)) return null;
    return { prompt, preamble: "", echoesLineEnd: false };
  }
}

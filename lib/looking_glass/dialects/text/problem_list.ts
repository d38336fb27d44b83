/**
 * What a parser had to leave out, bounded.
 *
 * @module
 */

/** Most problems that are told one by one. */
const KEPT = 20;
/** Most characters of the router's words in one of them. */
const WORDS_MAX = 120;

/** Problems of one output, for `Parsed.problems`. */
export class ProblemList {
  readonly #kept: string[] = [];
  #count = 0;

  /** Notes what is wrong and, if given, the line it is wrong with (remote words). */
  add(what: string, line?: string): void {
    this.#count++;
    if (this.#count > KEPT) return;
    this.#kept.push(line === undefined ? what : `${what}: "${clip(line.trim(), WORDS_MAX)}"`);
  }

  /** How many were noted. */
  get count(): number {
    return this.#count;
  }

  /** The first ones, and how many more there are. */
  list(): readonly string[] {
    const more = this.#count - this.#kept.length;
    return more === 0 ? this.#kept : [...this.#kept, `${more} more problems`];
  }
}

/** Remote words of at most `max` UTF-16 units, `…` for what was cut; no character is halved. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

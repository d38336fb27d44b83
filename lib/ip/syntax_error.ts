/**
 * The one error of this room: text that is not what it should be, and what was wanted instead.
 *
 * @module
 */

/** Longest piece of foreign text that a message repeats, characters. */
const QUOTED_MAX = 80;

/** Text that does not parse. The message names the text, `expected` the form that would. */
export class IpSyntaxError extends SyntaxError {
  /** The wanted form with an example, a phrase without final period. */
  readonly expected: string;

  constructor(message: string, expected: string) {
    super(message);
    this.name = "IpSyntaxError";
    this.expected = expected;
  }
}

/**
 * Renders foreign text for a message: in double quotes, cut at 80 characters, everything outside
 * printable ASCII escaped, so that two texts which look alike do not read alike.
 */
export function quoteText(text: string): string {
  const cut = text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u2025\u2027-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The tokens of a filter, one after the other, for the parsers of both grammars, and the bounds that
 * both set to what they read.
 *
 * @module
 */
import { filterError } from "./filter_error.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Most conditions of one filter; members of sets count. */
export const FILTER_NODES_MAX = 256;
/** Deepest nesting of parentheses and negations. */
export const FILTER_DEPTH_MAX = 40;

/** How a grammar reads its tokens. */
export interface TokenRules {
  /** Words are the same in capitals. */
  readonly ignoresCase: boolean;
  /** Hint of an error that brings none of its own. */
  readonly hint?: string;
}

/** Reads the tokens of `text`. */
export class TokenReader {
  /** Place of the next token; a parser that looked too far sets it back. */
  at = 0;
  readonly #text: string;
  readonly #rules: TokenRules;
  readonly #tokens: readonly Token[];
  #depth = 0;
  #nodes = 0;

  /** @throws {InputError} `input.filter`: a character that no grammar knows, or too many */
  constructor(text: string, rules: TokenRules) {
    this.#text = text;
    this.#rules = rules;
    this.#tokens = tokensOf(text);
  }

  /** The next token; at the end one of the kind `end`, again and again. */
  get next(): Token {
    const token = this.#tokens[this.at];
    if (token === undefined) throw new TypeError("No token behind the last one");
    return token;
  }

  /** The token after the next one, if there is one. */
  get afterNext(): Token | undefined {
    return this.#tokens[this.at + 1];
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.next;
    if (token.kind !== "end") this.at++;
    return token;
  }

  /** Takes the next token if it is one of these signs or words. */
  accept(...texts: readonly string[]): boolean {
    const { kind, text } = this.next;
    const word = this.#rules.ignoresCase ? text.toLowerCase() : text;
    const isTaken = (kind === "sign" || kind === "word") && texts.includes(word);
    if (isTaken) this.at++;
    return isTaken;
  }

  /** Reads what lies one level deeper. */
  nested<T>(read: (token: Token) => T): T {
    const token = this.next;
    if (++this.#depth > FILTER_DEPTH_MAX) {
      throw this.error(token, `it nests deeper than ${FILTER_DEPTH_MAX}`);
    }
    const result = read(token);
    this.#depth--;
    return result;
  }

  /** Counts a condition that begins with `token`. */
  count(token: Token): void {
    if (++this.#nodes > FILTER_NODES_MAX) {
      throw this.error(token, `it has more than ${FILTER_NODES_MAX} conditions`);
    }
  }

  /** An error about `token`. */
  error(token: Token, message: string, hint = this.#rules.hint): Error {
    return filterError(this.#text, token.from, token.to, message, hint);
  }
}

/**
 * Cuts a filter into tokens. One lexer serves both grammars: their words differ, not their signs.
 *
 * @module
 */
import { filterError } from "./filter_error.ts";

/** Longest filter, characters. */
export const FILTER_TEXT_MAX = 2000;

/** Kinds of token. `slice` is everything between brackets, `end` stands behind the last one. */
export type TokenKind = "word" | "string" | "raw_string" | "char" | "slice" | "sign" | "end";

/** A piece of a filter. */
export interface Token {
  readonly kind: TokenKind;
  /** What it says: without quotes and brackets, escapes resolved. */
  readonly text: string;
  /** Columns, from 0; `to` is behind the last character. */
  readonly from: number;
  readonly to: number;
}

/** Signs, longest first. */
const SIGNS = [
  "===",
  "!==",
  "==",
  "!=",
  "~=",
  "<=",
  ">=",
  "&&",
  "||",
  "^^",
  "..",
  "<<",
  ">>",
  ..."<>=!~&|^(){},+-*/%",
] as const;

// Fields, numbers, addresses with prefix lengths, MAC addresses, host names, byte strings.
const WORD = /(?:[A-Za-z0-9_]|::?(?=[0-9A-Fa-f:]))(?:[A-Za-z0-9_:/-]|\.(?!\.))*/y;
/** What `\` and a letter stand for in a string. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/**
 * The tokens of `text`, the last one of kind `end`.
 * @throws {InputError} `input.filter`
 */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > FILTER_TEXT_MAX) {
    throw filterError(
      text.slice(0, FILTER_TEXT_MAX),
      FILTER_TEXT_MAX - 1,
      FILTER_TEXT_MAX,
      `it has ${text.length} characters, at most ${FILTER_TEXT_MAX} are read`,
    );
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  tokens.push({ kind: "end", text: "", from: text.length, to: text.length });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  const first = text.charAt(at);
  if (first === '"') return quoted(text, at, at, "string");
  if (first === "'") return quoted(text, at, at, "char");
  if ((first === "r" || first === "R") && text.charAt(at + 1) === '"') {
    return quoted(text, at, at + 1, "raw_string");
  }
  if (first === "[") return slice(text, at);
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word !== undefined) {
    return { kind: "word", text: word, from: at, to: at + word.length };
  }
  const sign = SIGNS.find((one) => text.startsWith(one, at));
  if (sign !== undefined) return { kind: "sign", text: sign, from: at, to: at + sign.length };
  throw filterError(text, at, at + 1, `${JSON.stringify(first)} means nothing here`);
}

function slice(text: string, at: number): Token {
  const close = text.indexOf("]", at);
  if (close === -1) throw filterError(text, at, at + 1, 'the "[" is never closed');
  return { kind: "slice", text: text.slice(at + 1, close).trim(), from: at, to: close + 1 };
}

function quoted(
  text: string,
  from: number,
  open: number,
  kind: "string" | "raw_string" | "char",
): Token {
  const quote = text.charAt(open);
  let value = "";
  let at = open + 1;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) {
      if (kind === "char" && value.length !== 1) {
        throw filterError(text, from, at + 1, "one character belongs between single quotes");
      }
      return { kind, text: value, from, to: at + 1 };
    }
    if (character !== "\\") value += character;
    else if (kind === "raw_string") value += character + text.charAt(++at);
    else {
      const escape = escapeAt(text, at);
      value += escape.value;
      at = escape.last;
    }
  }
  throw filterError(text, from, text.length, `the ${quote} is never closed`);
}

/** The character of the escape at `at` and the column of its last character. */
function escapeAt(text: string, at: number): { value: string; last: number } {
  const numeric = /^(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))/.exec(text.slice(at + 1, at + 5));
  if (numeric !== null) {
    const code = numeric[1] === undefined
      ? parseInt(numeric[2] ?? "0", 8)
      : parseInt(numeric[1], 16);
    if (code <= 255) return { value: String.fromCharCode(code), last: at + numeric[0].length };
  }
  const value = ESCAPES[text.charAt(at + 1)];
  if (value === undefined) {
    throw filterError(
      text,
      at,
      at + 2,
      `"\\${text.charAt(at + 1)}" is no escape`,
      'Write \\\\ for a backslash, or a raw string: matches r"\\d+".',
    );
  }
  return { value, last: at + 1 };
}

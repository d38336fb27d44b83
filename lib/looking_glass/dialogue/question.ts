/**
 * What a server asks before it lets one in, told from the last line that it has not ended.
 *
 * @module
 */

/** `key`: any key, or return. */
export type Question = "username" | "password" | "key";

/** Longest part of a line that is looked at, characters. */
const MAX_QUESTION_CHARS = 200;

const QUESTIONS: readonly { readonly question: Question; readonly pattern: RegExp }[] = [
  // `Last login: ` is what Unix says once one is in.
  { question: "username", pattern: /(?<!\blast )\b(?:login|user ?name) ?: ?$/i },
  { question: "password", pattern: /\bpass(?:word|code)(?: for [^:]{1,64})? ?: ?$/i },
  { question: "key", pattern: /\b(?:press|hit) (?:the )?<?(?:return|enter|any key)\b.{0,60}$/i },
];

/** What `line` asks, or null. */
export function questionOf(line: string): Question | null {
  const tail = line.slice(-MAX_QUESTION_CHARS);
  return QUESTIONS.find(({ pattern }) => pattern.test(tail))?.question ?? null;
}

/** True if `line` ends as prompts do. Decides how long to wait, never what the prompt is. */
export function looksLikePrompt(line: string): boolean {
  return /[>#$%\])] ?$/.test(line);
}

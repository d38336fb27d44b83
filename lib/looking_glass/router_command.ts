/**
 * The text of a command, made from fixed words and canonical values only.
 *
 * @module
 */

declare const MADE: unique symbol;

/** A command that may be sent to a router. Only {@link routerCommand} makes one. */
export type RouterCommand = string & { readonly [MADE]: true };

/**
 * What commands and patterns are made of. Not in it: `?` (live help), `|` (output redirection), TAB
 * (completion), quotes, backslash, `;`, `!`, `%` and everything outside of printable ASCII.
 */
const SENDABLE = /^[A-Za-z0-9 ._:/,+*()[\]{}=~^$-]{1,500}$/;

/**
 * Joins words into a command.
 *
 * @throws {TypeError} if a character could not be sent safely: the caller has let raw text through
 */
export function routerCommand(...words: readonly (string | number)[]): RouterCommand {
  const text = words.join(" ");
  if (!SENDABLE.test(text)) {
    throw new TypeError(`Cannot send the command: it holds a character that no command needs`);
  }
  return text as RouterCommand;
}

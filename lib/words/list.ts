/**
 * Lists as a person says them.
 *
 * @module
 */

/** Most members of a list that a sentence names. */
const NAMED_MAX = 3;

/** `a`, `a and b`, `a, b, c and 4 more`; `total` counts members that are not in `texts` as well. */
export function sayList(texts: readonly string[], total: number = texts.length): string {
  const named = texts.slice(0, NAMED_MAX);
  const more = total - named.length;
  const said = more > 0 ? [...named, `${more} more`] : named;
  return said.length < 2
    ? said.join("")
    : `${said.slice(0, -1).join(", ")} and ${said[said.length - 1]}`;
}

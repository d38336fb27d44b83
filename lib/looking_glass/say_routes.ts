/**
 * Words for counts, lists and origins in the sentences of the looking glass.
 *
 * @module
 */
import { type AsPath, renderOrigin } from "../route/as_path.ts";

/** `1 path`, `60 paths`. */
export function sayCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Most members of a list that a sentence names. */
const NAMED_MAX = 3;

/** `a`, `a and b`, `a, b, c and 4 more`; `total` counts members that are not in `texts` as well. */
export function sayList(texts: readonly string[], total = texts.length): string {
  const named = texts.slice(0, NAMED_MAX);
  const more = total - named.length;
  const said = more > 0 ? [...named, `${more} more`] : named;
  return said.length < 2
    ? said.join("")
    : `${said.slice(0, -1).join(", ")} and ${said[said.length - 1]}`;
}

/** An origin as {@link nameOrigin} names it: `AS15169`, `the set {64510,64511}`, `its own AS`. */
export function sayOrigin(origin: string): string {
  if (/^[0-9]/.test(origin)) return `AS${origin}`;
  return origin.startsWith("{") || origin.startsWith("[")
    ? `the set ${origin}`
    : origin.startsWith("(")
    ? `the confederation member ${origin.slice(1, -1)}`
    : "its own AS";
}

/** Who originated a path: `15169`, `{64510,64511}`, or `local` for an empty path: the router's own AS. */
export function nameOrigin(path: AsPath): string {
  return renderOrigin(path) || "local";
}

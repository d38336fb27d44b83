/**
 * Words for origins and paths in the answers of the looking glass.
 *
 * @module
 */
import { type AsPath, renderFoldedPath, renderOrigin } from "../route/as_path.ts";

/** An origin as {@link nameOrigin} names it: `AS15169`, `the set {64510,64511}`, `its own AS`. */
export function sayOrigin(origin: string): string {
  if (/^[0-9]/.test(origin)) return `AS${origin}`;
  return origin.startsWith("{") || origin.startsWith("[")
    ? `the set ${origin}`
    : origin.startsWith("(")
    ? `the confederation member ${origin.slice(1, -1)}`
    : "its own AS";
}

/**
 * Who originated a path: `15169`, `{64510,64511}`, or `local` for an empty path: the router's own AS.
 * Shortened as by {@link shortened}.
 */
export function nameOrigin(path: AsPath): string {
  return shortened(renderOrigin(path)) || "local";
}

/** An AS path with its repetitions folded, shortened as by {@link shortened}. */
export function namePath(path: AsPath): string {
  return shortened(renderFoldedPath(path));
}

/** Characters of both ends of what is too long: no path of the public table has as many. */
const FIRST_CHARS = 280;
const LAST_CHARS = 120;

/** A path or set without its middle where a router shows hundreds of ASes in it. */
export function shortened(text: string): string {
  return text.length <= FIRST_CHARS + LAST_CHARS
    ? text
    : `${text.slice(0, FIRST_CHARS)}…${text.slice(-LAST_CHARS)}`;
}

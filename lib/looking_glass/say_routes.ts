/**
 * Words for origins in the sentences of the looking glass.
 *
 * @module
 */
import { type AsPath, renderOrigin } from "../route/as_path.ts";

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

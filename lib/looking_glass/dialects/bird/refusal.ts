/**
 * Refusals of BIRD, and what a client of it says of itself.
 *
 * @module
 */
import type { RouterRefusal } from "../../answer.ts";
import { clip } from "../text/problem_list.ts";

/** First lines of a client that is started for one command: its banner is no output. */
const BANNER = /^(?:BIRD v?\d\S* ready\.|Access restricted)$/;

const REFUSALS: readonly (readonly [RegExp, RouterRefusal["why"]])[] = [
  [/^No such command\b/, "unknown_command"],
  [/^(?:syntax error|parse error|Command too long)\b/i, "bad_argument"],
  [/^Invalid IPv[46] (?:address|prefix)\b/, "bad_argument"],
  [/^Access denied\b/, "not_permitted"],
  [/^Unable to connect to server control socket\b/, "not_available"],
  [/^(?:Connection closed by server|Reconfiguration in progress)\b/, "busy"],
];
const SAID_MAX = 200;

/** The output without the banner of a client that was started for it. */
export function withoutBanner(output: string): string {
  let at = 0;
  for (;;) {
    const end = output.indexOf("\n", at);
    if (end === -1 || !BANNER.test(output.slice(at, end).slice(0, 100))) return output.slice(at);
    at = end + 1;
  }
}

/** The refusal that an output is, or null. BIRD refuses in one line. */
export function readBirdRefusal(output: string): RouterRefusal | null {
  const said = output.slice(0, 4_096).trim();
  if (said.includes("\n")) return null;
  const [, why] = REFUSALS.find(([words]) => words.test(said)) ?? [];
  return why === undefined ? null : { kind: "refused", why, said: clip(said, SAID_MAX) };
}

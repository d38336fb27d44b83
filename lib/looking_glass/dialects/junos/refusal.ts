/**
 * What Junos says instead of an answer.
 *
 * @module
 */
import type { RouterRefusal } from "../../answer.ts";
import { clip } from "../text/problem_list.ts";

type Why = RouterRefusal["why"];

/** Lines that refuse, and why; the first that fits counts. */
const REFUSALS: readonly (readonly [RegExp, Why])[] = [
  [
    /^(?:error: )?(?:permission denied|no permission|access denied)|not authorized/i,
    "not_permitted",
  ],
  [/^(?:unknown command|syntax error|is ambiguous)|is ambiguous\.$/i, "unknown_command"],
  [
    /^(?:missing argument|invalid |error: (?:invalid|syntax))|^(?:\S+: )?cannot resolve /i,
    "bad_argument",
  ],
  [
    /^(?:error: )?(?:neighbor|peer|instance|table)\b.*\b(?:not found|does not exist)/i,
    "bad_argument",
  ],
  [/communicating with|try again|resource|busy|timed? ?out/i, "busy"],
  [/^(?:error|warning): |(?:is )?not running|not configured/i, "not_available"],
];

/** A caret under the fault, or the line that says which member of a chassis speaks. */
const MARKER = /^(?:\^|\{[\w:.-]{1,40}\})$/;
/** An answer begins otherwise. */
const LINES_MAX = 8;
const OUTPUT_MAX = 4_096;
const SAID_MAX = 200;

/** The refusal that an output is, or null if it is an answer. */
export function readJunosRefusal(output: string): RouterRefusal | null {
  if (output.length > OUTPUT_MAX) return null;
  const lines = output.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !MARKER.test(line));
  const [said] = lines;
  if (said === undefined || lines.length > LINES_MAX) return null;
  const why = REFUSALS.find(([words]) => words.test(said))?.[1];
  return why === undefined ? null : { kind: "refused", why, said: clip(said, SAID_MAX) };
}

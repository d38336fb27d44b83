/**
 * Refusals of bgpctl.
 *
 * @module
 */
import type { RouterRefusal } from "../../answer.ts";
import { clip } from "../text/problem_list.ts";

const REFUSALS: readonly (readonly [RegExp, RouterRefusal["why"]])[] = [
  [/^(?:unknown|superfluous|ambiguous) argument\b/, "unknown_command"],
  [/^(?:invalid|unknown) command\b/, "unknown_command"],
  [/^missing argument\b/, "bad_argument"],
  [/^permission denied\b/, "not_permitted"],
  [/^(?:neighbor|no such neighbor)\b.*\bnot found\b|^no such neighbor\b/i, "bad_argument"],
  [/^bgpctl: connect\b/, "not_available"],
  [/^bgpctl: /, "bad_argument"],
];
const SAID_MAX = 200;

/** The refusal that an output begins with, or null. Behind it come the words that bgpctl knows. */
export function readOpenbgpdRefusal(output: string): RouterRefusal | null {
  const said = output.slice(0, 1_000).trimStart().split("\n", 1)[0]?.trimEnd() ?? "";
  const [, why] = REFUSALS.find(([words]) => words.test(said)) ?? [];
  return why === undefined ? null : { kind: "refused", why, said: clip(said, SAID_MAX) };
}

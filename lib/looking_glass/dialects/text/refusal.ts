/**
 * Refusals of routers with a Cisco-like command line: lines that begin with `%`, and a few that FRR
 * and IOS print without it.
 *
 * @module
 */
import type { RouterRefusal } from "../../answer.ts";
import { clip } from "./problem_list.ts";

type Why = RouterRefusal["why"];

/** Words of a refusal and what they mean; the first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, Why])[] = [
  [/authoriz|permission|privilege|not permitted|not allowed|access denied/i, "not_permitted"],
  [/unknown command|invalid input|invalid command|unrecognized command/i, "unknown_command"],
  [/no such neighbor|unrecognized host|invalid (?:address|prefix|ip|host)/i, "bad_argument"],
  [/cannot specify ipv[46]|address family|wrong family/i, "wrong_family"],
  [/compile regexp|regular expression|regexp|malformed|bad (?:ip|mask|prefix)/i, "bad_argument"],
  [/incomplete|ambiguous/i, "bad_argument"],
  [/busy|too many|try again|temporarily|resource|timed out waiting/i, "busy"],
];

/** A line of a refusal that says nothing itself. */
const MARKER = /^[\s^]*$|^Syntax error while parsing|^Translating "/;
const SAYS_NO = /^\s*(?:%|Can't compile regexp|Command authorization failed|No such neighbor)/;
/** Said with `%` too, but an answer: the table has no such prefix. */
const NOT_IN_TABLE = /^\s*% ?Network not in (?:BGP )?table/i;
/** A refusal takes three lines; what is longer says something else as well. */
const LINES_MAX = 8;
const SAID_MAX = 200;

/**
 * The refusal that an output is, or null if it is an answer: every line says no or marks a place in
 * the command, and it is not the one that says that a prefix is not in the table.
 */
export function readRefusal(output: string): RouterRefusal | null {
  let said: string | null = null;
  for (const line of firstLines(output)) {
    if (MARKER.test(line)) continue;
    if (!SAYS_NO.test(line) || NOT_IN_TABLE.test(line)) return null;
    said ??= line.trim();
  }
  return said === null || isLong(output) ? null : refusalOf(said);
}

/** The refusal that a router's words stand for, whatever they were wrapped in. */
export function refusalOf(said: string): RouterRefusal {
  const [, why] = MEANINGS.find(([words]) => words.test(said)) ?? [null, "not_available" as const];
  return { kind: "refused", why, said: clip(said, SAID_MAX) };
}

/** True if the router says that the table holds no such prefix (`% Network not in table`). */
export function saysNotInTable(output: string): boolean {
  return firstLines(output).some((line) => NOT_IN_TABLE.test(line));
}

function firstLines(output: string): string[] {
  return output.slice(0, 4_096).split("\n", LINES_MAX);
}

function isLong(output: string): boolean {
  return output.length > 4_096 || output.trimEnd().split("\n", LINES_MAX + 1).length > LINES_MAX;
}

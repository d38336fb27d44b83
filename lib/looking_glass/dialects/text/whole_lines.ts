/**
 * The lines of an output, and whether the last one came whole.
 *
 * @module
 */
import type { ProblemList } from "./problem_list.ts";

/**
 * Splits an output into lines. A dialogue ends every line by `\n`, so that a last line without one
 * was cut: it is left out and noted.
 */
export function wholeLines(output: string, problems: ProblemList): string[] {
  const lines = output.split("\n");
  const rest = lines.pop() ?? "";
  if (rest !== "") problems.add("The last line is cut", rest);
  return lines;
}

import { deepEqual } from "node:assert/strict";
import { ProblemList } from "./problem_list.ts";
import { wholeLines } from "./whole_lines.ts";

Deno.test("a last line that was not ended is left out and told", () => {
  const problems = new ProblemList();
  deepEqual(wholeLines("one\n\ntwo\nthr", problems), ["one", "", "two"]);
  deepEqual(problems.list(), ['The last line is cut: "thr"']);
});

Deno.test("an output that ends with a line end is whole, and so is none at all", () => {
  const problems = new ProblemList();
  deepEqual(wholeLines("one\n", problems), ["one"]);
  deepEqual(wholeLines("", problems), []);
  deepEqual(problems.list(), []);
});

import { deepEqual, equal } from "node:assert/strict";
import { clip, ProblemList } from "./problem_list.ts";

Deno.test("a problem quotes the line that it is about, trimmed and cut", () => {
  const problems = new ProblemList();
  problems.add("Nothing was printed");
  problems.add("Cannot read the row", `   ${"x".repeat(200)}  `);
  deepEqual(problems.list(), [
    "Nothing was printed",
    `Cannot read the row: "${"x".repeat(119)}…"`,
  ]);
});

Deno.test("a thousand problems are told as twenty and a number", () => {
  const problems = new ProblemList();
  for (let i = 0; i < 1_000; i++) problems.add(`Problem ${i}`);
  equal(problems.count, 1_000);
  equal(problems.list().length, 21);
  equal(problems.list().at(-1), "980 more problems");
});

Deno.test("cutting never halves a character", () => {
  equal(clip("abc😀def", 5), "abc…");
  equal(clip("abc😀def", 6), "abc😀…");
  equal(clip("abc", 3), "abc");
});

import assert from "node:assert/strict";
import { pagerMark } from "./pager.ts";

Deno.test("marks of pagers are told from the unfinished line, with the key that goes on", () => {
  const length = (line: string) => pagerMark(line)?.length;
  assert.deepEqual(pagerMark(" --More-- "), { length: 10, key: " " });
  assert.deepEqual(pagerMark("--More--"), { length: 8, key: " " });
  assert.deepEqual(pagerMark("<--- More --->"), { length: 14, key: " " });
  assert.deepEqual(pagerMark("---- More ----"), { length: 14, key: " " });
  assert.deepEqual(pagerMark("--More--(42%)"), { length: 13, key: " " });
  assert.deepEqual(pagerMark("---(more)---"), { length: 12, key: " " });
  assert.deepEqual(pagerMark("---(more 12%)---"), { length: 16, key: " " });
  assert.equal(length("-- MORE --, next page: Space, next line: Enter, quit: Control-C"), 63);
  assert.equal(length("lines 1-23"), 10);
  assert.deepEqual(pagerMark("lines 1-23/60 (END)"), { length: 19, key: "q" });
  assert.deepEqual(pagerMark("(END)"), { length: 5, key: "q" });
});

Deno.test("only the mark that FRR and IOS print may stand behind text", () => {
  assert.deepEqual(pagerMark('  "string":"65 --More-- '), { length: 10, key: " " });
  assert.deepEqual(pagerMark(`${"x".repeat(60_000)} --More-- `), { length: 10, key: " " });
  assert.equal(pagerMark("description ---(more)---"), null);
  assert.equal(pagerMark(`${"x".repeat(60_000)}lines 1-23`), null);
});

Deno.test("a mark that has not come whole, a lone colon and data are no marks", () => {
  for (
    const line of ["", " --More--", "--Mor", "---(more", ":", "show more", "lines 1-23 of 60 x"]
  ) {
    assert.equal(pagerMark(line), null, line);
  }
});

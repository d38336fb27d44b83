import { equal } from "node:assert/strict";
import { sayList } from "./list.ts";

Deno.test("a list names three members and counts the others", () => {
  equal(sayList([]), "");
  equal(sayList(["a"]), "a");
  equal(sayList(["a", "b"]), "a and b");
  equal(sayList(["a", "b", "c"]), "a, b and c");
  equal(sayList(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
  equal(sayList(["a"], 3), "a and 2 more");
});

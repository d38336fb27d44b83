import { equal } from "node:assert/strict";
import { sayCount, sayList, sayOrigin } from "./say_routes.ts";

Deno.test("a list names three members and counts the others", () => {
  equal(sayList([]), "");
  equal(sayList(["a"]), "a");
  equal(sayList(["a", "b"]), "a and b");
  equal(sayList(["a", "b", "c"]), "a, b and c");
  equal(sayList(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
  equal(sayList(["a"], 3), "a and 2 more");
});

Deno.test("counts and origins read like words", () => {
  equal(sayCount(1, "path"), "1 path");
  equal(sayCount(0, "AS", "ASes"), "0 ASes");
  equal(sayOrigin("15169"), "AS15169");
  equal(sayOrigin("{64510,64511}"), "the set {64510,64511}");
  equal(sayOrigin("(65001)"), "the confederation member 65001");
  equal(sayOrigin("local"), "its own AS");
});

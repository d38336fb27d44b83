import { equal } from "node:assert/strict";
import { sayOrigin } from "./say_routes.ts";

Deno.test("origins read like words", () => {
  equal(sayOrigin("15169"), "AS15169");
  equal(sayOrigin("{64510,64511}"), "the set {64510,64511}");
  equal(sayOrigin("(65001)"), "the confederation member 65001");
  equal(sayOrigin("local"), "its own AS");
});

import { strictEqual } from "node:assert/strict";
import { editDistance, nearestWord } from "./nearest_word.ts";

Deno.test("a swap of neighbors counts once", () => {
  strictEqual(editDistance("olny", "only"), 1);
  strictEqual(editDistance("ca", "abc"), 3);
  strictEqual(editDistance("", "abc"), 3);
  strictEqual(editDistance("same", "same"), 0);
});

Deno.test("the nearest word is within a third of the length, or there is none", () => {
  strictEqual(nearestWord("max_packet", ["max_packets", "max_sessions"]), "max_packets");
  strictEqual(nearestWord("bgp", ["dns", "http"]), null);
  strictEqual(nearestWord("dn", ["dns", "http"]), "dns");
});

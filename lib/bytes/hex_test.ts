import assert from "node:assert/strict";
import { hexText } from "./hex.ts";

Deno.test("octets are written with two digits each, apart as was asked for", () => {
  const octets = new Uint8Array([0, 10, 255]);
  assert.deepEqual([hexText(octets), hexText(octets, ":"), hexText(octets.subarray(3))], [
    "000aff",
    "00:0a:ff",
    "",
  ]);
});

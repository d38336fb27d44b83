import assert from "node:assert/strict";
import { generate, replacePart } from "./generate.ts";

Deno.test("README, deno.json and the tool descriptions are what the code generates (deno task gen)", async () => {
  for (const [url, text] of await generate()) {
    assert.equal(await Deno.readTextFile(url), text, url.pathname);
  }
});

Deno.test("a part that the README lacks is an error, not a silent loss", () => {
  assert.throws(() => replacePart("# Title\n", "tools", "x"), /lacks the markers of "tools"/);
});

import assert from "node:assert/strict";
import { readOriginValidation } from "./origin_validation.ts";

Deno.test("every service's word for a state is read", () => {
  const words = {
    valid: "valid",
    Valid: "valid",
    invalid: "invalid",
    invalid_asn: "invalid",
    "invalid-length": "invalid",
    "not-found": "not_found",
    notfound: "not_found",
    unknown: "not_found",
    invalidated: null,
    "": null,
  };
  for (const [word, state] of Object.entries(words)) {
    assert.equal(readOriginValidation(word), state, word);
  }
});

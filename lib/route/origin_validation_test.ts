import assert from "node:assert/strict";
import { parsePrefix, renderPrefix } from "../ip/prefix.ts";
import { readOriginValidation, validateOrigin } from "./origin_validation.ts";
import { VrpTable } from "./vrp_table.ts";

/** Judges `prefix` from `asn` by payloads written `prefix maxLength asn`. */
function judge(prefix: string, asn: number, ...payloads: readonly string[]) {
  const table = new VrpTable();
  for (const text of payloads) {
    const [network = "", maxLength, origin] = text.split(" ");
    table.add({
      prefix: parsePrefix(network).prefix,
      maxLength: Number(maxLength),
      asn: Number(origin),
    });
  }
  const { state, reason, covering, fix } = validateOrigin(parsePrefix(prefix).prefix, asn, table);
  const roa = fix === null ? null : `${renderPrefix(fix.prefix)}-${fix.maxLength} AS${fix.asn}`;
  return [reason === null ? state : `${state}: ${reason}`, covering.length, roa];
}

Deno.test("a route is judged by what covers its prefix", () => {
  const wide = "10.0.0.0/16 20 64496";
  assert.deepEqual(judge("10.0.0.0/16", 64496, wide), ["valid", 1, null]);
  assert.deepEqual(judge("10.0.16.0/20", 64496, wide), ["valid", 1, null]);
  assert.deepEqual(judge("10.0.16.0/21", 64496, wide), [
    "invalid: length",
    1,
    "10.0.16.0/21-21 AS64496",
  ]);
  assert.deepEqual(judge("10.0.0.0/16", 64497, wide), [
    "invalid: asn",
    1,
    "10.0.0.0/16-16 AS64497",
  ]);
  assert.deepEqual(judge("10.0.16.0/21", 64497, wide), [
    "invalid: asn",
    1,
    "10.0.16.0/21-21 AS64497",
  ]);
  assert.deepEqual(judge("10.0.0.0/15", 64496, wide), [
    "not_found: none",
    0,
    "10.0.0.0/15-15 AS64496",
  ]);
});

Deno.test("one payload that matches is enough, whatever the others say", () => {
  assert.deepEqual(
    judge("10.0.0.0/24", 64496, "10.0.0.0/8 8 0", "10.0.0.0/24 24 64497", "10.0.0.0/16 24 64496"),
    ["valid", 3, null],
  );
});

Deno.test("a payload of this AS that is too short gives length as the reason, before another AS", () => {
  assert.deepEqual(judge("10.0.0.0/24", 64496, "10.0.0.0/24 24 64497", "10.0.0.0/16 16 64496"), [
    "invalid: length",
    2,
    "10.0.0.0/24-24 AS64496",
  ]);
});

Deno.test("AS 0 matches nothing and no ROA helps it", () => {
  assert.deepEqual(judge("10.0.0.0/16", 0, "10.0.0.0/16 16 0"), ["invalid: asn", 1, null]);
  assert.deepEqual(judge("10.0.0.0/16", 64496, "10.0.0.0/16 16 0"), [
    "invalid: asn",
    1,
    "10.0.0.0/16-16 AS64496",
  ]);
});

Deno.test("IPv6 is judged alike", () => {
  assert.deepEqual(judge("2001:db8:1::/48", 64496, "2001:db8::/32 48 64496"), ["valid", 1, null]);
  assert.deepEqual(judge("2001:db8:1::/49", 64496, "2001:db8::/32 48 64496"), [
    "invalid: length",
    1,
    "2001:db8:1::/49-49 AS64496",
  ]);
});

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

import assert from "node:assert/strict";
import { parseVlanId } from "./vlan_id.ts";

Deno.test("a VLAN id is a number from 1 to 4094, also as text", () => {
  assert.equal(parseVlanId(1), 1);
  assert.equal(parseVlanId("4094"), 4094);
  assert.equal(parseVlanId("010"), 10);
});

Deno.test("everything else is refused", () => {
  for (
    const given of [0, 4095, 1.5, -1, "", "x", "1e1", " 1", "+1", "0x1", "4095", "1".repeat(20)]
  ) {
    assert.throws(() => parseVlanId(given), { code: "input.vlan_id" }, String(given));
  }
});

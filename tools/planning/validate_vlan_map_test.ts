import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { validateVlanMap } from "./validate_vlan_map.ts";

Deno.test("a map without fault is valid", async () => {
  const vlan_map = {
    "10": { cidr: ["10.0.0.0/24", "2001:db8::/64"], name: "users" },
    "20": "10.0.1.0/24",
  };
  assert.deepEqual(await computeWith(validateVlanMap, { vlan_map }), {
    success: true,
    summary: "2 VLANs: 0 errors, 0 overlaps, 0 warnings",
    valid: true,
    vlan_count: 2,
    error_count: 0,
    errors: [],
    warning_count: 0,
    warnings: [],
    overlap_count: 0,
    complete: true,
    overlaps: [],
  });
});

Deno.test("ids out of range, repeated ids, overlaps and oddities are told", async () => {
  const answer = await computeWith(validateVlanMap, {
    vlan_map: {
      "0": "10.9.0.0/24",
      "10": "10.0.0.0/24",
      "20": "10.0.0.128/25",
      "9999": "10.8.0.0/24",
      "010": "10.7.0.0/24",
      "abc": "10.6.0.0/24",
      "1": "10.5.0.1/24",
    },
  });
  assert.equal(answer.success, false);
  assert.equal(answer.valid, false);
  assert.equal(answer.summary, "7 VLANs: 4 errors, 1 overlap, 2 warnings");
  assert.deepEqual(answer.overlaps, [{
    vlan_a: "10",
    cidr_a: "10.0.0.0/24",
    vlan_b: "20",
    cidr_b: "10.0.0.128/25",
    relationship: "contains",
  }]);
  assert.deepEqual(answer.warnings, [
    'VLAN "1": 1 is the default VLAN of most switches',
    'VLAN "1": 10.5.0.1/24 has host bits set: read as 10.5.0.0/24',
  ]);
});

Deno.test("an overlap alone makes a map invalid, though all of it could be read", async () => {
  const answer = await computeWith(validateVlanMap, {
    vlan_map: { "10": "10.0.0.0/24", "20": "10.0.0.0/24" },
  });
  assert.equal(answer.success, true);
  assert.equal(answer.valid, false);
});

Deno.test("maps beyond all bounds do not pass the schema", () => {
  const many = Object.fromEntries(
    Array.from({ length: 5_001 }, (_, id) => [`${id}`, "10.0.0.0/8"]),
  );
  for (const vlan_map of [many, { "10": Array(65).fill("10.0.0.0/8") }, { "10": 7 }]) {
    assert.equal(validateVlanMap.input.safeParse({ vlan_map }).success, false);
  }
});

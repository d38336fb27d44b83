import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { ipInVlan } from "./ip_in_vlan.ts";

const MAP = {
  "10": { cidr: ["10.0.0.0/24", "2001:db8::/64"], name: "users" },
  "20": "10.0.1.0/24",
  "30": "10.0.1.0/25",
};
const check = (ip: string, vlan_id: string | number, vlan_map: Record<string, unknown> = MAP) =>
  computeWith(ipInVlan, { ip, vlan_id, vlan_map });

Deno.test("an address in the VLAN is said to be, with the prefix that holds it", async () => {
  assert.deepEqual(await check("2001:DB8::1", 10), {
    success: true,
    summary: "2001:db8::1 is in VLAN 10",
    ip_input: "2001:DB8::1",
    ip_normalized: "2001:db8::1",
    vlan_id: "10",
    vlan_name: "users",
    vlan_cidr: "2001:db8::/64",
    in_vlan: true,
    reason_code: "IN_VLAN",
    best_guess_vlan: null,
    next_checks: [],
    errors: [],
  });
  const broadcast = await check("10.0.0.255", "010");
  assert.equal(broadcast.in_vlan, true);
  assert.deepEqual(broadcast.next_checks, [
    "No host can have it: it is the broadcast address of 10.0.0.0/24",
  ]);
});

Deno.test("the VLAN that it does belong to is guessed where only one can be", async () => {
  const one = await check("10.0.1.200", 10);
  assert.equal(one.reason_code, "NOT_IN_VLAN");
  assert.equal(one.best_guess_vlan, "20");
  assert.deepEqual(one.next_checks, [
    "Check whether the port of the host is in VLAN 20, where the address belongs",
  ]);
  const two = await check("10.0.1.1", 10);
  assert.equal(two.best_guess_vlan, null);
  assert.deepEqual(two.next_checks, [
    "The prefixes of 2 VLANs hold it: run validate_vlan_map",
  ]);
  const none = await check("192.0.2.1", 10);
  assert.deepEqual(none.next_checks, [
    "No VLAN of the map holds it: check the host's address, its DHCP scope and the map",
  ]);
});

Deno.test("another IP version, an unknown VLAN and a wrong address have codes of their own", async () => {
  const version = await check("2001:db8::1", 20);
  assert.equal(version.reason_code, "VERSION_MISMATCH");
  assert.equal(version.success, true);
  assert.equal(version.best_guess_vlan, "10");
  assert.equal(version.summary, "VLAN 20 has no IPv6 prefix, so 2001:db8::1 is not in it");
  for (const vlan_id of [40, 0, 4095, "x", ""]) {
    const unknown = await check("10.0.0.1", vlan_id);
    assert.equal(unknown.reason_code, "VLAN_NOT_FOUND");
    assert.equal(unknown.success, false);
    assert.equal(unknown.best_guess_vlan, "10");
  }
  const wrong = await check("10.0.0.256", 10);
  assert.equal(wrong.reason_code, "IP_INVALID");
  assert.equal(wrong.success, false);
  assert.deepEqual(wrong.next_checks, ["Correct the address"]);
});

import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { findVlanForIp } from "./find_vlan_for_ip.ts";

const MAP = {
  "10": { cidr: ["10.0.0.0/16", "2001:db8::/64"], name: "users" },
  "20": "10.0.1.0/24",
};
const find = (ip: string, vlan_map: Record<string, unknown> = MAP) =>
  computeWith(findVlanForIp, { ip, vlan_map });

Deno.test("the VLANs of an address are found, the smallest prefix first", async () => {
  assert.deepEqual(await find("10.0.1.9"), {
    success: true,
    summary: "10.0.1.9 is in VLAN 20 (10.0.1.0/24) and 1 more",
    ip_input: "10.0.1.9",
    ip_normalized: "10.0.1.9",
    match_type: "MULTIPLE_MATCHES",
    matches: [
      { vlan_id: "20", name: null, cidr: "10.0.1.0/24" },
      { vlan_id: "10", name: "users", cidr: "10.0.0.0/16" },
    ],
    errors: [],
  });
  const one = await find("2001:DB8::9");
  assert.equal(one.match_type, "ONE_MATCH");
  assert.equal(one.summary, "2001:db8::9 is in VLAN 10 (2001:db8::/64)");
  const none = await find("192.0.2.1");
  assert.equal(none.match_type, "NO_MATCH");
  assert.equal(none.summary, "192.0.2.1 is in no VLAN of the map");
});

Deno.test("two prefixes of one VLAN are one match", async () => {
  const answer = await find("10.0.0.1", { "10": ["10.0.0.0/8", "10.0.0.0/24"] });
  assert.equal(answer.match_type, "ONE_MATCH");
  assert.equal((answer.matches as unknown[]).length, 2);
});

Deno.test("a map that cannot be read as a whole makes the answer less than sure", async () => {
  const answer = await find("10.0.0.1", { "10": "10.0.0.0/99", "20": "10.0.0.0/24" });
  assert.equal(answer.success, false);
  assert.match(String(answer.summary), /; 1 entry could not be read and is left out$/);
});

Deno.test("what is no address is an error", async () => {
  await assert.rejects(find("10.0.0.0/24"), { code: "input.address" });
});

import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { ipInSubnet } from "./ip_in_subnet.ts";

const check = (ip: string, cidr: string) => computeWith(ipInSubnet, { ip, cidr });

Deno.test("an address in the prefix is told apart from the network and the broadcast address", async () => {
  assert.deepEqual(await check("10.0.0.255", "10.0.0.9/24"), {
    success: true,
    summary: "10.0.0.255 is the broadcast address of 10.0.0.0/24",
    ip_input: "10.0.0.255",
    ip_normalized: "10.0.0.255",
    cidr_input: "10.0.0.9/24",
    cidr_normalized: "10.0.0.0/24",
    in_subnet: true,
    is_usable_host: false,
    reason_code: "IN_RANGE_BROADCAST_ADDRESS",
    special_ip: "broadcast",
    notes: ["10.0.0.9/24 has host bits set: read as 10.0.0.0/24"],
  });
  assert.equal((await check("10.0.0.0", "10.0.0.0/24")).special_ip, "network");
  const usable = await check("2001:DB8::1", "2001:db8::/64");
  assert.equal(usable.summary, "2001:db8::1 is a usable address of 2001:db8::/64");
  assert.equal(usable.is_usable_host, true);
});

Deno.test("another IP version and another range are answers", async () => {
  const mixed = await check("::1", "10.0.0.0/8");
  assert.equal(mixed.success, true);
  assert.equal(mixed.in_subnet, false);
  assert.equal(mixed.summary, "::1 is of another IP version than 10.0.0.0/8");
  assert.equal((await check("11.0.0.0", "10.0.0.0/8")).summary, "11.0.0.0 is not in 10.0.0.0/8");
});

Deno.test("what cannot be read has a code and the wanted form", async () => {
  const ip = await check("10.0.0.256", "10.0.0.0/33");
  assert.equal(ip.success, false);
  assert.equal(ip.reason_code, "IP_INVALID");
  assert.equal(ip.ip_normalized, null);
  assert.match(String(ip.summary), /^Cannot read "10\.0\.0\.256" as an address\. Wanted: /);
  const cidr = await check("10.0.0.1", "10.0.0.0/33");
  assert.equal(cidr.reason_code, "CIDR_INVALID");
  assert.equal(cidr.ip_normalized, "10.0.0.1");
  assert.equal(cidr.cidr_normalized, null);
});

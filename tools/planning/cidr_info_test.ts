import assert from "node:assert/strict";
import { computeWith } from "../../tests/support/pure_tool.ts";
import { cidrInfo } from "./cidr_info.ts";

Deno.test("an IPv4 prefix is described, and its host bits are noted", async () => {
  assert.deepEqual(await computeWith(cidrInfo, { cidr: "10.1.2.3/8" }), {
    success: true,
    summary: "10.0.0.0/8 has 16777216 addresses, 16777214 usable from 10.0.0.1 to 10.255.255.254",
    cidr_input: "10.1.2.3/8",
    cidr_normalized: "10.0.0.0/8",
    ip_version: 4,
    prefix_length: 8,
    network_address: "10.0.0.0",
    broadcast_address: "10.255.255.255",
    netmask: "255.0.0.0",
    wildcard_mask: "0.255.255.255",
    total_addresses: 16777216,
    usable_host_addresses: 16777214,
    first_usable: "10.0.0.1",
    last_usable: "10.255.255.254",
    notes: [
      "10.1.2.3/8 has host bits set: read as 10.0.0.0/8",
      "Lies in 10.0.0.0/8: Private-Use (RFC 1918 §3)",
    ],
  });
});

Deno.test("a count beyond 2^53 - 1 is a string", async () => {
  const answer = await computeWith(cidrInfo, { cidr: "2a00::/64" });
  assert.equal(answer.total_addresses, "18446744073709551616");
  assert.equal(answer.usable_host_addresses, "18446744073709551616");
  assert.equal((await computeWith(cidrInfo, { cidr: "2a00::/76" })).total_addresses, 2 ** 52);
});

Deno.test("a single address is said as one", async () => {
  const answer = await computeWith(cidrInfo, { cidr: "2a00::1" });
  assert.equal(answer.summary, "2a00::1/128 has 1 address, 1 usable");
});

Deno.test("what is no prefix is an error that says what is wanted", async () => {
  await assert.rejects(computeWith(cidrInfo, { cidr: "10.0.0.0/33" }), {
    code: "input.prefix",
    message: 'Cannot read "10.0.0.0/33" as a prefix: IPv4 has 32 bits',
    hint: "Wanted: a length from 0 to 32, for example 10.0.0.0/32.",
  });
});

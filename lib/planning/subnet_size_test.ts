import assert from "node:assert/strict";
import { renderAddress } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { addressPlan, type AddressRules, grownHosts, subnetLength } from "./subnet_size.ts";

const GATEWAY: AddressRules = { gateway: "first", reserve: 0 };
const NONE: AddressRules = { gateway: "none", reserve: 0 };

function length(parent: string, hosts: number, rules: AddressRules): number {
  return subnetLength(
    parsePrefix(parent).prefix,
    { hosts, growthPercent: 0, growthHosts: 0 },
    rules,
  );
}

Deno.test("a subnet has room for its hosts and the gateway beside them", () => {
  const parent = "10.0.0.0/8";
  assert.deepEqual([1, 2, 5, 6, 61, 62, 253, 254].map((n) => length(parent, n, GATEWAY)), [
    30,
    29,
    29,
    28,
    26,
    25,
    24,
    23,
  ]);
  assert.equal(length(parent, 61, { gateway: "last", reserve: 2 }), 25);
  assert.equal(length(parent, 2 ** 32, GATEWAY), -1);
});

Deno.test("without a gateway one host has an address and two share a link", () => {
  assert.deepEqual([1, 2, 3, 6, 7].map((n) => length("10.0.0.0/8", n, NONE)), [32, 31, 29, 29, 28]);
  assert.deepEqual([1, 2, 3, 4].map((n) => length("2001:db8::/112", n, NONE)), [
    128,
    127,
    126,
    125,
  ]);
  assert.equal(length("10.0.0.0/8", 1, { gateway: "none", reserve: 1 }), 30);
});

Deno.test("an IPv6 subnet is a /64, and counted only where the parent is no larger", () => {
  assert.equal(length("2001:db8::/48", 1, NONE), 64);
  assert.equal(length("2001:db8::/64", 1_000_000, GATEWAY), 64);
  assert.equal(length("2001:db8::/112", 2, GATEWAY), 126);
  assert.equal(length("2001:db8::/112", 3, GATEWAY), 125);
});

Deno.test("growth is rounded up to whole hosts", () => {
  assert.equal(grownHosts({ hosts: 10, growthPercent: 25, growthHosts: 0 }), 13n);
  assert.equal(grownHosts({ hosts: 10, growthPercent: 0, growthHosts: 7 }), 17n);
  assert.equal(grownHosts({ hosts: 3, growthPercent: 100, growthHosts: 1 }), 7n);
});

Deno.test("gateway, reserved addresses and hosts lie side by side", () => {
  const handed = (subnet: string, rules: AddressRules) => {
    const { gateway, hosts, hostCount } = addressPlan(parsePrefix(subnet).prefix, rules);
    return [
      gateway === null ? null : renderAddress(gateway),
      hosts === null ? null : `${renderAddress(hosts.first)}-${renderAddress(hosts.last)}`,
      hostCount,
    ];
  };
  assert.deepEqual(handed("10.0.0.0/28", { gateway: "first", reserve: 2 }), [
    "10.0.0.1",
    "10.0.0.4-10.0.0.14",
    11n,
  ]);
  assert.deepEqual(handed("10.0.0.0/28", { gateway: "last", reserve: 2 }), [
    "10.0.0.14",
    "10.0.0.1-10.0.0.11",
    11n,
  ]);
  assert.deepEqual(handed("10.0.0.0/28", NONE), [null, "10.0.0.1-10.0.0.14", 14n]);
  assert.deepEqual(handed("10.0.0.0/31", GATEWAY), ["10.0.0.0", "10.0.0.1-10.0.0.1", 1n]);
  assert.deepEqual(handed("10.0.0.0/32", GATEWAY), [null, null, 0n]);
  assert.deepEqual(handed("10.0.0.0/30", { gateway: "first", reserve: 5 }), ["10.0.0.1", null, 0n]);
  assert.deepEqual(handed("2001:db8::/126", GATEWAY), [
    "2001:db8::1",
    "2001:db8::2-2001:db8::3",
    2n,
  ]);
  assert.deepEqual(handed("2001:db8::/127", GATEWAY), [
    "2001:db8::",
    "2001:db8::1-2001:db8::1",
    1n,
  ]);
});

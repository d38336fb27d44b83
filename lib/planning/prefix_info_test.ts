import assert from "node:assert/strict";
import { renderAddress } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { prefixInfo } from "./prefix_info.ts";

function said(text: string): unknown[] {
  const { network, broadcast, netmask, wildcardMask, size, hosts } = prefixInfo(
    parsePrefix(text).prefix,
  );
  return [
    renderAddress(network),
    broadcast === null ? null : renderAddress(broadcast),
    renderAddress(netmask),
    wildcardMask === null ? null : renderAddress(wildcardMask),
    size,
    renderAddress(hosts.first),
    renderAddress(hosts.last),
    hosts.count,
  ];
}

Deno.test("an IPv4 prefix has a network and a broadcast address, but not on a point-to-point link", () => {
  assert.deepEqual(said("192.0.2.128/26"), [
    "192.0.2.128",
    "192.0.2.191",
    "255.255.255.192",
    "0.0.0.63",
    64n,
    "192.0.2.129",
    "192.0.2.190",
    62n,
  ]);
  assert.deepEqual(said("192.0.2.4/30").slice(4), [4n, "192.0.2.5", "192.0.2.6", 2n]);
  assert.deepEqual(said("192.0.2.4/31"), [
    "192.0.2.4",
    null,
    "255.255.255.254",
    "0.0.0.1",
    2n,
    "192.0.2.4",
    "192.0.2.5",
    2n,
  ]);
  assert.deepEqual(said("192.0.2.4/32").slice(4), [1n, "192.0.2.4", "192.0.2.4", 1n]);
  assert.deepEqual(said("0.0.0.0/0").slice(2, 5), ["0.0.0.0", "255.255.255.255", 2n ** 32n]);
});

Deno.test("an IPv6 prefix has no broadcast address, and every address is usable", () => {
  assert.deepEqual(said("2001:db8::/64"), [
    "2001:db8::",
    null,
    "ffff:ffff:ffff:ffff::",
    null,
    2n ** 64n,
    "2001:db8::",
    "2001:db8::ffff:ffff:ffff:ffff",
    2n ** 64n,
  ]);
  assert.deepEqual(said("::/0").slice(4), [
    2n ** 128n,
    "::",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    2n ** 128n,
  ]);
});

Deno.test("notes name the special ranges around and inside", () => {
  const notes = (text: string) => prefixInfo(parsePrefix(text).prefix).notes;
  assert.deepEqual(notes("10.1.0.0/16"), ["Lies in 10.0.0.0/8: Private-Use (RFC 1918 §3)"]);
  assert.deepEqual(notes("203.0.112.0/23"), [
    "Contains 203.0.113.0/24: Documentation (TEST-NET-3) (RFC 5737 §3)",
  ]);
  assert.deepEqual(notes("8.8.8.0/31"), [
    "A /31 is for a point-to-point link: both addresses are usable (RFC 3021)",
  ]);
  assert.deepEqual(notes("2a00::/127"), [
    "A /127 is for a point-to-point link: both addresses are usable (RFC 6164)",
  ]);
  assert.deepEqual(notes("2a00::/128"), []);
  assert.deepEqual(notes("::ffff:8.8.8.0/120").slice(0, 2), [
    "The first address is the Subnet-Router anycast address (RFC 4291 §2.6.1)",
    "IPv4-mapped form of 8.8.8.0/24",
  ]);
  assert.deepEqual(notes("0.0.0.0/0"), []);
});

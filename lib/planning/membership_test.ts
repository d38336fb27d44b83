import assert from "node:assert/strict";
import { parseAddress } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { placeIn } from "./membership.ts";

Deno.test("an address is outside, usable, the network's or the broadcast address", () => {
  const place = (prefix: string, address: string) =>
    placeIn(parsePrefix(prefix).prefix, parseAddress(address));
  assert.equal(place("192.0.2.0/25", "192.0.2.128"), "OUT_OF_RANGE");
  assert.equal(place("192.0.2.0/25", "192.0.2.127"), "IN_RANGE_BROADCAST_ADDRESS");
  assert.equal(place("192.0.2.0/25", "192.0.2.126"), "IN_RANGE_USABLE");
  assert.equal(place("192.0.2.0/25", "192.0.2.0"), "IN_RANGE_NETWORK_ADDRESS");
  assert.equal(place("192.0.2.0/31", "192.0.2.0"), "IN_RANGE_USABLE");
  assert.equal(place("192.0.2.0/31", "192.0.2.1"), "IN_RANGE_USABLE");
  assert.equal(place("192.0.2.7/32", "192.0.2.7"), "IN_RANGE_USABLE");
  assert.equal(place("2001:db8::/64", "2001:db8::"), "IN_RANGE_USABLE");
  assert.equal(place("2001:db8::/64", "2001:db8:0:1::"), "OUT_OF_RANGE");
  assert.equal(place("10.0.0.0/8", "::ffff:10.0.0.1"), "VERSION_MISMATCH");
});

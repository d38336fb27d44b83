import assert from "node:assert/strict";
import { octetsOf } from "../../../tests/support/bgp_octets.ts";
import { parseCommunity } from "../../route/community.ts";
import {
  decodeCommunities,
  decodeExtendedCommunities,
  decodeLargeCommunities,
  encodeCommunity,
} from "./community_octets.ts";

const READERS = {
  standard: decodeCommunities,
  extended: decodeExtendedCommunities,
  large: decodeLargeCommunities,
};

for (
  const [text, hex] of [
    ["64500:1", "fbf40001"],
    ["65535:65281", "ffffff01"],
    ["4200000000:4294967295:0", "fa56ea00ffffffff00000000"],
    ["rt:64500:4294967295", "0002fbf4ffffffff"],
    ["rt:192.0.2.1:65535", "0102c0000201ffff"],
    ["ro:200000:7", "020300030d400007"],
  ] as const
) {
  Deno.test(`${text} is ${hex}, written and read`, () => {
    const community = parseCommunity(text);
    assert.equal(Uint8Array.from(encodeCommunity(community)).toHex(), hex);
    const octets = octetsOf(hex);
    assert.deepEqual(READERS[community.kind](octets, 0, octets.length), [text]);
  });
}

Deno.test("extended communities of other types are told as they are", () => {
  const octets = octetsOf(
    "4300000000000000 4300000000000001 4300000000000002 4300000000000003 " +
      "030c000000000008 0004fbf400000001 0202000001f40007",
  );
  assert.deepEqual(decodeExtendedCommunities(octets, 0, octets.length), [
    "ovs:valid",
    "ovs:not-found",
    "ovs:invalid",
    "0x4300000000000003",
    "0x030c000000000008",
    "0x0004fbf400000001",
    "0x0202000001f40007",
  ]);
});

Deno.test("octets that make no whole community are left out", () => {
  const octets = octetsOf("fbf40001 fbf4");
  assert.deepEqual(decodeCommunities(octets, 0, octets.length), ["64500:1"]);
  assert.deepEqual(decodeLargeCommunities(octets, 0, octets.length), []);
});

import assert from "node:assert/strict";
import {
  attributeHex,
  bgpTraits,
  octetsOf,
  updateBody,
} from "../../../tests/support/bgp_octets.ts";
import { GOOD, GOOD_IPV6, IBGP, NLRI } from "../../../tests/support/walked_updates.ts";
import { attributesOf, decodeNextHop } from "./attribute_values.ts";
import { UpdateWalker } from "./update_walk.ts";

function attributes(body: Uint8Array) {
  return attributesOf(new UpdateWalker(bgpTraits(IBGP)).walk(body, 0, body.length));
}

const ABSENT = {
  med: null,
  localPref: null,
  otc: null,
  atomicAggregate: false,
  aggregator: null,
  originatorId: null,
  clusterList: [],
  communities: [],
  extendedCommunities: [],
  largeCommunities: [],
  partial: [],
  unknown: [],
};
const ASNS = [{ kind: "sequence", asns: [65_010, 64_500] }];

Deno.test("what an UPDATE does not say is absent", () => {
  assert.deepEqual(attributes(updateBody({ attributes: GOOD, nlri: NLRI })), {
    ...ABSENT,
    asPath: ASNS,
    origin: "igp",
    nextHop: "192.0.2.10",
    nextHopLinkLocal: null,
  });
  assert.equal(attributes(updateBody({ withdrawn: NLRI })).origin, null);
});

Deno.test("all that an UPDATE says is told, attributes not understood with their flags", () => {
  const body = updateBody({
    attributes: GOOD + attributeHex(0x80, 4, "ffffffff") + attributeHex(0x40, 5, "00000000") +
      attributeHex(0x40, 6, "") + attributeHex(0xc0, 7, "00030d40c0000201") +
      attributeHex(0xc0, 8, "fdf20001") + attributeHex(0x80, 9, "fffffffe") +
      attributeHex(0x80, 10, "0a0000090a00000a") + attributeHex(0xc0, 16, "0002fdf200000001") +
      attributeHex(0xc0, 32, "0000fdf20000000100000002") + attributeHex(0xc0, 35, "0000fdf2") +
      attributeHex(0xe0, 99, "0102") + attributeHex(0xd0, 128, "03"),
    nlri: NLRI,
  });
  assert.deepEqual(attributes(body), {
    asPath: ASNS,
    origin: "igp",
    nextHop: "192.0.2.10",
    nextHopLinkLocal: null,
    med: 4_294_967_295,
    localPref: 0,
    otc: 65_010,
    atomicAggregate: true,
    aggregator: { asn: 200_000, address: "192.0.2.1" },
    originatorId: "255.255.255.254",
    clusterList: ["10.0.0.9", "10.0.0.10"],
    communities: ["65010:1"],
    extendedCommunities: ["rt:65010:1"],
    largeCommunities: ["65010:1:2"],
    partial: [],
    unknown: [
      { type: 99, flags: 0xe0, value: octetsOf("0102") },
      { type: 128, flags: 0xd0, value: octetsOf("03") },
    ],
  });
});

Deno.test("the next hop is that of MP_REACH_NLRI where it is there", () => {
  assert.equal(attributes(updateBody({ attributes: GOOD_IPV6 })).nextHop, "fd00::10");
});

Deno.test("a next hop of 4, 16 or 32 octets is read, another is none", () => {
  const global = "20010db8000000000000000000000001", local = "fe800000000000000000000000000001";
  for (
    const [hex, nextHop, nextHopLinkLocal] of [
      ["c0000201", "192.0.2.1", null],
      [global, "2001:db8::1", null],
      [global + local, "2001:db8::1", "fe80::1"],
      [global + global, "2001:db8::1", null],
      [local, "fe80::1", null],
      ["00000000000000000000ffffc0000201", "::ffff:192.0.2.1", null],
      ["c00002", "", null],
      ["", "", null],
    ] as const
  ) {
    const octets = octetsOf(hex);
    assert.deepEqual(decodeNextHop(octets, 0, octets.length), { nextHop, nextHopLinkLocal });
  }
});

import assert from "node:assert/strict";
import { octetsOf } from "../../../tests/support/bgp_octets.ts";
import { IPV6_UNICAST } from "../family.ts";
import { decodeRouteRefresh, encodeRouteRefresh, REFRESH } from "./route_refresh.ts";

function read(hex: string) {
  return decodeRouteRefresh(octetsOf(hex), 0, octetsOf(hex).length);
}

Deno.test("a ROUTE-REFRESH that is written is read again", () => {
  const message = encodeRouteRefresh(IPV6_UNICAST, REFRESH.end);
  assert.equal(message.subarray(18).toHex(), "0500020201");
  assert.deepEqual(decodeRouteRefresh(message, 19, message.length), {
    refresh: { afi: 2, safi: 1, subtype: 2 },
  });
});

Deno.test("an ORF behind a request is not read, and a subtype that nobody knows is told", () => {
  assert.deepEqual(read("00010001 01400001"), { refresh: { afi: 1, safi: 1, subtype: 0 } });
  assert.deepEqual(read("0001ff01"), { refresh: { afi: 1, safi: 1, subtype: 255 } });
});

Deno.test("without Enhanced Route Refresh the subtype is a reserved octet: every message is a request", () => {
  for (const hex of ["00010101", "00010201 ff", "0001ff01"]) {
    const octets = octetsOf(hex);
    assert.deepEqual(decodeRouteRefresh(octets, 0, octets.length, false), {
      refresh: { afi: 1, safi: 1, subtype: 0 },
    });
  }
});

Deno.test("a begin or end of another length is met by NOTIFICATION 7/1 with the message", () => {
  const decoded = read("0001010100");
  assert.ok("fault" in decoded);
  const { code, subcode, data } = decoded.fault;
  assert.deepEqual([code, subcode, data.toHex()], [7, 1, `${"ff".repeat(16)}0018050001010100`]);
});
